#include "commands/save/one.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/input.h"
#include "cli/signals.h"
#include "commands/save/target.h"
#include "session/lock.h"
#include "session/patch.h"
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

/// What was done, for both kinds of reader.
struct Done {
  std::string_view outcome;
  std::uint64_t bytes = 0;
  std::string hash = {};
  Healing healing = Healing::none;
  Name sidecar = {};
};

void report_done(cli::Context& context, const SaveTarget& target, const Done& done) {
  cli::Json fields;
  cli::add_path(fields, target.path);
  if (!target.id.empty()) fields["id"] = target.id;
  fields["outcome"] = done.outcome;
  fields["bytes"] = done.bytes;
  if (!done.hash.empty()) fields["hash"] = done.hash;
  std::string text =
      fmt::format("{}: {}, {} bytes", context.report.display(target.path), done.outcome, done.bytes);
  if (done.healing == Healing::newline_added) {
    fields["healed"] = "newline_added";
    text += "; the missing newline of the record before was added";
  } else if (done.healing == Healing::tail_moved) {
    fields["healed"] = "tail_moved";
    cli::add_path(fields, done.sidecar, "sidecar");
    text += fmt::format("; a torn record before it is now in {}", context.report.display(done.sidecar));
  } else if (done.healing == Healing::left_damaged) {
    fields["healed"] = "left_damaged";
    text += "; the line before it is damaged and left to session-repair";
  }
  context.report.item(fields, context.common.quiet ? "" : text);
}

