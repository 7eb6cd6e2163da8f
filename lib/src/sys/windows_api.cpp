#include "sys/windows_api.h"

namespace session::windows {
namespace {

std::string to_utf8(std::wstring_view wide) {
  const int units = static_cast<int>(wide.size());
  const int size = ::WideCharToMultiByte(CP_UTF8, 0, wide.data(), units, nullptr, 0, nullptr, nullptr);
  std::string text(static_cast<std::size_t>(size), '\0');
  ::WideCharToMultiByte(CP_UTF8, 0, wide.data(), units, text.data(), size, nullptr, nullptr);
  return text;
}

/// "Access is denied. (Windows error 5)"; the number alone where the system has no words.
std::string message_of(DWORD reason) {
  std::wstring buffer(512, L'\0');
  const DWORD length = ::FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, nullptr,
                                        reason, 0, buffer.data(), static_cast<DWORD>(buffer.size()), nullptr);
  std::string words = to_utf8(std::wstring_view(buffer).substr(0, length));
  while (!words.empty() && (words.back() == '\n' || words.back() == '\r' || words.back() == ' ')) {
    words.pop_back();
  }
  if (!words.empty()) words += ' ';
  return words + "(Windows error " + std::to_string(reason) + ")";
}

}  // namespace

Result<std::wstring> wide_path(const Path& path) {
  if (path.empty() || path.find('\0') != Path::npos) return fail(Errc::bad_argument, Op::resolve, path);
  const int bytes = static_cast<int>(path.size());
  const int units = ::MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path.data(), bytes, nullptr, 0);
  if (units == 0) return fail(Errc::bad_argument, Op::resolve, path, "the path is not UTF-8");
  std::wstring wide(static_cast<std::size_t>(units), L'\0');
  ::MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path.data(), bytes, wide.data(), units);

  const DWORD room = ::GetFullPathNameW(wide.c_str(), 0, nullptr, nullptr);
  if (room == 0) return fail_with(::GetLastError(), Op::resolve, path);
  std::wstring full(room, L'\0');
  const DWORD length = ::GetFullPathNameW(wide.c_str(), room, full.data(), nullptr);
  if (length == 0 || length >= room) return fail_with(::GetLastError(), Op::resolve, path);
  full.resize(length);
  if (full.starts_with(LR"(\\?\)") || full.starts_with(LR"(\\.\)")) return full;
  if (full.starts_with(LR"(\\)")) return LR"(\\?\UNC)" + full.substr(1);
  return LR"(\\?\)" + full;
}

Errc class_of(DWORD reason) {
  switch (reason) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND: return Errc::not_found;
    case ERROR_FILE_EXISTS:
    case ERROR_ALREADY_EXISTS: return Errc::exists;
    case ERROR_ACCESS_DENIED:
    case ERROR_PRIVILEGE_NOT_HELD: return Errc::denied;
    case ERROR_SHARING_VIOLATION:
    case ERROR_LOCK_VIOLATION:
    case ERROR_BUSY: return Errc::busy;
    case ERROR_DISK_FULL:
    case ERROR_HANDLE_DISK_FULL: return Errc::no_space;
    case ERROR_WRITE_PROTECT: return Errc::read_only;
    case ERROR_INVALID_NAME:
    case ERROR_FILENAME_EXCED_RANGE:
    case ERROR_BAD_PATHNAME: return Errc::bad_argument;
    default: return Errc::io;
  }
}

Unexpected<Error> fail_with(DWORD reason, Op op, const Path& subject) {
  return fail(class_of(reason), op, subject, message_of(reason));
}

}  // namespace session::windows
