#include "sys/staged_file.h"

#include <cerrno>

#include "base/error_detail.h"
#include "session/process.h"

namespace session {
namespace {

constexpr Mode k_permissions = 0777;

/// The mode of a file that is to have `mode`, as long as its owner and group may be others: what it holds
/// must not be readable by more people than before, not even for a moment.
Mode first_mode(Mode mode) {
  constexpr Mode k_private = 0600;
  constexpr Mode k_everybody_reads = 0444;
  const bool is_open_to_all = (mode & k_everybody_reads) == k_everybody_reads;
  return is_open_to_all ? k_private | k_everybody_reads : k_private;
}

/// Who may write a new version of a file.
std::string words_on_owner(const Stat& like) {
  return "it belongs to user " + std::to_string(like.uid) + " and group " + std::to_string(like.gid) +
         ", whom a new file can be given to only by that user, as a member of that group, or by root";
}

}  // namespace

Result<StagedFile> StagedFile::stage(Fs& fs, const Dir& dir, const Name& name, const Fill& fill,
                                     const WriteOptions& options, const std::optional<Stat>& model,
                                     Temporary temporary) {
  StagedFile staged(fs, dir, name, options);
  if (temporary == Temporary::named) {
    if (Result<void> checked = staged.check_target(); !checked) return Unexpected{checked.error()};
  }
  staged.like_ = model ? model : staged.old_;
  if (Result<void> made = staged.make_temporary(temporary); !made) return staged.abandon(made.error());
  if (Result<void> filled = fill(staged.file_); !filled) return staged.abandon(filled.error());
  return staged;
}

Result<void> StagedFile::check_target() {
  const Result<Stat> old = fs_->stat(*dir_, name_);
  const Path path = join_path(dir_->path(), name_);
  if (!old && old.error().code != Errc::not_found) return Unexpected{old.error()};
  if (!old) {
    if (options_.expected) return fail(Errc::changed, Op::rename, path, "it does not exist any more");
    return {};
  }
  if (old->type != FileType::regular) return fail(Errc::not_regular, Op::rename, path);
  if (options_.existing == Existing::refuse) return fail(Errc::exists, Op::create, path);
  if (options_.expected && id_of(*old) != *options_.expected) return fail(Errc::changed, Op::rename, path);
  old_ = *old;
  return {};
}

Result<void> StagedFile::make_temporary(Temporary temporary) {
  const Mode mode = like_ ? like_->mode & k_permissions : options_.new_file_mode;
  if (temporary == Temporary::unnamed) {
    if (Result<File> made = fs_->create_unnamed(*dir_, mode)) {
      file_ = std::move(*made);
      unnamed_ = true;
      return {};
    }
  }
  for (unsigned attempt = 0;; ++attempt) {
    temp_name_ = temp_name(name_, process_id(), attempt);
    Result<OpenedFile> made = fs_->create_described(*dir_, temp_name_, like_ ? first_mode(mode) : mode);
    if (made) {
      file_ = std::move(made->file);
      return take_owner_and_mode(made->about);
    }
    if (made.error().code != Errc::exists || attempt == k_most_names) {
      temp_name_.clear();
      return Unexpected{std::move(made).error()};
    }
  }
}

Result<void> StagedFile::take_owner_and_mode(const Stat& fresh) {
  if (like_ && (fresh.uid != like_->uid || fresh.gid != like_->gid)) {
    if (Result<void> owned = fs_->set_owner(file_, like_->uid, like_->gid); !owned) {
      owned.error().detail = words_on_owner(*like_);
      return owned;
    }
  }
  // After the owner, because chown clears the set-id bits.
  const Mode mode = like_ ? like_->mode : options_.new_file_mode;
  if (fresh.mode != mode) return fs_->set_mode(file_, mode);
  return {};
}

Result<void> StagedFile::flush() {
  if (options_.durability == Durability::none) return {};
  const SyncKind kind = options_.durability == Durability::full ? SyncKind::full : SyncKind::content;
  // Never tried again: after a failed fsync the kernel marks the lost pages clean, and a second one succeeds.
  if (Result<void> synced = fs_->sync(file_, kind); !synced) return abandon(synced.error());
  return {};
}

Result<void> StagedFile::close() {
  const Result<Stat> about = fs_->stat(file_);
  if (!about) return abandon(about.error());
  id_ = id_of(*about);
  if (unnamed_) {
    if (Result<void> kept = take_owner_and_mode(*about); !kept) return abandon(kept.error());
    return {};
  }
  if (Result<void> closed = fs_->close(std::move(file_)); !closed) return abandon(closed.error());
  return {};
}

Result<Published> StagedFile::place() {
  if (unnamed_) return link();
  if (old_) return replace_old();
  Result<void> renamed = fs_->rename_no_replace(*dir_, temp_name_, *dir_, name_);
  if (renamed) return Published{{false, id_}, {}};
  // Somebody else made the file meanwhile, which is no reason to refuse unless the caller said so.
  if (renamed.error().code == Errc::exists && options_.existing == Existing::replace) return replace_old();
  return abandon(renamed.error());
}

Result<Published> StagedFile::link() {
  Result<void> linked = fs_->link_unnamed(file_, *dir_, name_);
  if (!linked) return abandon(linked.error());
  if (Result<void> closed = fs_->close(std::move(file_)); !closed) {
    // Whole as far as is known, but no writer may rely on it.
    temp_name_ = name_;
    return abandon(closed.error());
  }
  return Published{{false, id_}, {}};
}

/// What is to be replaced; open as `held` where the directory is flushed afterwards.
Result<Stat> StagedFile::look_at_old(File& held) {
  if (options_.durability != Durability::full) return fs_->stat(*dir_, name_);
  Result<File> old = fs_->pin(*dir_, name_);
  if (!old) return Unexpected{old.error()};
  held = std::move(*old);
  return fs_->stat(held);
}

Result<Published> StagedFile::replace_old() {
  File old;
  const Result<Stat> now = look_at_old(old);
  if (!now && now.error().code != Errc::not_found) return abandon(now.error());
  const Path path = join_path(dir_->path(), name_);
  if (!now && options_.expected) {
    return abandon({Errc::changed, Op::rename, 0, path, "it does not exist any more"});
  }
  if (now && now->type != FileType::regular) return abandon({Errc::not_regular, Op::rename, 0, path, {}});
  if (now && options_.expected && id_of(*now) != *options_.expected) {
    return abandon({Errc::changed, Op::rename, 0, path, {}});
  }
  Result<void> renamed = fs_->rename(*dir_, temp_name_, *dir_, name_);
  if (!renamed) return abandon(renamed.error());
  return Published{{now.has_value(), id_}, std::move(old)};
}

Unexpected<Error> StagedFile::abandon(Error error) {
  file_ = File();
  if (!temp_name_.empty()) tell_what_stays(error, fs_->unlink(*dir_, temp_name_));
  error.subject = join_path(dir_->path(), name_);
  return Unexpected{std::move(error)};
}

void tell_what_stays(Error& error, const Result<void>& removed) {
  if (removed || removed.error().code == Errc::not_found) return;
  add_detail(error, "the temporary could not be removed: " + describe(removed.error()));
}

bool is_out_of_descriptors(const Error& error) {
  return error.os_errno == EMFILE || error.os_errno == ENFILE;
}

bool is_interrupted(const Error& error) { return error.os_errno == EINTR; }

Unexpected<Error> unconfirmed(Error error, Path path) {
  error.code = Errc::durability_unknown;
  error.subject = std::move(path);
  return Unexpected{std::move(error)};
}

}  // namespace session
