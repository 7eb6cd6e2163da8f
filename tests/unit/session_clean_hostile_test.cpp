// session-clean on trees that somebody or something works against: files that cannot go, disks that cannot be
// written, links that appear between judging and removing, a clock that is wrong, a run that is cut off.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "support/clean_store.h"
#include "support/json_lines.h"
#include "support/mounting.h"

using namespace session::test;

namespace {

/// chattr +i or +a on one file or directory, for as long as it lives.
class Attribute {
 public:
  Attribute(const std::string& path, int attribute)
      : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)), attribute_(attribute) {
    is_set_ = change(true);
  }
  Attribute(const Attribute&) = delete;
  Attribute& operator=(const Attribute&) = delete;
  ~Attribute() {
    if (is_set_) change(false);
    ::close(descriptor_);
  }
  [[nodiscard]] bool is_set() const { return is_set_; }

 private:
  bool change(bool on) const {
    int flags = 0;
    if (::ioctl(descriptor_, FS_IOC_GETFLAGS, &flags) != 0) return false;
    flags = on ? flags | attribute_ : flags & ~attribute_;
    return ::ioctl(descriptor_, FS_IOC_SETFLAGS, &flags) == 0;
  }

  int descriptor_;
  int attribute_;
  bool is_set_ = false;
};

constexpr auto k_no_attributes = "skipped: chattr needs root and a file system that knows such attributes";

/// A file system in memory on the store's directory.
class MountedStore {
 public:
  explicit MountedStore(const CleanStore& store) : path_(store.path()) {
    REQUIRE(::mount("tmpfs", path_.c_str(), "tmpfs", 0, "size=1m") == 0);
  }
  MountedStore(const MountedStore&) = delete;
  MountedStore& operator=(const MountedStore&) = delete;
  ~MountedStore() { ::umount2(path_.c_str(), MNT_DETACH); }
  void make_read_only() const {
    REQUIRE(::mount(nullptr, path_.c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr) == 0);
  }

 private:
  std::string path_;
};

/// Runs `turn` again and again beside `work`.
template <class Turn, class Work>
void beside(const Turn& turn, const Work& work) {
  std::atomic<bool> stop = false;
  std::thread other([&] {
    while (!stop) turn();
  });
  work();
  stop = true;
  other.join();
}

}  // namespace

TEST_CASE("an immutable session stays and is named, the others go") {
  const CleanStore store;
  for (const auto* id : {"a", "immutable", "z"}) store.put_session(id, k_old);
  for (const int attribute : {FS_IMMUTABLE_FL, FS_APPEND_FL}) {
    const Attribute held(store / "immutable.json", attribute);
    if (!held.is_set()) {
      MESSAGE(k_no_attributes);
      return;
    }
    for (const std::vector<std::string>& words : {std::vector<std::string>{}, {"--trash"}}) {
      const ProcessResult result = store.clean(words);
      CHECK(result.status == 8);
      CHECK(result.err.find(store / "immutable.json") != std::string::npos);
      CHECK(result.err.find("Operation not permitted") != std::string::npos);
      CHECK_FALSE(std::filesystem::exists(store / "a.json"));
      CHECK_FALSE(std::filesystem::exists(store / "z.json"));
      CHECK(read_file(store / "immutable.json") == synapse_session("immutable", k_old));
    }
  }
  CHECK(store.clean().status == 0);
  CHECK_FALSE(std::filesystem::exists(store / "immutable.json"));
}

TEST_CASE("in an immutable directory nothing goes and nothing is left behind") {
  const CleanStore store;
  store.put_session("a", k_old);
  store.put(".lock", "");
  const Attribute held(store.path(), FS_IMMUTABLE_FL);
  if (!held.is_set()) {
    MESSAGE(k_no_attributes);
    return;
  }
  const ProcessResult result = store.clean();
  CHECK(result.status == 8);
  CHECK(result.err.find(store / "a.json") != std::string::npos);
  CHECK(store.names() == "a.json");
  CHECK(store.clean({"--trash"}).status == 8);
  CHECK(store.names() == "a.json");
}

