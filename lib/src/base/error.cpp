#include "session/error.h"

#include <cstring>

namespace session {

std::string_view name_of(Errc code) {
  switch (code) {
    case Errc::not_found: return "not_found";
    case Errc::exists: return "exists";
    case Errc::denied: return "denied";
    case Errc::no_space: return "no_space";
    case Errc::read_only: return "read_only";
    case Errc::busy: return "busy";
    case Errc::changed: return "changed";
    case Errc::too_large: return "too_large";
    case Errc::not_regular: return "not_regular";
    case Errc::io: return "io";
    case Errc::durability_unknown: return "durability_unknown";
    case Errc::invalid_content: return "invalid_content";
    case Errc::bad_argument: return "bad_argument";
  }
  return "io";
}

std::string_view name_of(Op op) {
  switch (op) {
    case Op::open: return "open";
    case Op::create: return "create";
    case Op::read: return "read";
    case Op::write: return "write";
    case Op::truncate: return "truncate";
    case Op::fsync: return "fsync";
    case Op::close: return "close";
    case Op::rename: return "rename";
    case Op::unlink: return "unlink";
    case Op::stat: return "stat";
    case Op::list: return "list";
    case Op::mkdir: return "mkdir";
    case Op::chmod: return "chmod";
    case Op::chown: return "chown";
    case Op::setuid: return "setuid";
    case Op::lock: return "lock";
    case Op::link: return "link";
    case Op::readlink: return "readlink";
    case Op::validate: return "validate";
    case Op::resolve: return "resolve";
    case Op::listen: return "listen";
    case Op::connect: return "connect";
  }
  return "open";
}

namespace {

std::string_view words_for(Errc code) {
  switch (code) {
    case Errc::not_found: return "no such file or directory";
    case Errc::exists: return "already exists";
    case Errc::denied: return "permission denied";
    case Errc::no_space: return "no space left";
    case Errc::read_only: return "file system is read-only";
    case Errc::busy: return "in use by another process";
    case Errc::changed: return "changed since it was read; nothing was done to it";
    case Errc::too_large: return "too large";
    case Errc::not_regular: return "not a regular file";
    case Errc::io: return "input/output error";
    case Errc::durability_unknown:
      return "the new content is in place, but that it would survive a power cut is not confirmed";
    case Errc::invalid_content: return "invalid content";
    case Errc::bad_argument: return "invalid argument";
  }
  return "input/output error";
}

}  // namespace

std::string describe(const Error& error) {
  std::string text = error.subject;
  text += ": ";
  text += name_of(error.op);
  text += ": ";
  // durability_unknown keeps its own words: a bare strerror would read as "not written".
  if (error.os_errno == 0 || error.code == Errc::durability_unknown) {
    // A detail that already says what is wrong stands for itself.
    if (error.detail.empty() || error.code == Errc::durability_unknown) text += words_for(error.code);
  }
  if (error.os_errno != 0) {
    if (text.back() != ' ') text += ": ";
    text += std::strerror(error.os_errno);
  }
  if (!error.detail.empty()) {
    if (text.back() != ' ') text += ": ";
    text += error.detail;
  }
  return text;
}

}  // namespace session
