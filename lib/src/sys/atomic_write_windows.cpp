// sddl.h needs windows.h before it.
// clang-format off
#include <windows.h>
#include <sddl.h>
// clang-format on

#include <algorithm>
#include <cstring>
#include <limits>
#include <memory>
#include <vector>

#include "session/atomic_write.h"
#include "session/process.h"
#include "sys/windows_api.h"

// How the new file takes the old one's place. First choice is a rename with POSIX semantics (Windows 10 1607,
// NTFS): one step, and readers that share deletion, as those of Node.js and Rust do, keep what they have open
// and do not stop it. Where the system or file system does not know it, MoveFileExW with
// MOVEFILE_REPLACE_EXISTING is one step too, but waits for every reader to close. Not ReplaceFileW: it
// renames the old file away before it renames the new one in, and its documentation lists the outcome in
// which it stopped between the two (ERROR_UNABLE_TO_MOVE_REPLACEMENT_2: no file under the target's name).
// What it would have carried over, the access list, is copied to the temporary before the rename.

namespace session {
namespace {

using windows::fail_with;
using windows::UniqueHandle;
using windows::wide_path;

constexpr DWORD k_share_all = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
constexpr unsigned k_name_attempts = 100;

// A scanner or indexer holds a file for moments, a program that keeps it open holds it for good: two seconds
// outlast the first and do not hide the second.
constexpr DWORD k_first_pause_ms = 1;
constexpr DWORD k_longest_pause_ms = 50;
constexpr DWORD k_patience_ms = 2'000;

// SYSTEM, administrators and the owner; "P": nothing inherited from the directory; "OICI": for what is
// made below a directory too.
constexpr const wchar_t* k_private_file = L"D:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;FA;;;OW)";
constexpr const wchar_t* k_private_dir = L"D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;OW)";

struct LocalFreer {
  void operator()(void* memory) const { ::LocalFree(memory); }
};
using SecurityDescriptor = std::unique_ptr<void, LocalFreer>;

/// nullptr, meaning what the directory bequeaths, where the mode is open to others.
SecurityDescriptor descriptor_for(const wchar_t* private_form, Mode mode) {
  if ((mode & 077U) != 0) return nullptr;
  PSECURITY_DESCRIPTOR made = nullptr;
  ::ConvertStringSecurityDescriptorToSecurityDescriptorW(private_form, SDDL_REVISION_1, &made, nullptr);
  return SecurityDescriptor(made);
}

SECURITY_ATTRIBUTES attributes_of(const SecurityDescriptor& descriptor) {
  return {sizeof(SECURITY_ATTRIBUTES), descriptor.get(), FALSE};
}

std::uint64_t joined(DWORD high, DWORD low) { return std::uint64_t{high} << 32U | low; }

Result<FileId> id_of_handle(const UniqueHandle& file, const Path& path) {
  BY_HANDLE_FILE_INFORMATION about;
  if (!::GetFileInformationByHandle(file.get(), &about)) return fail_with(::GetLastError(), Op::stat, path);
  constexpr std::int64_t k_ticks_1601_to_1970 = 116'444'736'000'000'000;
  const auto ticks = static_cast<std::int64_t>(
      joined(about.ftLastWriteTime.dwHighDateTime, about.ftLastWriteTime.dwLowDateTime));
  return FileId{about.dwVolumeSerialNumber, joined(about.nFileIndexHigh, about.nFileIndexLow),
                joined(about.nFileSizeHigh, about.nFileSizeLow), (ticks - k_ticks_1601_to_1970) * 100};
}

bool may_pass(DWORD reason) {
  return reason == ERROR_SHARING_VIOLATION || reason == ERROR_ACCESS_DENIED || reason == ERROR_LOCK_VIOLATION;
}

/// Calls `attempt` until it returns ERROR_SUCCESS, fails for a reason that does not pass, or patience ends.
/// The last reason, or ERROR_SUCCESS.
template <class Attempt>
DWORD with_patience(Attempt attempt) {
  DWORD waited_ms = 0;
  for (DWORD pause_ms = k_first_pause_ms;; pause_ms = std::min(pause_ms * 2, k_longest_pause_ms)) {
    const DWORD reason = attempt();
    if (reason == ERROR_SUCCESS || !may_pass(reason) || waited_ms >= k_patience_ms) return reason;
    ::Sleep(pause_ms);
    waited_ms += pause_ms;
  }
}

bool unknown_to_system(DWORD reason) {
  return reason == ERROR_INVALID_PARAMETER || reason == ERROR_NOT_SUPPORTED ||
         reason == ERROR_INVALID_FUNCTION || reason == ERROR_CALL_NOT_IMPLEMENTED;
}

/// Renames with POSIX semantics; ERROR_SUCCESS or the reason why not.
DWORD rename_posix(const std::wstring& from, const std::wstring& to, const WriteOptions& options) {
  constexpr auto k_rename_info_ex = static_cast<FILE_INFO_BY_HANDLE_CLASS>(22);
  constexpr DWORD k_replace_if_exists = 1;
  constexpr DWORD k_posix_semantics = 2;
  const DWORD through = options.durability == Durability::full ? FILE_FLAG_WRITE_THROUGH : 0;
  const UniqueHandle file(::CreateFileW(from.c_str(), DELETE | SYNCHRONIZE, k_share_all, nullptr,
                                        OPEN_EXISTING, through, nullptr));
  if (!file) return ::GetLastError();
  const std::size_t name_bytes = to.size() * sizeof(wchar_t);
  std::vector<FILE_RENAME_INFO> room(1 + (name_bytes + sizeof(wchar_t)) / sizeof(FILE_RENAME_INFO) + 1);
  const DWORD flags = k_posix_semantics | (options.existing == Existing::replace ? k_replace_if_exists : 0);
  // The first member is a union whose DWORD the headers of mingw-w64 10 do not name.
  std::memcpy(room.data(), &flags, sizeof flags);
  room[0].FileNameLength = static_cast<DWORD>(name_bytes);
  std::memcpy(&room[0].FileName[0], to.c_str(), name_bytes + sizeof(wchar_t));
  const auto size = static_cast<DWORD>(room.size() * sizeof(FILE_RENAME_INFO));
  return ::SetFileInformationByHandle(file.get(), k_rename_info_ex, room.data(), size) ? ERROR_SUCCESS
                                                                                       : ::GetLastError();
}

DWORD rename_classic(const std::wstring& from, const std::wstring& to, const WriteOptions& options) {
  // Write-through makes the rename itself wait for the file system's log.
  const DWORD flags = (options.existing == Existing::replace ? MOVEFILE_REPLACE_EXISTING : 0) |
                      (options.durability == Durability::full ? MOVEFILE_WRITE_THROUGH : 0);
  return ::MoveFileExW(from.c_str(), to.c_str(), flags) ? ERROR_SUCCESS : ::GetLastError();
}

/// One replacement of one file; `path_` is what the caller called it, `target_` where it is.
class Replacement {
 public:
  Replacement(const Path& path, const WriteOptions& options) : path_(path), options_(options) {}