TEST_CASE("a store on a read-only mount is looked at, and refused where something would have to go") {
  const std::string obstacle = prepare_mounting();
  if (!obstacle.empty()) {
    MESSAGE("skipped: ", obstacle);
    return;
  }
  const CleanStore store;
  const MountedStore mounted(store);
  store.put_session("fresh", k_fresh);
  SUBCASE("nothing is stale") {
    mounted.make_read_only();
    const ProcessResult result = store.clean({"-q"});
    CHECK(result.status == 0);
    CHECK(result.err == "");
    CHECK(store.names() == "fresh.json");
  }
  SUBCASE("something is") {
    store.put_session("old", k_old);
    store.put("torn.json.tmp.4194304", "{");
    mounted.make_read_only();
    CHECK(store.clean({"--dry-run"}).status == 0);
    const ProcessResult result = store.clean();
    CHECK(result.status == 8);
    CHECK(result.err.find("Read-only file system") != std::string::npos);
    CHECK(store.clean({"--trash"}).status == 8);
    CHECK(store.names() == "fresh.json old.json torn.json.tmp.4194304");
  }
}

TEST_CASE("somebody else's sessions are read like one's own") {
  if (::geteuid() != 0) {
    MESSAGE("skipped: only root can make files of two users");
    return;
  }
  constexpr uid_t k_nobody = 65'534;
  const CleanStore store;
  store.put_session("a", k_old);
  store.put_session("b", k_fresh);
  for (const std::string& path : {store.root().path(), store.root() / ".synapse", store.path()}) {
    REQUIRE(::chown(path.c_str(), k_nobody, k_nobody) == 0);
  }
  for (const auto* name : {"a.json", "b.json"}) REQUIRE(::chmod((store / name).c_str(), 0644) == 0);
  const ProcessResult result = store.run({"-q", store.path()}, {.user = k_nobody});
  CHECK(result.status == 0);
  CHECK(result.err == "");
  CHECK(store.names() == "b.json");
}

TEST_CASE("a symlink that takes a session's place in the middle of a run leads nowhere") {
  const CleanStore store;
  const std::string outside = store.root() / "outside.json";
  const std::string old = synapse_session("s", k_old);
  write_file(outside, old);
  std::filesystem::create_symlink(outside, store.root() / "link");
  beside(
      [&] {
        const std::string spare = store.root() / "spare";
        write_file(spare, old);
        std::filesystem::rename(spare, store / "s.json");
        std::filesystem::copy_symlink(store.root() / "link", spare);
        std::filesystem::rename(spare, store / "s.json");
      },
      [&] {
        for (int run = 0; run < 60; ++run) {
          const ProcessResult result = store.clean({"-q"});
          CHECK(result.signal == 0);
          CHECK(read_file(outside) == old);
        }
      });
  CHECK(std::filesystem::is_regular_file(std::filesystem::symlink_status(outside)));
}

TEST_CASE("a directory exchanged for a symlink in the middle of a run leads nowhere") {
  const CleanStore store(".codex/sessions");
  const std::string name = "rollout-2026-01-01T00-00-00-x.jsonl";
  const std::string record =
      "{\"timestamp\":\"2026-01-01T00:00:00Z\",\"type\":\"session_meta\",\"payload\":{\"id\":\"x\"}}\n";
  const std::string outside = store.root() / "outside";
  std::filesystem::create_directories(outside);
  write_file(outside + "/" + name, record);
  const std::string day = store / "2026/01/01";
  const std::string aside = store.root() / "aside";
  std::filesystem::create_directories(day);
  beside(
      [&] {
        std::filesystem::create_directories(day);
        write_file(day + "/" + name, record);
        std::filesystem::rename(day, aside);
        std::filesystem::create_directory_symlink(outside, day);
        std::filesystem::remove(day);
        std::filesystem::remove_all(aside);
      },
      [&] {
        for (int run = 0; run < 60; ++run) {
          CHECK(store.clean({"-q", run % 2 == 0 ? "--trash" : "--as-of=2026-11-21T12:00:00Z"}).signal == 0);
          CHECK(read_file(outside + "/" + name) == record);
        }
      });
}

TEST_CASE(
    "a trash that is a symlink is not the store's: nothing is moved through it, nothing behind it goes") {
  const CleanStore store;
  const std::string outside = store.root() / "outside";
  const std::string run = outside + "/20260101T000000Z-1";
  std::filesystem::create_directories(run);
  write_file(run + "/x.json", synapse_session("x", k_old));
  std::filesystem::create_directory_symlink(outside, store / ".trash");
  store.put_session("a", k_old);
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{}, {"--trash"}, {"--list-trash"}, {"--restore", "x"}}) {
    const ProcessResult result = store.clean(words);
    CHECK(result.status == 8);
    CHECK(result.err.find(".trash") != std::string::npos);
    CHECK(std::filesystem::exists(run + "/x.json"));
    CHECK(std::distance(std::filesystem::directory_iterator(outside), {}) == 1);
    CHECK(store.names() == ".trash a.json");
  }
}

