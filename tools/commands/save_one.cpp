#include "commands/save_one.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/input.h"
#include "commands/save_target.h"
#include "session/save.h"

namespace session::commands {
namespace {

using cli::ExitStatus;

constexpr std::string_view k_nothing_written = "nothing was written";

/// Bad input is a matter of usage: with it nothing has been attempted.
ExitStatus refuse(cli::Context& context, const Error& error, std::string_view hint) {
  context.report.error(error, hint, stage_of(error));
  const bool bad_input = error.code == Errc::invalid_content || error.code == Errc::bad_argument;
  return bad_input ? cli::k_exit_usage : cli::k_exit_operation_failed;
}

ExitStatus refuse(cli::Context& context, const cli::UsageProblem& problem) {
  context.report.usage_error(problem.message, problem.hint);
  return cli::k_exit_usage;
}

std::string_view hint_for(const Error& error) {
  switch (error.code) {
    case Errc::invalid_content:
      return "nothing was written; --force lets an empty session replace one with content";
    case Errc::busy: return "another program holds the session or its store; --lock-timeout waits longer";
    case Errc::changed: return "nothing was written; read the session again and apply the change anew";
    case Errc::durability_unknown: return "";
    default: return k_nothing_written;
  }
}

void report_saved(cli::Context& context, const SaveTarget& target, const Saved& saved) {
  cli::Json fields;
  cli::add_path(fields, target.path);
  if (!target.id.empty()) fields["id"] = target.id;
  fields["outcome"] = saved.replaced ? "replaced" : "created";
  fields["bytes"] = saved.bytes;
  fields["hash"] = saved.hash;
  const std::string text =
      fmt::format("{}: saved, {} bytes", context.report.display(target.path), saved.bytes);
  context.report.item(fields, context.common.quiet ? "" : text);
}

Result<SaveTarget, cli::UsageProblem> target_of(const cli::Context& context, const SaveRequest& request,
                                                std::optional<Error>& bad_id) {
  if (!request.file.empty()) return target_of_file(context, request.file, request.format);
  const Result<SaveStore, cli::UsageProblem> store = select_save_store(context, request.format);
  if (!store) return Unexpected{store.error()};
  Result<SaveTarget> target = target_of_id(*store, request.id);
  if (target) return std::move(*target);
  bad_id = target.error();
  return SaveTarget{};
}

}  // namespace

std::string_view stage_of(const Error& error) {
  switch (error.op) {
    case Op::create:
    case Op::write:
    case Op::truncate:
    case Op::fsync:
    case Op::close:
    case Op::rename:
    case Op::unlink:
    case Op::mkdir:
    case Op::chmod:
    case Op::chown: return "atomic-write";
    default: return "";
  }
}

ExitStatus save_one(cli::Context& context, const SaveRequest& request) {
  std::optional<Error> bad_id;
  const Result<SaveTarget, cli::UsageProblem> target = target_of(context, request, bad_id);
  if (!target) return refuse(context, target.error());
  if (bad_id) return refuse(context, *bad_id, k_nothing_written);
  Result<Bytes> content = cli::read_input(context.fs, request.input);
  if (!content) return refuse(context, content.error(), k_nothing_written);
  const std::string_view subject =
      request.input == cli::k_standard_input ? cli::k_standard_input_name : std::string_view(request.input);
  if (Result<void> valid = check_content(*content, target->format, subject); !valid) {
    return refuse(context, valid.error(), k_nothing_written);
  }
  const Result<Place> place = open_target(context.fs, *target, context.config.durability);
  if (!place) return refuse(context, place.error(), k_nothing_written);
  const SaveOptions options{.durability = context.config.durability,
                            .lock_patience = context.config.lock_timeout,
                            .husk = request.force ? Husk::accept : Husk::refuse,
                            .if_match = request.if_match};
  const Result<Saved> saved =
      save_session(context.fs, place->dir, place->name, share(std::move(*content)), target->format, options);
  if (!saved) return refuse(context, saved.error(), hint_for(saved.error()));
  report_saved(context, *target, *saved);
  return cli::k_exit_fine;
}

}  // namespace session::commands