Result<SaveTarget, cli::UsageProblem> target_of(const cli::Context& context, const SaveRequest& request,
                                                std::optional<Error>& bad_id) {
  if (!request.file.empty()) return target_of_file(context, request);
  const Result<SaveStore, cli::UsageProblem> store = select_save_store(context, request);
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

namespace {

SaveOptions options_of(const cli::Context& context, const SaveRequest& request) {
  return {.durability = context.config.durability,
          .lock_patience = context.config.lock_timeout,
          .husk = request.force ? Husk::accept : Husk::refuse,
          .if_match = request.if_match};
}

ExitStatus replace_session(cli::Context& context, const SaveRequest& request, const SaveTarget& target,
                           const Place& place, Bytes content) {
  const Result<Saved> saved = save_session(context.fs, place.dir, place.name, share(std::move(content)),
                                           target.format, options_of(context, request));
  if (!saved) return refuse(context, saved.error(), hint_for(saved.error()));
  report_done(context, target, {saved->replaced ? "replaced" : "created", saved->bytes, saved->hash});
  return cli::k_exit_fine;
}

ExitStatus patch_session(cli::Context& context, const SaveRequest& request, const SaveTarget& target,
                         const Place& place, const Bytes& patch) {
  bool damaged = false;
  const Modify modify = [&](ByteView old) -> Result<Bytes> {
    if (Result<void> valid = check_content(old, Format::json, target.path); !valid) {
      damaged = true;
      return Unexpected{valid.error()};
    }
    return merge_patch(old, patch);
  };
  const Result<Saved> saved =
      modify_session(context.fs, place.dir, place.name, modify, target.format, options_of(context, request));
  if (!saved && damaged) {
    context.report.error(saved.error(),
                         "the session itself is damaged; session-repair mends it, then patch it");
    return cli::k_exit_operation_failed;
  }
  if (!saved) return refuse(context, saved.error(), hint_for(saved.error()));
  report_done(context, target, {"patched", saved->bytes, saved->hash});
  return cli::k_exit_fine;
}

/// The one record of the input, without the line break that ends it.
ByteView record_of(ByteView content) {
  while (content.ends_with('\n') || content.ends_with('\r')) content.remove_suffix(1);
  return content;
}

ExitStatus append_record(cli::Context& context, const SaveTarget& target, const Place& place, Bytes record) {
  const Result<Lock> store =
      lock_file(context.fs, place.dir, Name(k_lock_name), LockKind::shared, context.config.lock_timeout);
  if (!store) return refuse(context, store.error(), hint_for(store.error()));
  const AppendStep step{place.name, std::move(record), context.config.durability,
                        context.config.lock_timeout};
  Result<Outcome> done = execute(context.fs, place.dir, step);
  if (!done && done.error().code == Errc::invalid_content) {
    context.report.error(done.error(), "session-verify tells what is wrong with it, session-repair mends it");
    return cli::k_exit_operation_failed;
  }
  if (!done) return refuse(context, done.error(), hint_for(done.error()));
  report_done(context, target,
              {"appended", done->bytes_written, {}, done->healing, std::move(done->sidecar)});
  return cli::k_exit_fine;
}

/// A change that sessions of the target's format do not take.
std::optional<cli::UsageProblem> wrong_change(const SaveRequest& request, const SaveTarget& target) {
  if (request.mode == SaveMode::append && target.format == Format::json) {
    return cli::UsageProblem{
        fmt::format("--append adds a record to JSON Lines; {} is one JSON document", target.path),
        "--patch changes a document"};
  }
  if (request.mode == SaveMode::patch && target.format == Format::json_lines) {
    return cli::UsageProblem{fmt::format("--patch changes a JSON document; {} is JSON Lines", target.path),
                             "--append adds a record"};
  }
  return std::nullopt;
}

/// Whether `content` is what the mode takes for a session of `format`.
Result<void> check_input(ByteView content, const SaveRequest& request, Format format) {
  const std::string_view subject =
      request.input == cli::k_standard_input ? cli::k_standard_input_name : std::string_view(request.input);
  // A patch and a record are one JSON value each, whatever the session is.
  const Format expected = request.mode == SaveMode::replace ? format : Format::json;
  if (Result<void> valid = check_content(content, expected, subject); !valid) return valid;
  // At the beginning of a file it is a flaw; in the middle of one it would be damage.
  if (request.mode == SaveMode::append && content.starts_with(k_byte_order_mark)) {
    return fail(Errc::invalid_content, Op::validate, std::string(subject),
                "a record must not begin with a byte order mark");
  }
  return {};
}

}  // namespace

ExitStatus save_one(cli::Context& context, const SaveRequest& request) {
  std::optional<Error> bad_id;
  const Result<SaveTarget, cli::UsageProblem> target = target_of(context, request, bad_id);
  if (!target) return refuse(context, target.error());
  if (bad_id) return refuse(context, *bad_id, k_nothing_written);
  if (const auto problem = wrong_change(request, *target)) return refuse(context, *problem);
  Result<Bytes> content = cli::read_input(context.fs, request.input);
  if (!content) return refuse(context, content.error(), k_nothing_written);
  // Whoever was to stop this most likely stopped what feeds it, too: what came may be half of it.
  if (cli::stop_requested()) {
    context.report.error(
        fail(Errc::io, Op::read, request.input, "stopped by a signal before all was read").error,
        k_nothing_written);
    return cli::k_exit_operation_failed;
  }
  if (request.mode == SaveMode::append) content = Bytes(record_of(*content));
  if (const Result<void> valid = check_input(*content, request, target->format); !valid) {
    return refuse(context, valid.error(), k_nothing_written);
  }
  // The input is the caller's, the store its owner's.
  if (const auto acted = cli::act_as_owner(context.fs, request.act_as, {&target->path, 1}); !acted) {
    return refuse(context, acted.error());
  }
  // There is nothing to patch where even the directory is missing.
  const Result<Place> place = request.mode == SaveMode::patch
                                  ? open_parent_resolved(context.fs, target->path)
                                  : open_target(context.fs, *target, context.config.durability);
  if (!place) return refuse(context, place.error(), k_nothing_written);
  const Result<void, cli::UsageProblem> alone =
      check_no_twin(context.fs, *target, place->dir, place->name, request);
  if (!alone) return refuse(context, alone.error());
  if (request.mode == SaveMode::patch) return patch_session(context, request, *target, *place, *content);
  if (request.mode == SaveMode::append) return append_record(context, *target, *place, std::move(*content));
  return replace_session(context, request, *target, *place, std::move(*content));
}

}  // namespace session::commands
