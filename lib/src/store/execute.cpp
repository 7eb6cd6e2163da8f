#include "session/execute.h"

#include <algorithm>
#include <optional>

#include "store/append.h"
#include "store/claim.h"
#include "sys/read_once.h"
#include "sys/staged_file.h"

namespace session {
namespace {

/// Copies `source`, `size` long as far as is known, to `target` in pieces: a backup must not need the memory
/// of a whole session.
Result<std::uint64_t> copy_bytes(Fs& fs, const File& source, std::uint64_t size, const File& target) {
  constexpr std::uint64_t k_copied_at_once = 256 * 1024;
  // One byte more than there is to read: a short piece is the last.
  Bytes piece(static_cast<std::size_t>(std::min(size + 1, k_copied_at_once)), '\0');
  for (std::uint64_t offset = 0;;) {
    const Result<std::size_t> length = read_once(fs, source, piece.data(), piece.size(), offset);
    if (!length) return Unexpected{length.error()};
    if (*length == 0) return offset;
    if (Result<void> full = write_fully(fs, target, ByteView(piece).substr(0, *length)); !full) {
      return Unexpected{full.error()};
    }
    offset += *length;
    // A byte more was asked for.
    if (offset == size && *length < piece.size()) return offset;
  }
}

/// What makes a copy of the very file that was judged.
class Copying {
 public:
  Copying(Fs& fs, const CopyStep& step) : fs_(fs), step_(step) {}

  /// The original as it stands, held open.
  Result<Stat> open(const Dir& dir) {
    if (step_.opened == nullptr) {
      Result<File> source = fs_.open(dir, step_.name, Access::read);
      if (!source) return Unexpected{std::move(source).error()};
      own_ = std::move(*source);
    }
    return judged_as_it_stands();
  }

  Result<void> fill(const File& temporary) const {
    const Result<std::uint64_t> length = copy_bytes(fs_, source(), step_.judged.size, temporary);
    if (!length) return Unexpected{length.error()};
    if (const Result<Stat> after = judged_as_it_stands(); !after) return Unexpected{after.error()};
    if (*length != step_.judged.size) return fail(Errc::changed, Op::read, source().path());
    return {};
  }

  [[nodiscard]] WriteOptions options() const {
    return {.durability = step_.durability, .existing = Existing::refuse};
  }

 private:
  [[nodiscard]] const File& source() const { return step_.opened != nullptr ? *step_.opened : own_; }

  /// What the original is, as long as it is what was judged.
  [[nodiscard]] Result<Stat> judged_as_it_stands() const {
    Result<Stat> about = fs_.stat(source());
    if (about && id_of(*about) != step_.judged) return fail(Errc::changed, Op::read, source().path());
    return about;
  }

  Fs& fs_;
  const CopyStep& step_;
  File own_;
};

class Executor {
 public:
  Executor(Fs& fs, const Dir& dir) : fs_(fs), dir_(dir) {}

  Result<Outcome> operator()(const ReplaceStep& step) const {
    const Result<Written> written = atomic_write(fs_, dir_, step.name, *step.content, step.options);
    if (!written) return Unexpected{written.error()};
    return Outcome{.bytes_written = step.content->size(), .id = written->id};
  }

  Result<Outcome> operator()(const RemoveStep& step) const {
    const Result<Claim> claim = Claim::take(fs_, dir_, step.name, step.judged);
    if (!claim) return Unexpected{claim.error()};
    if (Result<void> removed = fs_.unlink(claim->dir(), claim->name()); !removed) {
      return claim->put_back(removed.error());
    }
    claim->finish();
    return Outcome{.bytes_freed = claim->bytes_freed()};
  }

