#include "store/claim.h"

#include <algorithm>
#include <atomic>
#include <iterator>
#include <vector>

#include "base/error_detail.h"
#include "session/execute.h"
#include "session/names.h"
#include "session/process.h"
#include "sys/staged_file.h"

namespace session {
namespace {

constexpr Mode k_shelter_mode = 0700;
/// As much of a long name as tells a person which file it was.
constexpr std::size_t k_shelter_stem_bytes = 100;

Name next_claim_name(std::string_view name) {
  static std::atomic<unsigned> counter = 0;
  return make_artifact_name(ArtifactKind::claim, name, now(), process_id(), counter++);
}

/// Whether the process that made `claim` cannot come back to it.
bool is_abandoned(const Artifact& claim) {
  return claim.pid && (*claim.pid == process_id() || !process_is_alive(*claim.pid));
}

}  // namespace

Result<Claim> Claim::take(Fs& fs, const Dir& dir, const Name& name, const FileId& judged) {
  Claim claim(fs, dir, name);
  Result<void> aside = claim.rename_aside();
  // No room for the words of a claim. Anything else that is wrong with the name comes back the same way.
  if (!aside && aside.error().code == Errc::bad_argument) aside = claim.rename_into_shelter();
  if (!aside) {
    Error error = aside.error();
    error.subject = join_path(dir.path(), name);
    return Unexpected{std::move(error)};
  }
  const Result<Stat> about = fs.stat(claim.dir(), claim.name());
  if (!about) return claim.put_back(about.error());
  if (about->type != FileType::regular || id_of(*about) != judged) {
    return claim.put_back({Errc::changed, Op::rename, 0, {}, {}});
  }
  claim.bytes_freed_ = about->links == 1 ? about->size : 0;
  return claim;
}

Result<void> Claim::rename_aside() {
  for (unsigned attempt = 0;; ++attempt) {
    claim_name_ = next_claim_name(name_);
    Result<void> renamed = fs_->rename_no_replace(*dir_, name_, *dir_, claim_name_);
    // Taken by a process with our pid in another pid namespace: the next number may be free.
    const bool taken = !renamed && renamed.error().code == Errc::exists;
    if (!taken || attempt == k_most_names) return renamed;
  }
}

Result<void> Claim::rename_into_shelter() {
  Result<void> made;
  for (unsigned attempt = 0; attempt <= k_most_names; ++attempt) {
    claim_name_ = next_claim_name(std::string_view(name_).substr(0, k_shelter_stem_bytes));
    made = fs_->make_dir(*dir_, claim_name_, k_shelter_mode);
    if (made || made.error().code != Errc::exists) break;
  }
  if (!made) return made;
  Result<Dir> shelter = fs_->open_subdir(*dir_, claim_name_);
  Result<void> renamed = shelter ? Result<void>() : Unexpected{shelter.error()};
  // Or a power cut could keep the rename and lose the directory, and the file with it.
  if (renamed) renamed = fs_->sync(*dir_);
  if (renamed) renamed = fs_->rename_no_replace(*dir_, name_, *shelter, name_);
  if (renamed) {
    shelter_ = std::make_unique<Dir>(std::move(*shelter));
  } else {
    finish();
  }
  return renamed;
}

Unexpected<Error> Claim::put_back(Error error) const {
  const Result<void> back = fs_->rename_no_replace(dir(), name(), *dir_, name_);
  if (back) {
    finish();
  } else {
    add_detail(error, "it is kept as " + claim_name_ + ": " + describe(back.error()));
  }
  error.subject = join_path(dir_->path(), name_);
  return Unexpected{std::move(error)};
}

void Claim::finish() const {
  if (!shelter_) return;
  // An empty directory that stays does no harm, and recover_claims() removes it.
  const Result<void> removed = fs_->remove_dir(*dir_, claim_name_);
  static_cast<void>(removed);
}

namespace {

class Recovery {
 public:
  Recovery(Fs& fs, const Dir& dir) : fs_(fs), dir_(dir) {}

  Result<ClaimRecovery> run() {
    const Result<std::vector<DirEntry>> claims = entries_of(".", [](const Name& name) {
      const std::optional<Artifact> artifact = parse_artifact(name);
      return artifact && artifact->kind == ArtifactKind::claim && artifact->ours && is_abandoned(*artifact);
    });
    if (!claims) return Unexpected{claims.error()};
    for (const DirEntry& claim : *claims) {
      const Result<Stat> about = fs_.stat(dir_, claim.name);
      if (!about && about.error().code == Errc::not_found) continue;
      if (!about) return Unexpected{about.error()};
      const bool is_shelter = about->type == FileType::directory;
      Result<void> resolved =
          is_shelter ? empty_shelter(claim.name)
                     : put_back(dir_, claim.name, parse_artifact(claim.name)->primary, claim.name);
      if (!resolved) return Unexpected{resolved.error()};
    }
    return std::move(recovery_);
  }

 private:
  /// The entries of a directory in `dir_` that are `wanted`, sorted by name. Through a handle of its own,
  /// because reading moves the position that all users of a handle share.
  Result<std::vector<DirEntry>> entries_of(const Name& name, bool (*wanted)(const Name&)) {
    Result<Dir> listing = fs_.open_subdir(dir_, name);
    if (!listing) return Unexpected{std::move(listing).error()};
    std::vector<DirEntry> entries;
    for (bool more = true; more;) {
      std::vector<DirEntry> batch;
      const Result<bool> listed = fs_.read_dir(*listing, batch);
      if (!listed) return Unexpected{listed.error()};
      more = *listed;
      std::copy_if(std::make_move_iterator(batch.begin()), std::make_move_iterator(batch.end()),
                   std::back_inserter(entries),
                   [wanted](const DirEntry& entry) { return wanted(entry.name); });
    }
    std::sort(entries.begin(), entries.end(),
              [](const DirEntry& a, const DirEntry& b) { return a.name < b.name; });
    return entries;
  }

  Result<void> empty_shelter(const Name& claim) {
    const Result<Dir> shelter = fs_.open_subdir(dir_, claim);
    if (!shelter) return Unexpected{shelter.error()};
    const Result<std::vector<DirEntry>> entries = entries_of(claim, [](const Name&) { return true; });
    if (!entries) return Unexpected{entries.error()};
    const std::size_t kept_before = recovery_.kept.size();
    for (const DirEntry& entry : *entries) {
      if (Result<void> back = put_back(*shelter, entry.name, entry.name, claim); !back) return back;
    }
    if (recovery_.kept.size() > kept_before) return {};
    return fs_.remove_dir(dir_, claim);
  }

  Result<void> put_back(const Dir& from, const Name& name, const Name& primary, const Name& claim) {
    Result<void> back = fs_.rename_no_replace(from, name, dir_, primary);
    if (back) {
      recovery_.put_back.push_back(primary);
    } else if (back.error().code == Errc::exists) {
      recovery_.kept.push_back(claim);
    } else if (back.error().code != Errc::not_found) {
      return back;
    }
    return {};
  }

  Fs& fs_;
  const Dir& dir_;
  ClaimRecovery recovery_;
};

}  // namespace

Result<ClaimRecovery> recover_claims(Fs& fs, const Dir& dir) { return Recovery(fs, dir).run(); }

}  // namespace session