TEST_CASE("a clock that jumped ahead meets the brake, and what was just written stays") {
  const CleanStore store;
  for (int i = 0; i < 10; ++i) store.put_session("s" + std::to_string(i), k_fresh);
  const std::string all = store.names();
  const ProcessResult result = store.clean({"--as-of", "2036-01-01T00:00:00Z", "--max-delete", "20%"});
  CHECK(result.status == 8);
  CHECK(store.names() == all);
  write_file(store.root() / "core-config.yaml", "sessions:\n  clean:\n    writeGraceHours: 1\n");
  CHECK(store.clean({"--as-of", "2036-01-01T00:00:00Z"}).status == 0);
  CHECK(store.names() == all);
}

TEST_CASE("names of every kind are told from each other in reports and in the audit log") {
  const CleanStore store;
  const std::vector<std::string> stems = {"new\nline", "bad\xff\xfeutf8", "tab\tquote\"",
                                          std::string(250, 'n')};
  for (const std::string& stem : stems) store.put(stem + ".json", synapse_session("x", k_old));
  const std::string log = store.root() / "audit.jsonl";
  const ProcessResult result = store.clean({"--format", "ndjson", "--audit-log", log});
  CHECK(result.status == 0);
  CHECK(store.names() == "");
  std::size_t items = 0;
  for (const Json& record : json_lines(result.out)) items += record.contains("outcome") ? 1U : 0U;
  CHECK(items == stems.size());
  const auto entries = json_lines(read_file(log));
  REQUIRE(entries.size() == 2 * stems.size());
  std::size_t encoded = 0;
  for (const Json& entry : entries) encoded += entry.contains("path_b64") ? 1U : 0U;
  CHECK(encoded == 2);
}

TEST_CASE("a run that is asked to stop stops between two sessions and says what it did") {
  const CleanStore store;
  constexpr int k_sessions = 4000;
  for (int i = 0; i < k_sessions; ++i) store.put_session("s" + std::to_string(i), k_old);
  const std::string log = store.root() / "audit.jsonl";
  Process process({tool_path("session-clean"), "--as-of", k_as_of, "--audit-log", log, store.path()},
                  {.directory = store.root().path(), .environment = {{"HOME", store.root().path()}}});
  while (!std::filesystem::exists(log)) std::this_thread::yield();
  process.send(SIGTERM);
  const ProcessResult result = process.wait();
  CHECK(result.signal == SIGTERM);
  std::size_t removed = 0;
  std::size_t intended = 0;
  for (const Json& entry : json_lines(read_file(log))) {
    if (entry["event"] == "intent") ++intended;
    if (entry["event"] == "outcome" && entry["outcome"] == "removed") ++removed;
  }
  std::size_t left = 0;
  for (const auto& entry : std::filesystem::directory_iterator(store.path())) {
    if (entry.path().filename() == ".lock") continue;
    CHECK(entry.path().extension() == ".json");
    ++left;
  }
  CHECK(left + removed == k_sessions);
  CHECK(intended < k_sessions);
  CHECK(store.clean().status == 0);
  CHECK(store.names() == "");
}

TEST_CASE("a deep store is cleaned whole where few files may be open") {
  const CleanStore store("transcripts");
  const std::string old = R"({"type":"user","uuid":"u","timestamp":"2026-01-01T00:00:00Z","message":{}})";
  std::string deep;
  for (int level = 0; level < 150; ++level) {
    deep += "d/";
    std::filesystem::create_directories(store / deep);
    store.put(deep + "0b8f3b1e-9d2c-4a57-8f5e-1c2d3e4f5a6b.jsonl", old + "\n");
  }
  for (const char* limit : {"40", "24"}) {
    CAPTURE(limit);
    ProcessOptions options;
    options.environment["HOME"] = store.root().path();
    const ProcessResult result =
        run_process({"sh", "-c",
                     R"(ulimit -n "$2"; exec "$0" --as-of 2026-11-21T12:00:00Z --layout claude-code )"
                     R"(--dry-run --format ndjson "$1")",
                     tool_path("session-clean"), store.path(), limit},
                    options);
    CHECK(result.status == 0);
    CHECK(result.err == "");
    CHECK(json_lines(result.out).back()["removed"] == 150);
  }
}