  Result<Outcome> operator()(const MoveStep& step) const {
    std::optional<Dir> other;
    if (!step.to_dir.empty()) {
      const bool absolute = step.to_dir.starts_with('/');
      const Path path = absolute ? step.to_dir : join_path(dir_.path(), step.to_dir);
      // A directory made for it is always flushed: a power cut that keeps the move must not lose the place.
      Result<Dir> opened = open_or_make_dir(fs_, path, Durability::full);
      if (!opened) return Unexpected{std::move(opened).error()};
      other = std::move(*opened);
    }
    const Dir& to_dir = other ? *other : dir_;
    const Result<Claim> claim = Claim::take(fs_, dir_, step.name, step.judged);
    if (!claim) return Unexpected{claim.error()};
    const Result<void> moved = fs_.rename_no_replace(claim->dir(), claim->name(), to_dir, step.to_name);
    if (!moved) return claim->put_back(moved.error());
    // Whatever was asked for, the directory of a sheltered claim must not go before the file has arrived.
    if (step.durability == Durability::full || claim->is_sheltered()) {
      // The new name first: a power cut in between may leave the file under both names, never under none.
      Result<void> synced = fs_.sync_renamed(to_dir, step.to_name);
      if (synced && other) synced = fs_.sync(dir_);
      if (!synced) return unconfirmed(synced.error(), join_path(to_dir.path(), step.to_name));
    }
    // Not before: a power cut could keep this and lose the move.
    claim->finish();
    return Outcome{.id = step.judged};
  }

  Result<Outcome> operator()(const CopyStep& step) const {
    Copying copying(fs_, step);
    const Result<Stat> about = copying.open(dir_);
    if (!about) return Unexpected{about.error()};
    const auto fill = [&](const File& temporary) { return copying.fill(temporary); };
    const Result<Written> written = write_staged(fs_, dir_, step.to_name, fill, copying.options(), *about);
    if (!written) return Unexpected{written.error()};
    return Outcome{.bytes_written = step.judged.size, .id = written->id};
  }

  Result<Outcome> operator()(const AppendStep& step) const { return append_record(fs_, dir_, step); }

 private:
  Fs& fs_;
  const Dir& dir_;
};

}  // namespace

StepAhead::StepAhead(Fs& fs, const Dir& dir, Name name, Durability durability, Outcome outcome,
                     StagedFile staged)
    : fs_(fs),
      dir_(dir),
      name_(std::move(name)),
      durability_(durability),
      outcome_(std::move(outcome)),
      staged_(std::make_unique<StagedFile>(std::move(staged))) {}
StepAhead::StepAhead(StepAhead&&) noexcept = default;

StepAhead::~StepAhead() {
  if (staged_) (void)staged_->abandon({});
}

Result<StepAhead> StepAhead::close(Fs& fs, const Dir& dir, Name name, Durability durability, Outcome outcome,
                                   Result<StagedFile> staged) {
  if (!staged) return Unexpected{std::move(staged).error()};
  if (Result<void> flushed = staged->flush(); !flushed) return Unexpected{flushed.error()};
  if (Result<void> closed = staged->close(); !closed) return Unexpected{closed.error()};
  return StepAhead(fs, dir, std::move(name), durability, std::move(outcome), std::move(*staged));
}

Result<StepAhead> StepAhead::begin(Fs& fs, const Dir& dir, const CopyStep& step) {
  Copying copying(fs, step);
  const Result<Stat> about = copying.open(dir);
  if (!about) return Unexpected{about.error()};
  const auto fill = [&](const File& temporary) { return copying.fill(temporary); };
  return close(fs, dir, step.to_name, step.durability, {.bytes_written = step.judged.size},
               StagedFile::stage(fs, dir, step.to_name, fill, copying.options(), *about));
}

Result<StepAhead> StepAhead::begin(Fs& fs, const Dir& dir, const Name& name, ByteView content,
                                   const WriteOptions& options) {
  const auto fill = [&](const File& temporary) { return write_fully(fs, temporary, content); };
  return close(fs, dir, name, options.durability, {.bytes_written = content.size()},
               StagedFile::stage(fs, dir, name, fill, options));
}

Result<Outcome> StepAhead::finish() {
  const std::unique_ptr<StagedFile> staged = std::move(staged_);
  const Result<Written> written = place_staged(fs_, dir_, name_, *staged, durability_);
  if (!written) return Unexpected{written.error()};
  outcome_.id = written->id;
  return outcome_;
}

Result<Outcome> execute(Fs& fs, const Dir& dir, const Step& step) {
  return std::visit(Executor(fs, dir), step);
}

}  // namespace session
