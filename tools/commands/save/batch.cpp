#include "commands/save/batch.h"

#include <fmt/format.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <unordered_set>
#include <vector>

#include "cli/input.h"
#include "cli/limits.h"
#include "cli/line_splitter.h"
#include "cli/signals.h"
#include "commands/save/one.h"
#include "commands/save/record.h"
#include "commands/save/target.h"
#include "session/atomic_write.h"
#include "session/content_hash.h"
#include "session/save.h"

namespace session::commands {
namespace {

using cli::ExitStatus;

/// A group is committed when it has so many sessions or bytes: few flushes, bounded memory.
constexpr std::size_t k_group_sessions = 1'024;
constexpr std::size_t k_group_bytes = 64 << 20;

class Batch {
 public:
  Batch(cli::Context& context, SaveStore store, Dir dir, const SaveRequest& request)
      : context_(context), request_(request), store_(std::move(store)), dir_(std::move(dir)) {
    options_ = {.durability = context.config.durability,
                .lock_patience = context.config.lock_timeout,
                .husk = request.force ? Husk::accept : Husk::refuse};
  }

  /// False once a signal asked to stop: what was taken is saved, what follows is not.
  bool take(ByteView line) {
    ++line_;
    if (line.find_first_not_of(" \t\r") == ByteView::npos) return true;
    Result<BatchRecord> record = parse_batch_record(line, store_.format);
    if (!record) {
      refuse(std::move(record).error(), fmt::format("line {}", line_), "");
      return true;
    }
    Result<Name> name = session_file_name(record->id, store_.layout, store_.format);
    if (!name) {
      refuse(std::move(name).error(), record->id, record->id);
      return true;
    }
    const SaveTarget target{join_path(store_.path, *name), record->id, store_.format};
    if (const auto alone = check_no_twin(context_.fs, target, dir_, *name, request_); !alone) {
      refuse(fail(Errc::bad_argument, Op::validate, record->id, alone.error().message).error, "", record->id);
      return true;
    }
    add(std::move(*name), std::move(*record));
    return !cli::stop_requested();
  }

  void commit() {
    if (items_.empty()) return;
    std::vector<Result<Saved>> results = save_sessions(context_.fs, dir_, items_, store_.format, options_);
    for (std::size_t i = 0; i < results.size(); ++i) {
      if (results[i]) {
        report_saved(sources_[i].id, items_[i], *results[i]);
      } else {
        report_unsaved(sources_[i], results[i].error());
      }
    }
    items_.clear();
    sources_.clear();
    names_.clear();
    bytes_ = 0;
  }

  ExitStatus finish() {
    cli::Json fields;
    fields["saved"] = saved_;
    fields["failed"] = failed_;
    fields["refused"] = refused_;
    const std::string text = fmt::format("{} saved, {} failed, {} refused in {}", saved_, failed_, refused_,
                                         context_.report.display(store_.path));
    context_.report.summary(fields, context_.common.quiet ? "" : text);
    if (failed_ != 0 || (refused_ != 0 && saved_ != 0)) return cli::k_exit_operation_failed;
    return refused_ != 0 ? cli::k_exit_usage : cli::k_exit_fine;
  }

 private:
  struct Source {
    std::string id;      // empty where the record could not be read
    std::uint64_t line;  // of the input
  };

  void add(Name name, BatchRecord record) {
    // Each record is a save of its own: the later one of a session comes after the earlier one.
    if (names_.contains(name) || items_.size() >= k_group_sessions || bytes_ >= k_group_bytes) commit();
    bytes_ += record.content.size();
    names_.insert(name);
    sources_.push_back({std::move(record.id), line_});
    items_.push_back({.name = std::move(name), .content = share(std::move(record.content))});
  }

  void refuse(Error error, std::string subject, std::string id) {
    if (error.subject.empty()) error.subject = std::move(subject);
    report_unsaved({std::move(id), line_}, error);
  }

  /// What is wrong with a record is the caller's to mend; everything else is a failure.
  void report_unsaved(const Source& source, const Error& error) {
    const bool is_refused = error.code == Errc::invalid_content || error.code == Errc::bad_argument;
    ++(is_refused ? refused_ : failed_);
    const std::string_view outcome =
        error.code == Errc::durability_unknown ? "" : ": this record was not saved";
    cli::Json fields;
    fields["line"] = source.line;
    if (!source.id.empty()) fields["id"] = source.id;
    context_.report.error(error, fmt::format("line {}{}", source.line, outcome), stage_of(error), &fields);
  }

  void report_saved(const std::string& id, const SaveItem& item, const Saved& saved) {
    ++saved_;
    if (context_.common.format == "text") {
      // One line a session is for -v; a person wants the total.
      if (context_.common.verbose > 0) {
        context_.report.note(fmt::format("{}: saved, {} bytes", item.name, saved.bytes));
      }
      return;
    }
    cli::Json fields;
    cli::add_path(fields, join_path(store_.path, item.name));
    fields["id"] = id;
    fields["outcome"] = saved.replaced ? "replaced" : "created";
    fields["bytes"] = saved.bytes;
    fields["hash"] = content_hash(*item.content);
    context_.report.item(fields, "");
  }

  cli::Context& context_;
  const SaveRequest& request_;
  SaveStore store_;
  Dir dir_;
  SaveOptions options_;
  std::uint64_t line_ = 0;
  std::vector<SaveItem> items_;
  std::vector<Source> sources_;  // of the items
  std::unordered_set<Name> names_;
  std::size_t bytes_ = 0;
  std::uint64_t saved_ = 0, failed_ = 0, refused_ = 0;
};

/// Hands the lines of the input to `batch`.
Result<void> read_lines(cli::Context& context, const SaveRequest& request, Batch& batch) {
  cli::LineSplitter splitter(std::numeric_limits<std::size_t>::max());
  const auto take = [&](ByteView line) { return batch.take(line); };
  const auto feed = [&](ByteView piece) { return splitter.feed(piece, take) == cli::LineSplitter::Fed::all; };
  const Result<bool> whole = cli::read_input_pieces(context.fs, request.input, feed);
  if (!whole) return Unexpected{whole.error()};
  if (!*whole) return fail(Errc::io, Op::read, request.input, "stopped by a signal");
  splitter.finish(take);
  return {};
}

}  // namespace

ExitStatus save_batch(cli::Context& context, const SaveRequest& request) {
  Result<SaveStore, cli::UsageProblem> store = take_save_store(context, request);
  if (!store) return refuse(context, store.error());
  Result<Dir> dir = open_or_make_dir(context.fs, store->path, context.config.durability);
  if (!dir) {
    context.report.error(dir.error(), "nothing was written", stage_of(dir.error()));
    return cli::k_exit_operation_failed;
  }
  cli::raise_descriptor_limit();
  Batch batch(context, std::move(*store), std::move(*dir), request);
  const Result<void> read = read_lines(context, request, batch);
  batch.commit();
  if (!read) context.report.error(read.error(), "what follows in the input was not saved");
  const ExitStatus status = batch.finish();
  return read ? status : status | cli::k_exit_operation_failed;
}

}  // namespace session::commands
