#include "sys/staged_file.h"

#include <cerrno>

#include "base/error_detail.h"
#include "session/process.h"

namespace session {
namespace {

constexpr Mode k_private_mode = 0600;

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
  const std::optional<Stat>& like = model ? model : staged.old_;
  const Result<Stat> made = staged.make_temporary(like, temporary);
  if (!made) return staged.abandon(made.error());
  if (like) {
    const Result<void> kept = staged.take_owner_and_mode(*like, *made);
    if (!kept) return staged.abandon(kept.error());
  }
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

/// What it is, just made.
Result<Stat> StagedFile::make_temporary(const std::optional<Stat>& like, Temporary temporary) {
  // The content of a session must never be readable by more people than before, not even for a moment.
  const Mode mode = like ? k_private_mode : options_.new_file_mode;
  if (temporary == Temporary::unnamed) {
    if (Result<OpenedFile> made = fs_->create_unnamed(*dir_, mode)) {
      file_ = std::move(made->file);
      unnamed_ = true;
      return made->about;
    }
  }
  for (unsigned attempt = 0;; ++attempt) {
    temp_name_ = temp_name(name_, process_id(), attempt);
    Result<OpenedFile> made = fs_->create_described(*dir_, temp_name_, mode);
    if (made) {
      file_ = std::move(made->file);
      return made->about;
    }
    if (made.error().code != Errc::exists || attempt == k_most_names) {
      temp_name_.clear();
      return Unexpected{std::move(made).error()};
    }
  }
}

Result<void> StagedFile::take_owner_and_mode(const Stat& like, const Stat& fresh) {
  if (fresh.uid != like.uid || fresh.gid != like.gid) {
    if (Result<void> owned = fs_->set_owner(file_, like.uid, like.gid); !owned) {
      owned.error().detail = words_on_owner(like);
      return owned;
    }
  }
  // After the owner, because chown clears the set-id bits.
  if (fresh.mode != like.mode) return fs_->set_mode(file_, like.mode);
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
  if (unnamed_) return {};
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

Result<Published> StagedFile::replace_old() {
  Result<File> old = fs_->pin(*dir_, name_);
  if (!old && old.error().code != Errc::not_found) return abandon(old.error());
  const Path path = join_path(dir_->path(), name_);
  if (!old && options_.expected) {
    return abandon({Errc::changed, Op::rename, 0, path, "it does not exist any more"});
  }
  if (old) {
    const Result<Stat> now = fs_->stat(*old);
    if (!now) return abandon(now.error());
    if (now->type != FileType::regular) return abandon({Errc::not_regular, Op::rename, 0, path, {}});
    if (options_.expected && id_of(*now) != *options_.expected) {
      return abandon({Errc::changed, Op::rename, 0, path, {}});
    }
  }
  Result<void> renamed = fs_->rename(*dir_, temp_name_, *dir_, name_);
  if (!renamed) return abandon(renamed.error());
  const bool replaced = old.has_value();
  return Published{{replaced, id_}, replaced ? std::move(*old) : File()};
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
