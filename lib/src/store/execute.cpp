#include "session/execute.h"

#include <algorithm>
#include <optional>

#include "store/append.h"
#include "store/claim.h"
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
    const Result<std::size_t> length = read_fully(fs, source, piece.data(), piece.size(), offset);
    if (!length) return Unexpected{length.error()};
    if (*length == 0) return offset;
    if (Result<void> full = write_fully(fs, target, ByteView(piece).substr(0, *length)); !full) {
      return Unexpected{full.error()};
    }
    offset += *length;
    if (*length < piece.size()) return offset;
  }
}

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
    const Result<File> source = fs_.open(dir_, step.name, Access::read);
    if (!source) return Unexpected{source.error()};
    const Result<Stat> about = fs_.stat(*source);
    if (!about) return Unexpected{about.error()};
    if (id_of(*about) != step.judged) return fail(Errc::changed, Op::read, source->path());
    std::uint64_t copied = 0;
    const auto fill = [&](const File& temporary) -> Result<void> {
      const Result<std::uint64_t> length = copy_bytes(fs_, *source, about->size, temporary);
      if (!length) return Unexpected{length.error()};
      copied = *length;
      const Result<Stat> after = fs_.stat(*source);
      if (!after) return Unexpected{after.error()};
      if (id_of(*after) != step.judged || copied != step.judged.size) {
        return fail(Errc::changed, Op::read, source->path());
      }
      return {};
    };
    const WriteOptions options{.durability = step.durability, .existing = Existing::refuse};
    const Result<Written> written = write_staged(fs_, dir_, step.to_name, fill, options, *about);
    if (!written) return Unexpected{written.error()};
    return Outcome{.bytes_written = copied, .id = written->id};
  }

  Result<Outcome> operator()(const AppendStep& step) const { return append_record(fs_, dir_, step); }

 private:
  Fs& fs_;
  const Dir& dir_;
};

}  // namespace

Result<Outcome> execute(Fs& fs, const Dir& dir, const Step& step) {
  return std::visit(Executor(fs, dir), step);
}

}  // namespace session
