#pragma once
// What our byte strings are to Windows: paths as UTF-16, errors as our classes, handles that close
// themselves.
//
// What does not belong here: operations on files.

#include <windows.h>

#include <string>
#include <utility>

#include "session/bytes.h"
#include "session/error.h"

namespace session::windows {

/// `path` (UTF-8) as Windows takes it: absolute, with the \\?\ prefix that lifts the limit of 260
/// characters. bad_argument where it is empty or not UTF-8.
Result<std::wstring> wide_path(const Path& path);

/// The class of a GetLastError() value; io for those without one.
Errc class_of(DWORD reason);

/// An error about `subject` whose detail is the system's own message with the number.
Unexpected<Error> fail_with(DWORD reason, Op op, const Path& subject);

/// A handle of CreateFileW. Move-only; closes itself.
class UniqueHandle {
 public:
  UniqueHandle() = default;
  explicit UniqueHandle(HANDLE handle) : handle_(handle) {}
  UniqueHandle(UniqueHandle&& other) noexcept { std::swap(handle_, other.handle_); }
  UniqueHandle& operator=(UniqueHandle&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~UniqueHandle() {
    if (*this) ::CloseHandle(handle_);
  }
  explicit operator bool() const { return handle_ != INVALID_HANDLE_VALUE; }
  [[nodiscard]] HANDLE get() const { return handle_; }
  /// Closes and says whether that worked: for writers that must know.
  [[nodiscard]] bool close() { return ::CloseHandle(std::exchange(handle_, INVALID_HANDLE_VALUE)) != FALSE; }

 private:
  HANDLE handle_ = INVALID_HANDLE_VALUE;
};

}  // namespace session::windows
