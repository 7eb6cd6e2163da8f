#include <doctest/doctest.h>

// sddl.h needs windows.h before it.
// clang-format off
#include <windows.h>
#include <sddl.h>
// clang-format on

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "session/atomic_write.h"
#include "session/process.h"

namespace {

namespace fs = std::filesystem;
using namespace session;
using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

fs::path from_utf8(const std::string& text) { return {std::u8string(text.begin(), text.end())}; }

/// std::filesystem does not reach names beyond 260 characters.
void remove_tree(const std::wstring& dir) {
  WIN32_FIND_DATAW entry;
  const HANDLE search = ::FindFirstFileW((dir + LR"(\*)").c_str(), &entry);
  if (search == INVALID_HANDLE_VALUE) return;
  do {
    const std::wstring name = entry.cFileName;
    if (name == L"." || name == L"..") continue;
    const std::wstring path = dir + L'\\' + name;
    if ((entry.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0) {
      remove_tree(path);
    } else {
      ::DeleteFileW(path.c_str());
    }
  } while (::FindNextFileW(search, &entry));
  ::FindClose(search);
  ::RemoveDirectoryW(dir.c_str());
}

class Folder {
 public:
  Folder() {
    static unsigned counter = 0;
    path_ = fs::temp_directory_path() /
            ("atomic-write-" + std::to_string(process_id()) + "-" + std::to_string(++counter));
    remove();
    fs::create_directory(path_);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { remove(); }
  [[nodiscard]] std::string operator/(const std::string& name) const {
    const std::u8string text = (path_ / from_utf8(name)).u8string();
    return {text.begin(), text.end()};
  }
  /// Every name in the folder, in order: a temporary left behind shows here.
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(path_)) {
      const std::u8string name = entry.path().filename().u8string();
      names.emplace_back(name.begin(), name.end());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

 private:
  void remove() const { remove_tree(LR"(\\?\)" + path_.wstring()); }
  fs::path path_;
};

using Names = std::vector<std::string>;

void put(const std::string& path, const std::string& content) {
  std::ofstream(from_utf8(path), std::ios::binary) << content;
}

std::string get(const std::string& path) {
  std::ifstream in(from_utf8(path), std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Another program that has the file open, allowing others what `sharing` says.
class Holder {
 public:
  Holder(const std::string& path, DWORD sharing)
      : handle_(::CreateFileW(from_utf8(path).c_str(), GENERIC_READ, sharing, nullptr, OPEN_EXISTING, 0,
                              nullptr)) {
    REQUIRE(handle_ != INVALID_HANDLE_VALUE);
  }
  Holder(const Holder&) = delete;
  Holder& operator=(const Holder&) = delete;
  ~Holder() { release(); }
  void release() {
    if (handle_ != INVALID_HANDLE_VALUE) ::CloseHandle(std::exchange(handle_, INVALID_HANDLE_VALUE));
  }
  [[nodiscard]] std::string read() const {
    std::string bytes(64, '\0');
    DWORD length = 0;
    if (!::ReadFile(handle_, bytes.data(), static_cast<DWORD>(bytes.size()), &length, nullptr))
      return "unreadable";
    return bytes.substr(0, length);
  }

 private:
  HANDLE handle_;
};

constexpr DWORD k_share_all = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
constexpr DWORD k_share_no_delete = FILE_SHARE_READ | FILE_SHARE_WRITE;

std::string access_list(const std::string& path) {
  std::string descriptor(4'096, '\0');
  DWORD size = static_cast<DWORD>(descriptor.size());
  REQUIRE(
      ::GetFileSecurityW(from_utf8(path).c_str(), DACL_SECURITY_INFORMATION, descriptor.data(), size, &size));
  LPSTR text = nullptr;
  REQUIRE(::ConvertSecurityDescriptorToStringSecurityDescriptorA(descriptor.data(), SDDL_REVISION_1,
                                                                 DACL_SECURITY_INFORMATION, &text, nullptr));
  std::string list(text);
  ::LocalFree(text);
  return list;
}

}  // namespace

TEST_CASE("a new file holds the content and leaves nothing beside it") {
  const Folder folder;
  const Result<Written> written = atomic_write(folder / "a.json", R"({"a":1})", {});
  REQUIRE(written);
  CHECK_FALSE(written->replaced);
  CHECK(written->id.size == 7);
  CHECK(get(folder / "a.json") == R"({"a":1})");
  CHECK(folder.names() == Names{"a.json"});
}

TEST_CASE("an existing target is replaced, at every durability") {
  for (const Durability durability : {Durability::full, Durability::data, Durability::none}) {
    const Folder folder;
    put(folder / "a.json", "old");
    WriteOptions options;
    options.durability = durability;
    const Result<Written> written = atomic_write(folder / "a.json", "the new content", options);
    REQUIRE(written);
    CHECK(written->replaced);
    CHECK(get(folder / "a.json") == "the new content");
    CHECK(folder.names() == Names{"a.json"});
  }
}

TEST_CASE("content of no bytes and of several megabytes") {
  const Folder folder;
  REQUIRE(atomic_write(folder / "empty", "", {}));
  CHECK(get(folder / "empty").empty());
  const std::string large(5'000'000, 'x');
  REQUIRE(atomic_write(folder / "large", large, {}));
  CHECK(get(folder / "large") == large);
}

TEST_CASE("names outside ASCII, in folders that do not exist yet, longer than 260 characters") {
  const Folder folder;
  const std::string name = "s\u00edtzung \u65e5\u672c\u8a9e \U0001F600.json";
  REQUIRE(atomic_write(folder / name, "one", {}));
  REQUIRE(atomic_write(folder / name, "two", {}));
  CHECK(get(folder / name) == "two");
  CHECK(folder.names() == Names{name});

  const std::string deep = "\u00fc/" + std::string(120, 'b') + "/" + std::string(120, 'c') + "/d.json";
  REQUIRE(atomic_write(folder / deep, "deep", {}));
  const std::string full = folder / deep;
  CHECK(full.size() > 260);
  REQUIRE(atomic_write(full, "deeper", {}));
}

TEST_CASE("paths that cannot be right") {
  CHECK(atomic_write("", "x", {}).error().code == Errc::bad_argument);
  CHECK(atomic_write("bad-\xff-utf8", "x", {}).error().code == Errc::bad_argument);
  CHECK(atomic_write(Path("nul\0byte", 8), "x", {}).error().code == Errc::bad_argument);
}

TEST_CASE("a directory is not replaced") {
  const Folder folder;
  fs::create_directory(from_utf8(folder / "dir"));
  CHECK(atomic_write(folder / "dir", "x", {}).error().code == Errc::not_regular);
  CHECK(folder.names() == Names{"dir"});
}

TEST_CASE("a target marked read-only is refused at once and untouched") {
  const Folder folder;
  const std::string path = folder / "a.json";
  put(path, "old");
  REQUIRE(::SetFileAttributesW(from_utf8(path).c_str(), FILE_ATTRIBUTE_READONLY));
  const auto start = Clock::now();
  const Result<Written> written = atomic_write(path, "new", {});
  CHECK(Clock::now() - start < 1s);
  ::SetFileAttributesW(from_utf8(path).c_str(), FILE_ATTRIBUTE_NORMAL);
  REQUIRE_FALSE(written);
  CHECK(written.error().code == Errc::denied);
  CHECK(written.error().subject == path);
  CHECK(get(path) == "old");
  CHECK(folder.names() == Names{"a.json"});
}

TEST_CASE("refuse: an existing name is never replaced") {
  const Folder folder;
  put(folder / "a.json", "old");
  WriteOptions options;
  options.existing = Existing::refuse;
  CHECK(atomic_write(folder / "a.json", "new", options).error().code == Errc::exists);
  CHECK(get(folder / "a.json") == "old");
  REQUIRE(atomic_write(folder / "b.json", "new", options));
  CHECK(folder.names() == Names{"a.json", "b.json"});
}

TEST_CASE("expected: only the file the caller has seen is replaced") {
  const Folder folder;
  const Result<Written> first = atomic_write(folder / "a.json", "first", {});
  REQUIRE(first);
  WriteOptions options;
  options.expected = first->id;
  const Result<Written> second = atomic_write(folder / "a.json", "the second", options);
  REQUIRE(second);
  const Result<Written> stale = atomic_write(folder / "a.json", "third", options);
  REQUIRE_FALSE(stale);
  CHECK(stale.error().code == Errc::changed);
  CHECK(get(folder / "a.json") == "the second");
  CHECK(atomic_write(folder / "gone.json", "x", options).error().code == Errc::changed);
  CHECK(folder.names() == Names{"a.json"});
}

TEST_CASE("a taken temporary name is passed over and left alone") {
  const Folder folder;
  const std::string taken = temp_name("a.json", process_id(), 0);
  put(folder / taken, "of an earlier process with this pid");
  REQUIRE(atomic_write(folder / "a.json", "new", {}));
  CHECK(get(folder / "a.json") == "new");
  CHECK(get(folder / taken) == "of an earlier process with this pid");
  CHECK(folder.names() == Names{"a.json", taken});
}

TEST_CASE("the target's access list is kept, and a new file is private") {
  const Folder folder;
  const std::string path = folder / "a.json";
  put(path, "old");
  PSECURITY_DESCRIPTOR wanted = nullptr;
  REQUIRE(::ConvertStringSecurityDescriptorToSecurityDescriptorW(L"D:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;FR;;;WD)",
                                                                 SDDL_REVISION_1, &wanted, nullptr));
  REQUIRE(::SetFileSecurityW(from_utf8(path).c_str(), DACL_SECURITY_INFORMATION, wanted));
  ::LocalFree(wanted);
  const std::string before = access_list(path);
  REQUIRE(atomic_write(path, "new", {}));
  CHECK(access_list(path) == before);
  CHECK(before.find(";WD)") != std::string::npos);

  REQUIRE(atomic_write(folder / "private.json", "new", {}));
  CHECK(access_list(folder / "private.json").find(";WD)") == std::string::npos);
}

TEST_CASE(
    "a reader that shares deletion keeps what it reads, whether or not the system lets the rename pass") {
  const Folder folder;
  put(folder / "a.json", "old");
  const Holder reader(folder / "a.json", k_share_all);
  const Result<Written> written = atomic_write(folder / "a.json", "new", {});
  CHECK(reader.read() == "old");
  // Renames with POSIX semantics came with Windows 10 1607; wine 8 does not know them.
  MESSAGE(std::string(written ? "passed the reader" : "waited for the reader"));
  CHECK(get(folder / "a.json") == (written ? "new" : "old"));
  if (!written) CHECK((written.error().code == Errc::busy || written.error().code == Errc::denied));
  CHECK(folder.names() == Names{"a.json"});
}

TEST_CASE("a reader that does not share deletion, gone in time: the replacement waits for it") {
  const Folder folder;
  put(folder / "a.json", "old");
  std::optional<Holder> reader(std::in_place, folder / "a.json", k_share_no_delete);
  std::thread releasing([&reader] {
    std::this_thread::sleep_for(300ms);
    reader->release();
  });
  const auto start = Clock::now();
  const Result<Written> written = atomic_write(folder / "a.json", "new", {});
  const auto waited = Clock::now() - start;
  releasing.join();
  REQUIRE(written);
  CHECK(waited >= 250ms);
  CHECK(get(folder / "a.json") == "new");
  CHECK(folder.names() == Names{"a.json"});
}

TEST_CASE("a reader that never lets go: a clear error in bounded time, the target untouched") {
  const Folder folder;
  put(folder / "a.json", "old");
  const Holder reader(folder / "a.json", k_share_no_delete);
  const auto start = Clock::now();
  const Result<Written> written = atomic_write(folder / "a.json", "new", {});
  const auto waited = Clock::now() - start;
  REQUIRE_FALSE(written);
  CHECK((written.error().code == Errc::busy || written.error().code == Errc::denied));
  CHECK(written.error().op == Op::rename);
  CHECK(written.error().subject == folder / "a.json");
  CHECK(written.error().detail.find("Windows error") != std::string::npos);
  CHECK(waited >= 1s);
  CHECK(waited < 10s);
  CHECK(get(folder / "a.json") == "old");
  CHECK(folder.names() == Names{"a.json"});
}

TEST_CASE("no instant without a whole target during hundreds of replacements") {
  const Folder folder;
  const std::string path = folder / "a.json";
  const std::string one(20'000, '1');
  const std::string two(30'000, '2');
  put(path, one);
  std::atomic<bool> done = false;
  std::atomic<unsigned> looks = 0;
  std::atomic<unsigned> missing = 0;
  std::atomic<unsigned> torn = 0;
  std::thread polling([&] {
    const std::wstring wide = from_utf8(path).wstring();
    std::string bytes(40'000, '\0');
    for (; !done; std::this_thread::sleep_for(1ms)) {
      const HANDLE file =
          ::CreateFileW(wide.c_str(), GENERIC_READ, k_share_all, nullptr, OPEN_EXISTING, 0, nullptr);
      ++looks;
      if (file == INVALID_HANDLE_VALUE) {
        ++missing;
        continue;
      }
      DWORD length = 0;
      ::ReadFile(file, bytes.data(), static_cast<DWORD>(bytes.size()), &length, nullptr);
      ::CloseHandle(file);
      const std::string_view seen = std::string_view(bytes).substr(0, length);
      if (seen != one && seen != two) ++torn;
    }
  });
  unsigned failed = 0;
  for (int round = 0; round < 300; ++round)
    failed += atomic_write(path, round % 2 == 0 ? two : one, {}) ? 0U : 1U;
  done = true;
  polling.join();
  MESSAGE(looks.load(), " looks");
  CHECK(looks > 100);
  CHECK(failed == 0);
  CHECK(missing == 0);
  CHECK(torn == 0);
  CHECK(folder.names() == Names{"a.json"});
}

TEST_CASE("a process is alive while it runs") {
  CHECK(process_is_alive(process_id()));
  CHECK_FALSE(process_is_alive(0));
  CHECK_FALSE(process_is_alive(-1));
}
