#pragma once
// Error: why an operation on the machine failed. Damage in a file is not an Error; it is the
// successful result of a diagnosis (check.h). Text for people is made once, in tools/cli.

#include <cstdint>
#include <string>
#include <string_view>

#include "session/result.h"

namespace session {

/// The closed set of reasons callers may branch on.
enum class Errc : std::uint8_t {
  not_found,           ///< ENOENT, ENOTDIR: the name does not exist
  exists,              ///< EEXIST: the name is taken and must not be replaced
  denied,              ///< EACCES, EPERM
  no_space,            ///< ENOSPC, EDQUOT, EFBIG
  read_only,           ///< EROFS
  busy,                ///< a lock is held by someone else, or EBUSY / ETXTBSY
  changed,             ///< the file is not the one the decision was made on
  too_large,           ///< beyond a stated limit of ours
  not_regular,         ///< a directory, symlink, FIFO, socket or device where a file was wanted
  io,                  ///< EIO and every errno without a class of its own
  durability_unknown,  ///< the new content is visible, but flushing it was not confirmed
  invalid_content,     ///< bytes refused by validation: not JSON, or not what the layout holds
  bad_argument,        ///< a name, id or option value that can never be right
};

/// The operation that failed, named as the system call or step a person would look up.
enum class Op : std::uint8_t {
  open,
  create,
  read,
  write,
  truncate,
  fsync,
  close,
  rename,
  unlink,
  stat,
  list,
  mkdir,
  chmod,
  chown,
  setuid,
  lock,
  link,
  readlink,
  validate,
  resolve,
  listen,
  connect,
};

struct Error {
  Errc code;
  Op op;
  int os_errno = 0;     ///< 0 where no system call failed
  std::string subject;  ///< the path or id concerned, raw bytes
  std::string detail;   ///< further words, never file content; may be empty

  friend bool operator==(const Error&, const Error&) = default;
};

/// The class of an errno value; io for those without one.
Errc errc_of(int os_errno);

/// Stable lower-case names for machine output: "no_space", "fsync".
std::string_view name_of(Errc code);
std::string_view name_of(Op op);

/// "PATH: fsync: No space left on device" (strerror for os_errno, words for the rest, then detail).
std::string describe(const Error& error);

inline Unexpected<Error> fail(Errc code, Op op, std::string subject, std::string detail = {}) {
  return Unexpected<Error>{Error{code, op, 0, std::move(subject), std::move(detail)}};
}
Unexpected<Error> fail_errno(int os_errno, Op op, std::string subject);

}  // namespace session
