#include "session/execute.h"

#include <algorithm>
#include <atomic>
#include <limits>
#include <vector>

#include "session/names.h"
#include "session/process.h"
#include "store/append.h"
#include "sys/staged_file.h"

namespace session {
namespace {

constexpr unsigned k_most_attempts = 1'000;

/// A file taken out of everybody's sight so that nobody can exchange it between judging and acting.
class Claim {
 public:
  /// Renames `name` aside and makes sure that it is the file that was judged; puts it back if not.
  static Result<Claim> take(Fs& fs, const Dir& dir, const Name& name, const FileId& judged) {
    Claim claim(fs, dir, name);
    if (Result<void> aside = claim.rename_aside(); !aside) return Unexpected{aside.error()};
    const Result<Stat> about = fs.stat(dir, claim.claim_name_);
    if (!about) return claim.put_back(about.error());
    if (about->type != FileType::regular || id_of(*about) != judged) {
      return claim.put_back({Errc::changed, Op::rename, 0, {}, {}});
    }
    claim.bytes_freed_ = about->links == 1 ? about->size : 0;
    return claim;
  }

  [[nodiscard]] const Name& name() const { return claim_name_; }
  [[nodiscard]] std::uint64_t bytes_freed() const { return bytes_freed_; }

  /// `error`, about the file, which stands under its own name again or else is named by the detail.
  Unexpected<Error> put_back(Error error) const {
    const Result<void> back = fs_->rename_no_replace(*dir_, claim_name_, *dir_, name_);
    if (!back) {
      error.detail += error.detail.empty() ? "" : "; ";
      error.detail += "it is kept as " + claim_name_ + ": " + describe(back.error());
    }
    error.subject = join_path(dir_->path(), name_);
    return Unexpected{std::move(error)};
  }

 private:
  Claim(Fs& fs, const Dir& dir, const Name& name) : fs_(&fs), dir_(&dir), name_(name) {}

  Result<void> rename_aside() {
    static std::atomic<unsigned> counter = 0;
    for (unsigned attempt = 0;; ++attempt) {
      claim_name_ = make_artifact_name(ArtifactKind::claim, name_, now(), process_id(), counter++);
      Result<void> renamed = fs_->rename_no_replace(*dir_, name_, *dir_, claim_name_);
      if (renamed) return renamed;
      // Taken by a process with our pid in another pid namespace.
      if (renamed.error().code == Errc::exists && attempt < k_most_attempts) continue;
      Error error = renamed.error();
      error.subject = join_path(dir_->path(), name_);
      return Unexpected{std::move(error)};
    }
  }

  Fs* fs_;
  const Dir* dir_;
  Name name_;
  Name claim_name_;
  std::uint64_t bytes_freed_ = 0;
};

/// Copies `source` to `target` in pieces: a backup must not need the memory of a whole session.
Result<std::uint64_t> copy_bytes(Fs& fs, const File& source, const File& target) {
  constexpr std::size_t k_piece_bytes = 256 * 1024;
  Bytes piece(k_piece_bytes, '\0');
  for (std::uint64_t offset = 0;;) {
    const Result<std::size_t> length = read_fully(fs, source, piece.data(), piece.size(), offset);
    if (!length) return Unexpected{length.error()};
    if (*length == 0) return offset;
    if (Result<void> full = write_fully(fs, target, ByteView(piece).substr(0, *length)); !full) {
      return Unexpected{full.error()};
    }
    offset += *length;
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
    if (Result<void> removed = fs_.unlink(dir_, claim->name()); !removed) {
      return claim->put_back(removed.error());
    }
    return Outcome{.bytes_freed = claim->bytes_freed()};
  }

  Result<Outcome> operator()(const MoveStep& step) const {
    std::optional<Dir> other;
    if (!step.to_dir.empty()) {
      const bool absolute = step.to_dir.starts_with('/');
      const Path path = absolute ? step.to_dir : join_path(dir_.path(), step.to_dir);
      Result<Dir> opened = open_or_make_dir(fs_, path, step.durability);
      if (!opened) return Unexpected{std::move(opened).error()};
      other = std::move(*opened);
    }
    const Dir& to_dir = other ? *other : dir_;
    const Result<Claim> claim = Claim::take(fs_, dir_, step.name, step.judged);
    if (!claim) return Unexpected{claim.error()};
    const Result<void> moved = fs_.rename_no_replace(dir_, claim->name(), to_dir, step.to_name);
    if (!moved) return claim->put_back(moved.error());
    if (step.durability == Durability::full) {
      // The new name first: a power cut in between may leave the file under both names, never under none.
      Result<void> synced = fs_.sync(to_dir);
      if (synced && other) synced = fs_.sync(dir_);
      if (!synced) return unconfirmed(synced.error(), join_path(to_dir.path(), step.to_name));
    }
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
      const Result<std::uint64_t> length = copy_bytes(fs_, *source, temporary);
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

/// Whether the process that made `claim` cannot come back to it.
bool is_abandoned(const Artifact& claim) {
  return claim.pid && (*claim.pid == process_id() || !process_is_alive(*claim.pid));
}

}  // namespace

Result<Outcome> execute(Fs& fs, const Dir& dir, const Step& step) {
  return std::visit(Executor(fs, dir), step);
}

Result<ClaimRecovery> recover_claims(Fs& fs, const Dir& dir) {
  // A handle of its own, because reading moves the position that all users of a handle share.
  Result<Dir> listing = fs.open_subdir(dir, ".");
  if (!listing) return Unexpected{std::move(listing).error()};
  std::vector<DirEntry> claims;
  for (bool more = true; more;) {
    std::vector<DirEntry> batch;
    const Result<bool> listed = fs.read_dir(*listing, batch);
    if (!listed) return Unexpected{listed.error()};
    more = *listed;
    std::erase_if(batch, [](const DirEntry& entry) {
      const std::optional<Artifact> artifact = parse_artifact(entry.name);
      return !artifact || artifact->kind != ArtifactKind::claim || !artifact->ours ||
             !is_abandoned(*artifact);
    });
    std::move(batch.begin(), batch.end(), std::back_inserter(claims));
  }
  std::sort(claims.begin(), claims.end(),
            [](const DirEntry& a, const DirEntry& b) { return a.name < b.name; });
  ClaimRecovery recovery;
  for (const DirEntry& claim : claims) {
    const Name primary = parse_artifact(claim.name)->primary;
    const Result<void> back = fs.rename_no_replace(dir, claim.name, dir, primary);
    if (back) {
      recovery.put_back.push_back(primary);
    } else if (back.error().code == Errc::exists) {
      recovery.kept.push_back(claim.name);
    } else if (back.error().code != Errc::not_found) {
      return Unexpected{back.error()};
    }
  }
  return recovery;
}

}  // namespace session
