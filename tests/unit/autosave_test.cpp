#include "session/autosave.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <filesystem>
#include <thread>

#include "support/crash_fs.h"
#include "support/fault_fs.h"
#include "support/temp_dir.h"

using namespace session;
using session::test::read_file;
using session::test::TempDir;
using session::test::write_file;

namespace {

namespace files = std::filesystem;
using Names = std::vector<std::string>;

/// A disk whose every creation of a file fails while `os_errno` is set; with ENOMEM as the allocator does.
class FlakyFs final : public test::InterposedFs {
 public:
  FlakyFs() : InterposedFs(real_fs()) {}
  std::atomic<int> os_errno = 0;

 private:
  std::optional<Error> before(Op op, const Path& subject) override {
    if (op != Op::create || os_errno == 0) return std::nullopt;
    if (os_errno == ENOMEM) throw std::bad_alloc();
    return fail_errno(os_errno, op, subject).error;
  }
};

struct Store {
  TempDir root;
  std::string path = root / "sessions";
  LoadReport loaded;

  std::shared_ptr<Autosave> open(Fs& fs = real_fs(), milliseconds patience = milliseconds(10'000)) {
    loaded = {};
    const AutosaveOptions options{.durability = Durability::none, .lock_patience = patience};
    Result<std::shared_ptr<Autosave>> opened = Autosave::open(fs, path, options, loaded);
    REQUIRE(opened);
    return *opened;
  }
  [[nodiscard]] std::string file(const std::string& name) const { return path + "/" + name; }
  /// Everything but locks, sorted.
  [[nodiscard]] Names names() const {
    Names names;
    for (const auto& entry : files::directory_iterator(path)) {
      const std::string name = entry.path().filename().string();
      if (!name.starts_with('.')) names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    return names;
  }
};

Names failed_ids(const RoundReport& report) {
  Names ids;
  for (const SaveFailure& failure : report.failures) ids.push_back(failure.id);
  std::sort(ids.begin(), ids.end());
  return ids;
}

bool wait_until(const std::function<bool()>& condition) {
  for (int i = 0; i < 2'000 && !condition(); ++i) std::this_thread::sleep_for(milliseconds(5));
  return condition();
}

void ignore(const RoundReport& /*report*/) {}

}  // namespace

TEST_CASE("a round saves what is unsaved, and only that") {
  Store store;
  const auto autosave = store.open();
  REQUIRE(autosave->put("a", "{\"n\":1}"));
  REQUIRE(autosave->put("b", "[2]"));
  RoundReport report = autosave->save_unsaved();
  CHECK(report.saved == 2);
  CHECK(report.bytes == 10);
  CHECK(report.failures.empty());
  CHECK(store.names() == Names{"a.json", "b.json"});
  CHECK(read_file(store.file("a.json")) == "{\"n\":1}");
  CHECK((files::status(store.file("a.json")).permissions() & files::perms::all) ==
        (files::perms::owner_read | files::perms::owner_write));

  CHECK(autosave->save_unsaved().saved == 0);
  REQUIRE(autosave->put("b", "[3]"));
  CHECK(autosave->save_unsaved().saved == 1);
  CHECK(read_file(store.file("b.json")) == "[3]");
}

TEST_CASE("what cannot be a session is refused at once") {
  Store store;
  const auto autosave = store.open();
  CHECK(autosave->put("../a", "{\"n\":1}").error().code == Errc::bad_argument);
  CHECK(autosave->put("_index", "{\"n\":1}").error().code == Errc::bad_argument);
  CHECK(autosave->put("a", "{\"n\":").error().code == Errc::invalid_content);
  REQUIRE(autosave->put("a", "{\"n\":1}"));
  CHECK(autosave->put("a", "{}").error().code == Errc::invalid_content);
  CHECK(autosave->patch("b", "{}").error().code == Errc::not_found);
  CHECK(autosave->patch("a", "{").error().code == Errc::invalid_content);
  CHECK(autosave->patch("a", "{\"n\":null}").error().code == Errc::invalid_content);
  CHECK(*autosave->get("a") == "{\"n\":1}");
}

TEST_CASE("a start loads what the store holds, and leaves alone what it cannot read") {
  Store store;
  files::create_directory(store.path);
  write_file(store.file("a.json"), "{\"big\":12345678901234567890}");
  write_file(store.file("cut.json"), "{\"a\":");
  write_file(store.file("_index.json"), "{}");
  write_file(store.file("a.json.tmp.99999999"), "{\"a\"");
  write_file(store.file("notes.txt"), "x");
  const auto autosave = store.open();
  CHECK(store.loaded.loaded == 1);
  REQUIRE(store.loaded.left_alone.size() == 1);
  CHECK(store.loaded.left_alone[0].name == "cut.json");
  CHECK(store.loaded.left_alone[0].reason.code == Errc::invalid_content);
  CHECK(autosave->get("cut") == nullptr);
  REQUIRE(autosave->patch("a", "{\"b\":2}"));
  CHECK(autosave->save_unsaved().saved == 1);
  CHECK(read_file(store.file("a.json")) == "{\"big\":12345678901234567890,\"b\":2}");
  CHECK(read_file(store.file("cut.json")) == "{\"a\":");
}

TEST_CASE("a damaged file that a session takes the place of is kept") {
  Store store;
  files::create_directory(store.path);
  write_file(store.file("cut.json"), "{\"a\":");
  const auto autosave = store.open();
  REQUIRE(autosave->put("cut", "{\"a\":1}"));
  const RoundReport report = autosave->save_unsaved();
  CHECK(report.saved == 1);
  REQUIRE(report.kept_aside.size() == 1);
  CHECK(report.kept_aside[0].name.starts_with("cut.json.quarantined-"));
  CHECK(read_file(store.file(report.kept_aside[0].name)) == "{\"a\":");
  CHECK(read_file(store.file("cut.json")) == "{\"a\":1}");
}

TEST_CASE("another program's version is kept aside, never overwritten") {
  Store store;
  const auto autosave = store.open();
  REQUIRE(autosave->put("a", "[1]"));
  autosave->save_unsaved();
  files::remove(store.file("a.json"));
  write_file(store.file("a.json"), "[\"theirs\"]");
  REQUIRE(autosave->put("a", "[2]"));
  const RoundReport report = autosave->save_unsaved();
  CHECK(report.saved == 1);
  REQUIRE(report.kept_aside.size() == 1);
  CHECK(report.kept_aside[0].name.starts_with("a.json.bak-"));
  CHECK(read_file(store.file(report.kept_aside[0].name)) == "[\"theirs\"]");
  CHECK(read_file(store.file("a.json")) == "[2]");
  // From then on it is ours again.
  REQUIRE(autosave->put("a", "[3]"));
  CHECK(autosave->save_unsaved().kept_aside.empty());
}

/// The session's file, as held by another program.
File held_file(const Store& store, const Name& name) {
  const Result<Dir> dir = real_fs().open_dir(store.path, FollowLinks::no);
  REQUIRE(dir);
  Result<File> file = open_locked(real_fs(), *dir, name, Access::read, LockKind::exclusive, milliseconds(0));
  REQUIRE(file);
  return std::move(*file);
}

TEST_CASE("a session that another program holds keeps no other waiting") {
  const auto with_held = [](milliseconds patience, const auto& check) {
    Store store;
    const auto autosave = store.open(real_fs(), patience);
    for (const char* id : {"a", "b", "c", "d"}) REQUIRE(autosave->put(id, "[1]"));
    REQUIRE(autosave->save_unsaved().saved == 4);
    std::vector<File> held;
    for (const char* name : {"a.json", "c.json"}) held.push_back(held_file(store, name));
    for (const char* id : {"a", "b", "c", "d"}) REQUIRE(autosave->put(id, "[2]"));
    check(store, *autosave, held);
  };
  SUBCASE("while the round waits for it, the others are saved") {
    with_held(std::chrono::hours(1), [](Store& store, Autosave& autosave, std::vector<File>& held) {
      std::size_t saved = 0;
      std::jthread round([&] { saved = autosave.save_unsaved().saved; });
      CHECK(wait_until([&] { return read_file(store.file("d.json")) == "[2]"; }));
      CHECK(read_file(store.file("b.json")) == "[2]");
      CHECK(read_file(store.file("c.json")) == "[1]");
      held.clear();
      round.join();
      CHECK(saved == 4);
      CHECK(read_file(store.file("c.json")) == "[2]");
    });
  }
  SUBCASE("held for too long it is tried again in the next round") {
    with_held(milliseconds(20), [](Store& store, Autosave& autosave, std::vector<File>& held) {
      const RoundReport report = autosave.save_unsaved();
      CHECK(report.saved == 2);
      CHECK(failed_ids(report) == Names{"a", "c"});
      for (const SaveFailure& failure : report.failures) CHECK(failure.error.code == Errc::busy);
      held.clear();
      CHECK(autosave.save_unsaved().saved == 2);
      CHECK(read_file(store.file("a.json")) == "[2]");
    });
  }
}

TEST_CASE("a session that is a symbolic link is loaded from and saved where it points") {
  Store store;
  files::create_directory(store.path);
  const std::string elsewhere = store.root / "elsewhere.json";
  write_file(elsewhere, "[1]");
  files::create_symlink(elsewhere, store.file("a.json"));
  files::create_symlink(store.root / "not-yet.json", store.file("b.json"));
  const auto autosave = store.open();
  CHECK(store.loaded.loaded == 1);
  REQUIRE(autosave->get("a"));
  CHECK(*autosave->get("a") == "[1]");
  REQUIRE(autosave->put("a", "[2]"));
  REQUIRE(autosave->put("b", "[3]"));
  RoundReport report = autosave->save_unsaved();
  CHECK(report.saved == 2);
  CHECK(report.kept_aside.empty());
  CHECK(read_file(elsewhere) == "[2]");
  CHECK(read_file(store.root / "not-yet.json") == "[3]");

  write_file(elsewhere, "[\"theirs\"]");
  REQUIRE(autosave->put("a", "[4]"));
  report = autosave->save_unsaved();
  CHECK(report.saved == 1);
  REQUIRE(report.kept_aside.size() == 1);
  CHECK(read_file(store.root / report.kept_aside[0].name) == "[\"theirs\"]");
  CHECK(read_file(elsewhere) == "[4]");
  CHECK(files::is_symlink(store.file("a.json")));
}

TEST_CASE("a session that another program is at work on is not removed before it is done") {
  Store store;
  const auto autosave = store.open(real_fs(), milliseconds(0));
  REQUIRE(autosave->put("a", "[1]"));
  REQUIRE(autosave->save_unsaved().saved == 1);
  {
    const File held = held_file(store, "a.json");
    CHECK(autosave->remove("a"));
    CHECK(failed_ids(autosave->save_unsaved()) == Names{"a"});
    CHECK(store.names() == Names{"a.json"});
  }
  CHECK(autosave->save_unsaved().removed == 1);
  CHECK(store.names().empty());
}

TEST_CASE("the end does not wait for what others hold before the rest is saved") {
  Store store;
  const auto autosave = store.open(real_fs(), std::chrono::hours(1));
  REQUIRE(autosave->put("held", "[1]"));
  REQUIRE(autosave->save_unsaved().saved == 1);
  const File held = held_file(store, "held.json");
  AutosaveLoop loop(autosave, std::chrono::hours(1), ignore);
  REQUIRE(autosave->put("held", "[2]"));
  REQUIRE(autosave->put("first", "[2]"));
  loop.flush(ignore);
  // From now on the round waits.
  CHECK(wait_until([&] { return files::exists(store.file("first.json")); }));
  REQUIRE(autosave->put("other", "[2]"));
  CHECK(loop.stop(milliseconds(1'500)) == Names{"held"});
  CHECK(read_file(store.file("other.json")) == "[2]");
  CHECK(read_file(store.file("held.json")) == "[1]");
}

TEST_CASE("a removed session that was a symbolic link does not come back") {
  Store store;
  files::create_directory(store.path);
  const std::string elsewhere = store.root / "elsewhere.json";
  write_file(elsewhere, "[1]");
  files::create_symlink(elsewhere, store.file("a.json"));
  {
    const auto autosave = store.open();
    CHECK(autosave->remove("a"));
    CHECK(autosave->save_unsaved().removed == 1);
    CHECK_FALSE(files::exists(elsewhere));
  }
  const auto autosave = store.open();
  CHECK(store.loaded.loaded == 0);
  CHECK(store.loaded.left_alone.empty());
  CHECK(autosave->get("a") == nullptr);
}

TEST_CASE("a round that runs out of memory is one that failed") {
  Store store;
  FlakyFs fs;
  const auto autosave = store.open(fs);
  fs.os_errno = ENOMEM;
  std::atomic<int> failed_rounds = 0;
  AutosaveLoop loop(autosave, milliseconds(10), [&](const RoundReport& report) {
    if (failed_ids(report) == Names{"a"}) ++failed_rounds;
  });
  REQUIRE(autosave->put("a", "[1]"));
  CHECK(wait_until([&] { return failed_rounds >= 2; }));
  fs.os_errno = 0;
  CHECK(loop.stop(milliseconds(10'000)).empty());
  CHECK(read_file(store.file("a.json")) == "[1]");
}

TEST_CASE("a session that stands in the other format is not begun anew") {
  Store store;
  files::create_directory(store.path);
  write_file(store.file("a.jsonl"), "{\"n\":1}\n");
  const auto autosave = store.open();
  CHECK(autosave->put("a", "[1]").error().code == Errc::bad_argument);
  CHECK(autosave->put("b", "[1]"));
  CHECK(autosave->save_unsaved().saved == 1);
  CHECK(store.names() == Names{"a.jsonl", "b.json"});
  files::remove(store.file("a.jsonl"));
  CHECK(autosave->put("a", "[1]"));
}

TEST_CASE("a session that was cleaned away is written anew when it is used again") {
  Store store;
  const auto autosave = store.open();
  REQUIRE(autosave->put("a", "[1]"));
  autosave->save_unsaved();
  files::remove(store.file("a.json"));
  REQUIRE(autosave->put("a", "[2]"));
  const RoundReport report = autosave->save_unsaved();
  CHECK(report.saved == 1);
  CHECK(report.kept_aside.empty());
  CHECK(store.names() == Names{"a.json"});
}

TEST_CASE("removing takes the file away, but never a version that is not ours") {
  Store store;
  const auto autosave = store.open();
  REQUIRE(autosave->put("a", "[1]"));
  REQUIRE(autosave->put("b", "[1]"));
  autosave->save_unsaved();
  CHECK_FALSE(autosave->remove("c"));
  CHECK(autosave->remove("a"));
  CHECK(autosave->get("a") == nullptr);
  CHECK(autosave->save_unsaved().removed == 1);
  CHECK(store.names() == Names{"b.json"});

  files::remove(store.file("b.json"));
  write_file(store.file("b.json"), "[\"theirs\"]");
  CHECK(autosave->remove("b"));
  const RoundReport report = autosave->save_unsaved();
  CHECK(report.removed == 0);
  CHECK(report.kept_aside.size() == 1);
  CHECK(read_file(store.file("b.json")) == "[\"theirs\"]");
}

namespace {

// One session to save and one to remove: then there is one thread, and the calls come in one order.
void fill(test::MemoryFs& disk) {
  disk.add_file("/s/old.json", "[1]");
  disk.add_file("/s/gone.json", "[1]");
}

std::shared_ptr<Autosave> open_with_changes(Fs& fs, const std::string& saved) {
  LoadReport loaded;
  Result<std::shared_ptr<Autosave>> autosave = Autosave::open(fs, "/s", {}, loaded);
  REQUIRE(autosave);
  REQUIRE((*autosave)->put(saved, "[2]"));
  REQUIRE((*autosave)->remove("gone"));
  return *autosave;
}

}  // namespace

TEST_CASE("whichever call of a round fails, what is not told is done, and the next round does the rest") {
  test::MemoryFs undisturbed;
  fill(undisturbed);
  test::FaultFs counting(undisturbed, {});
  open_with_changes(counting, "old");
  const std::size_t first_call = counting.calls();
  for (const std::string saved : {"old", "new"}) {
    for (const int os_errno : {ENOSPC, EIO, EDQUOT, EROFS, EACCES, EINTR, EMFILE}) {
      bool struck = true;
      for (std::size_t call = first_call; struck; ++call) {
        CAPTURE(saved);
        CAPTURE(os_errno);
        CAPTURE(call - first_call);
        test::MemoryFs disk;
        fill(disk);
        test::FaultFs fs(disk, {call, os_errno});
        const auto autosave = open_with_changes(fs, saved);
        const Names failed = failed_ids(autosave->save_unsaved());
        struck = fs.failed().has_value();
        const Path path = "/s/" + saved + ".json";
        CHECK((std::ranges::count(failed, saved) == 1 || disk.content(path) == "[2]"));
        CHECK((std::ranges::count(failed, "gone") == 1 || !disk.content("/s/gone.json")));
        CHECK(autosave->save_unsaved().failures.empty());
        CHECK(autosave->table().counts().unsaved == 0);
        CHECK(disk.content(path) == "[2]");
        CHECK_FALSE(disk.content("/s/gone.json"));
      }
    }
  }
}

TEST_CASE("after a power cut all that a round has told is so, what it removed included") {
  for (const std::string saved : {"old", "new"}) {
    const Path path = "/s/" + saved + ".json";
    const std::optional<Bytes> before = saved == "old" ? std::optional<Bytes>("[1]") : std::nullopt;
    const std::size_t survivors = test::for_each_power_cut(
        fill,
        [&](Fs& fs) {
          const RoundReport report = open_with_changes(fs, saved)->save_unsaved();
          return report.saved == 1 && report.removed == 1;
        },
        [&](const test::MemoryFs& fs, bool finished) {
          const std::optional<Bytes> content = fs.content(path);
          CHECK((content == "[2]" || (!finished && content == before)));
          if (finished) CHECK_FALSE(fs.content("/s/gone.json"));
        });
    CHECK(survivors > 50);
  }
}

TEST_CASE("a second instance on the same store is refused") {
  Store store;
  const auto autosave = store.open();
  LoadReport report;
  const auto second = Autosave::open(real_fs(), store.path, {}, report);
  REQUIRE_FALSE(second);
  CHECK(second.error().code == Errc::busy);
}

TEST_CASE("a store that was removed comes back whole") {
  Store store;
  const auto autosave = store.open();
  REQUIRE(autosave->put("a", "[1]"));
  REQUIRE(autosave->put("b", "[1]"));
  autosave->save_unsaved();
  files::remove_all(store.path);
  CHECK(autosave->save_unsaved().saved == 2);
  CHECK(store.names() == Names{"a.json", "b.json"});
}

TEST_CASE("a full disk loses nothing: all is saved once there is room") {
  Store store;
  FlakyFs fs;
  const auto autosave = store.open(fs);
  REQUIRE(autosave->put("old", "[1]"));
  autosave->save_unsaved();
  REQUIRE(autosave->put("old", "[2]"));
  REQUIRE(autosave->put("new", "[1]"));
  fs.os_errno = ENOSPC;
  for (int round = 0; round < 2; ++round) {
    const RoundReport report = autosave->save_unsaved();
    CHECK(failed_ids(report) == Names{"new", "old"});
    CHECK(report.failures[0].error.code == Errc::no_space);
    CHECK(read_file(store.file("old.json")) == "[1]");
    CHECK(store.names() == Names{"old.json"});
  }
  fs.os_errno = 0;
  CHECK(autosave->save_unsaved().saved == 2);
  CHECK(read_file(store.file("old.json")) == "[2]");
  CHECK(autosave->table().counts().unsaved == 0);
}

TEST_CASE("JSON Lines sessions are saved in files of their own kind") {
  Store store;
  const auto autosave = *Autosave::open(real_fs(), store.path, {.format = Format::json_lines}, store.loaded);
  REQUIRE(autosave->put("a", "{\"n\":1}\n{\"n\":2}\n"));
  CHECK_FALSE(autosave->put("b", "{\"n\":1}\n{\"n\":"));
  autosave->save_unsaved();
  CHECK(read_file(store.file("a.jsonl")) == "{\"n\":1}\n{\"n\":2}\n");
}

TEST_CASE("no patch of concurrent threads is lost while rounds go on") {
  Store store;
  const auto autosave = store.open();
  REQUIRE(autosave->put("a", "{\"x\":0}"));
  constexpr int k_threads = 4, k_patches = 100;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < k_threads; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < k_patches; ++i) {
          const std::string key = "k" + std::to_string(t) + "_" + std::to_string(i);
          const auto patched = autosave->patch("a", "{\"" + key + "\":1}");
          if (!patched) FAIL_CHECK(describe(patched.error()));
        }
      });
    }
    for (int round = 0; round < 20; ++round) CHECK(autosave->save_unsaved().failures.empty());
  }
  autosave->save_unsaved();
  const std::string content = read_file(store.file("a.json"));
  CHECK(std::count(content.begin(), content.end(), ':') == 1 + k_threads * k_patches);
}

TEST_CASE("flushes do not put off the rounds at the interval") {
  Store store;
  const auto autosave = store.open();
  AutosaveLoop loop(autosave, milliseconds(300), ignore);
  for (int i = 0; i < 1'000; ++i) {
    std::atomic<bool> done = false;
    loop.flush([&](const RoundReport&) { done = true; });
    REQUIRE(wait_until([&] { return done.load(); }));
  }
  REQUIRE(autosave->put("a", "[1]"));
  CHECK(wait_until([&] { return files::exists(store.file("a.json")); }));
}

TEST_CASE("at the end a failure that repeats itself is told once") {
  Store store;
  FlakyFs fs;
  const auto autosave = store.open(fs);
  fs.os_errno = ENOSPC;
  std::atomic<int> told = 0;
  AutosaveLoop loop(autosave, std::chrono::hours(1), [&](const RoundReport&) { ++told; });
  REQUIRE(autosave->put("a", "[1]"));
  CHECK(loop.stop(milliseconds(1'000)) == Names{"a"});
  CHECK(told == 1);
}

TEST_CASE("any duration may be asked for") {
  Store store;
  const auto autosave = store.open();
  constexpr milliseconds k_longest = milliseconds::max();
  AutosaveLoop loop(autosave, k_longest, ignore);
  REQUIRE(autosave->put("a", "[1]"));
  CHECK(loop.stop(k_longest).empty());
  CHECK(read_file(store.file("a.json")) == "[1]");
}

TEST_CASE("the loop saves at its interval, on request and at the end") {
  Store store;
  const auto autosave = store.open();
  {
    AutosaveLoop loop(autosave, milliseconds(20), ignore);
    REQUIRE(autosave->put("a", "[1]"));
    CHECK(wait_until([&] { return files::exists(store.file("a.json")); }));
    CHECK(loop.stop(milliseconds(10'000)).empty());
  }
  AutosaveLoop loop(autosave, std::chrono::hours(1), ignore);
  REQUIRE(autosave->put("b", "[1]"));
  std::atomic<std::size_t> flushed = 0;
  loop.flush([&](const RoundReport& report) { flushed = report.saved; });
  CHECK(wait_until([&] { return flushed == 1; }));
  CHECK(files::exists(store.file("b.json")));
  REQUIRE(autosave->put("c", "[1]"));
  CHECK(loop.stop(milliseconds(10'000)).empty());
  CHECK(files::exists(store.file("c.json")));
}

TEST_CASE("failures are told, tried again at the next interval, and once more at the end") {
  Store store;
  FlakyFs fs;
  const auto autosave = store.open(fs);
  fs.os_errno = EACCES;
  std::atomic<int> failed_rounds = 0;
  AutosaveLoop loop(autosave, milliseconds(10), [&](const RoundReport& report) {
    if (failed_ids(report) == Names{"a"}) ++failed_rounds;
  });
  REQUIRE(autosave->put("a", "[1]"));
  CHECK(wait_until([&] { return failed_rounds >= 2; }));
  std::jthread mender([&] {
    std::this_thread::sleep_for(milliseconds(300));
    fs.os_errno = 0;
  });
  CHECK(loop.stop(milliseconds(10'000)).empty());
  CHECK(read_file(store.file("a.json")) == "[1]");
}

TEST_CASE("the end comes within its bound and names what is not saved") {
  Store store;
  FlakyFs fs;
  const auto autosave = store.open(fs);
  fs.os_errno = ENOSPC;
  AutosaveLoop loop(autosave, milliseconds(10), ignore);
  REQUIRE(autosave->put("b", "[1]"));
  REQUIRE(autosave->put("a", "[1]"));
  const auto start = std::chrono::steady_clock::now();
  CHECK(loop.stop(milliseconds(500)) == Names{"a", "b"});
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(5));
}