  Result<Written> run(ByteView bytes) {
    if (Result<void> found = locate(); !found) return Unexpected{found.error()};
    if (Result<void> judged = judge_target(); !judged) return Unexpected{judged.error()};
    if (Result<void> made = make_temporary(); !made) return Unexpected{made.error()};
    Result<void> done = fill(bytes);
    if (done) done = keep_access_list();
    // Asked again as late as can be: what the caller based its decision on must still stand there.
    if (done && options_.expected) done = judge_target();
    if (done) done = put_in_place();
    if (!done) return abandon(std::move(done).error());
    return Written{existed_, id_};
  }

 private:
  Result<void> locate();
  Result<void> judge_target();
  Result<void> make_temporary();
  Result<void> fill(ByteView bytes);
  Result<void> keep_access_list();
  Result<void> put_in_place();
  Unexpected<Error> abandon(Error error);

  const Path& path_;
  const WriteOptions& options_;
  std::wstring target_;
  std::wstring temporary_;
  UniqueHandle file_;
  FileId id_;
  bool existed_ = false;
};

/// CreateDirectoryW for `dir` and what is missing above it.
DWORD make_dirs(const std::wstring& dir) {
  const SecurityDescriptor descriptor = descriptor_for(k_private_dir, 0700);
  SECURITY_ATTRIBUTES attributes = attributes_of(descriptor);
  if (::CreateDirectoryW(dir.c_str(), &attributes)) return ERROR_SUCCESS;
  const DWORD reason = ::GetLastError();
  if (reason == ERROR_ALREADY_EXISTS) return ERROR_SUCCESS;
  const std::size_t cut = dir.find_last_of(L'\\');
  if (reason != ERROR_PATH_NOT_FOUND || cut == std::wstring::npos) return reason;
  if (const DWORD above = make_dirs(dir.substr(0, cut)); above != ERROR_SUCCESS) return above;
  if (::CreateDirectoryW(dir.c_str(), &attributes)) return ERROR_SUCCESS;
  const DWORD second = ::GetLastError();
  return second == ERROR_ALREADY_EXISTS ? ERROR_SUCCESS : second;
}

/// Where the target is: links followed, missing parents made.
Result<void> Replacement::locate() {
  Result<std::wstring> wide = wide_path(path_);
  if (!wide) return Unexpected{wide.error()};
  target_ = std::move(*wide);
  const DWORD attributes = ::GetFileAttributesW(target_.c_str());
  if (attributes == INVALID_FILE_ATTRIBUTES) {
    const DWORD reason = ::GetLastError();
    if (reason == ERROR_FILE_NOT_FOUND) return {};
    if (reason != ERROR_PATH_NOT_FOUND) return fail_with(reason, Op::stat, path_);
    const DWORD made = make_dirs(target_.substr(0, target_.find_last_of(L'\\')));
    if (made != ERROR_SUCCESS) return fail_with(made, Op::mkdir, path_);
    return {};
  }
  if ((attributes & FILE_ATTRIBUTE_REPARSE_POINT) == 0) return {};
  const UniqueHandle behind(::CreateFileW(target_.c_str(), 0, k_share_all, nullptr, OPEN_EXISTING,
                                          FILE_FLAG_BACKUP_SEMANTICS, nullptr));
  if (!behind) return fail_with(::GetLastError(), Op::resolve, path_);
  std::wstring real(std::size_t{std::numeric_limits<std::int16_t>::max()}, L'\0');
  const DWORD length =
      ::GetFinalPathNameByHandleW(behind.get(), real.data(), static_cast<DWORD>(real.size()), 0);
  if (length == 0 || length >= real.size()) return fail_with(::GetLastError(), Op::resolve, path_);
  target_ = real.substr(0, length);
  return {};
}

/// Whether the target may be replaced, by what it is now.
Result<void> Replacement::judge_target() {
  const DWORD attributes = ::GetFileAttributesW(target_.c_str());
  existed_ = attributes != INVALID_FILE_ATTRIBUTES;
  if (!existed_) {
    if (::GetLastError() != ERROR_FILE_NOT_FOUND) return fail_with(::GetLastError(), Op::stat, path_);
    if (options_.expected) return fail(Errc::changed, Op::stat, path_);
    return {};
  }
  if ((attributes & (FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_DEVICE)) != 0) {
    return fail(Errc::not_regular, Op::open, path_);
  }
  if (options_.existing == Existing::refuse) return fail(Errc::exists, Op::rename, path_);
  // MoveFileExW would answer "access denied", which reads as something that may pass.
  if ((attributes & FILE_ATTRIBUTE_READONLY) != 0) {
    return fail(Errc::denied, Op::rename, path_, "the file is marked read-only");
  }
  if (!options_.expected) return {};
  const UniqueHandle now(::CreateFileW(target_.c_str(), 0, k_share_all, nullptr, OPEN_EXISTING, 0, nullptr));
  if (!now) return fail_with(::GetLastError(), Op::stat, path_);
  const Result<FileId> id = id_of_handle(now, path_);
  if (!id) return Unexpected{id.error()};
  if (!(*id == *options_.expected)) return fail(Errc::changed, Op::stat, path_);
  return {};
}

Result<void> Replacement::make_temporary() {
  const SecurityDescriptor descriptor = descriptor_for(k_private_file, options_.new_file_mode);
  SECURITY_ATTRIBUTES attributes = attributes_of(descriptor);
  const DWORD flags =
      FILE_ATTRIBUTE_NORMAL | (options_.durability == Durability::none ? 0 : FILE_FLAG_WRITE_THROUGH);
  // The suffix is the part of the name that temp_name() puts behind any name.
  const Name name = "x";
  for (unsigned attempt = 0; attempt < k_name_attempts; ++attempt) {
    const Name suffix = temp_name(name, process_id(), attempt).substr(name.size());
    temporary_ = target_ + std::wstring(suffix.begin(), suffix.end());
    file_ = UniqueHandle(::CreateFileW(temporary_.c_str(), GENERIC_WRITE | READ_CONTROL | WRITE_DAC, 0,
                                       &attributes, CREATE_NEW, flags, nullptr));
    if (file_) return {};
    if (const DWORD reason = ::GetLastError();
        reason != ERROR_FILE_EXISTS && reason != ERROR_ALREADY_EXISTS) {
      return fail_with(reason, Op::create, path_);
    }
  }
  return fail(Errc::exists, Op::create, path_, "every temporary name is taken");
}

Result<void> Replacement::fill(ByteView bytes) {
  constexpr std::size_t k_most_at_once = 1U << 30U;  // the length is a DWORD
  while (!bytes.empty()) {
    const auto part = static_cast<DWORD>(std::min(bytes.size(), k_most_at_once));
    DWORD written = 0;
    if (!::WriteFile(file_.get(), bytes.data(), part, &written, nullptr)) {
      return fail_with(::GetLastError(), Op::write, path_);
    }
    if (written == 0) return fail(Errc::io, Op::write, path_, "the system wrote nothing");
    bytes.remove_prefix(written);
  }
  if (options_.durability != Durability::none && !::FlushFileBuffers(file_.get())) {
    return fail_with(::GetLastError(), Op::fsync, path_);
  }
  Result<FileId> id = id_of_handle(file_, path_);
  if (!id) return Unexpected{id.error()};
  id_ = *id;
  if (!file_.close()) return fail_with(::GetLastError(), Op::close, path_);
  return {};
}

Result<void> Replacement::keep_access_list() {
  if (!existed_) return {};
  DWORD size = 0;
  ::GetFileSecurityW(target_.c_str(), DACL_SECURITY_INFORMATION, nullptr, 0, &size);
  if (const DWORD reason = ::GetLastError(); reason != ERROR_INSUFFICIENT_BUFFER) {
    // FAT and its kin have no access lists to keep.
    if (reason == ERROR_NOT_SUPPORTED || reason == ERROR_INVALID_FUNCTION) return {};
    return fail_with(reason, Op::chmod, path_);
  }
  std::string descriptor(size, '\0');
  if (!::GetFileSecurityW(target_.c_str(), DACL_SECURITY_INFORMATION, descriptor.data(), size, &size) ||
      !::SetFileSecurityW(temporary_.c_str(), DACL_SECURITY_INFORMATION, descriptor.data())) {
    return fail_with(::GetLastError(), Op::chmod, path_);
  }
  return {};
}

Result<void> Replacement::put_in_place() {
  const DWORD reason = with_patience([&] {
    const DWORD first = rename_posix(temporary_, target_, options_);
    return unknown_to_system(first) ? rename_classic(temporary_, target_, options_) : first;
  });
  if (reason == ERROR_SUCCESS) return {};
  return fail_with(reason, Op::rename, path_);
}

Unexpected<Error> Replacement::abandon(Error error) {
  file_ = UniqueHandle();
  if (with_patience([&] { return ::DeleteFileW(temporary_.c_str()) ? ERROR_SUCCESS : ::GetLastError(); }) !=
      ERROR_SUCCESS) {
    error.detail += "; its temporary could not be removed";
  }
  return Unexpected{std::move(error)};
}

}  // namespace

Result<Written> atomic_write(const Path& path, ByteView bytes, const WriteOptions& options) {
  return Replacement(path, options).run(bytes);
}

}  // namespace session
