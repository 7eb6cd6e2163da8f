#include <cerrno>

#include "session/error.h"

namespace session {

Errc errc_of(int os_errno) {
  switch (os_errno) {
    case ENOENT:
    case ENOTDIR: return Errc::not_found;
    case EEXIST:
    case ENOTEMPTY: return Errc::exists;
    case EACCES:
    case EPERM: return Errc::denied;
    case ENOSPC:
    case EDQUOT:
    case EFBIG: return Errc::no_space;
    case EROFS: return Errc::read_only;
    case EBUSY:
    case ETXTBSY:
    case EWOULDBLOCK: return Errc::busy;
    case EISDIR:
    case ELOOP:
    case ENXIO: return Errc::not_regular;
    case ENAMETOOLONG:
    case EINVAL: return Errc::bad_argument;
    default: return Errc::io;
  }
}

Unexpected<Error> fail_errno(int os_errno, Op op, std::string subject) {
  return Unexpected<Error>{Error{errc_of(os_errno), op, os_errno, std::move(subject), {}}};
}

}  // namespace session
