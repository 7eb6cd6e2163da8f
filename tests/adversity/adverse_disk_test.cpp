// The tools where they cannot work: on a full disk, on one without a free inode, on a read-only one, and as a
// user who may not. What was there stays as it was, and the message says why.

#include <doctest/doctest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "adversity/scenario.h"
#include "support/mounting.h"
#include "support/temp_dir.h"

using namespace session::test;

namespace {

constexpr uid_t k_nobody = 65'534;
const bool k_can_mount = prepare_mounting().empty();

/// A small file system in memory.
class SmallDisk {
 public:
  explicit SmallDisk(const char* limits) {
    std::filesystem::create_directory(path());
    if (::mount("tmpfs", path().c_str(), "tmpfs", 0, limits) != 0) throw std::runtime_error("mounting tmpfs");
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() { ::umount2(path().c_str(), MNT_DETACH); }

  [[nodiscard]] std::string path() const { return temp_ / "disk"; }

  void fill() const {
    std::ofstream filler(path() + "/filler", std::ios::binary);
    while (filler.write("0123456789abcdef", 16).flush()) {
    }
  }
  void use_up_inodes() const {
    for (int number = 0; std::ofstream(path() + "/file-" + std::to_string(number)); ++number) {
    }
  }
  void make_read_only() const {
    REQUIRE(::mount(nullptr, path().c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr) == 0);
  }
  void let_others_in() const {
    ::chmod(temp_.path().c_str(), 0755);
    ::chmod(path().c_str(), 0755);
  }

 private:
  TempDir temp_;
};

/// One with a scenario's directory on it.
class ScenarioDisk : public SmallDisk {
 public:
  ScenarioDisk(const Scenario& scenario, const char* limits) : SmallDisk(limits) {
    std::filesystem::create_directory(field());
    scenario.prepare(field());
    // So that a user without rights gets as far as the directory itself.
    let_others_in();
  }

  [[nodiscard]] std::string field() const { return path() + "/" + k_field; }
};

/// Lock files and directories come and stay; they are no content.
Tree content_of(const std::string& directory) {
  Tree tree = read_tree(directory);
  std::erase_if(tree, [](const auto& item) { return is_lock(item.first) || item.second == "/"; });
  return tree;
}

/// Runs the scenario, whose tool must fail with words about `reason` and change nothing.
void check_refused(const Scenario& scenario, const ScenarioDisk& disk, const std::string& reason,
                   const ProcessOptions& options) {
  CAPTURE(scenario.name);
  const Tree before = content_of(disk.field());
  const ProcessResult result = run_process(scenario.command(disk.field()), options);
  CAPTURE(result.err);
  CHECK(failed_clearly(result));
  CHECK(result.err.find(reason) != std::string::npos);
  CHECK(content_of(disk.field()) == before);
}

ProcessOptions input_of(const Scenario& scenario) {
  // Not the home of whoever runs the test: another user could not read its configuration.
  return {.input = scenario.input, .directory = "/", .environment = {{"HOME", "/nonexistent"}}};
}

}  // namespace

TEST_CASE("the other cases need root, and the right to mount") {
  if (const std::string reason = prepare_mounting(); !reason.empty()) MESSAGE("skipped: ", reason);
}

TEST_CASE("a full disk refuses what needs room" * doctest::skip(!k_can_mount)) {
  for (const Scenario& scenario : all_scenarios()) {
    if (!scenario.needs_room) continue;
    const ScenarioDisk disk(scenario, "size=64k");
    disk.fill();
    check_refused(scenario, disk, "No space left on device", input_of(scenario));
  }
}

TEST_CASE("on a full disk session-repair says that the session is as it was" * doctest::skip(!k_can_mount)) {
  const SmallDisk disk("size=64k");
  const std::string session = disk.path() + "/s.jsonl";
  const std::string torn = "{\"n\":1}\n{\"n\":\"to";
  write_file(session, torn);
  disk.fill();
  const ProcessResult result = run_process({tool_path("session-repair"), session}, {.directory = "/"});
  CHECK(result.status == 12);
  CHECK(result.err.find(
            "hint: the session is as it was; make room on its disk (32 bytes and a little more), and run it "
            "again\n") != std::string::npos);
  CHECK(read_file(session) == torn);
}

TEST_CASE("on a full disk session-repair asks for no room for a copy that is there" *
          doctest::skip(!k_can_mount)) {
  const SmallDisk disk("size=64k");
  const std::string session = disk.path() + "/s.jsonl";
  std::string torn;
  for (int record = 0; record < 2500; ++record) torn += "{\"n\":1}\n";
  torn += "{\"n\":\"to";
  write_file(session, torn);
  disk.fill();
  std::filesystem::resize_file(disk.path() + "/filler", 16'384);
  const ProcessResult result = run_process({tool_path("session-repair"), session}, {.directory = "/"});
  CHECK(result.status == 12);
  CHECK(
      result.err.find("hint: the session is as it was; make room on its disk (19.5 KiB and a little more)") !=
      std::string::npos);
  CHECK(read_file(session) == torn);
}

TEST_CASE("a full disk does not keep a tool from making room" * doctest::skip(!k_can_mount)) {
  for (const Scenario& scenario : all_scenarios()) {
    if (scenario.needs_room) continue;
    CAPTURE(scenario.name);
    const ScenarioDisk disk(scenario, "size=64k");
    disk.fill();
    const ProcessResult result = run_process(scenario.command(disk.field()), input_of(scenario));
    // 1: done, by session-repair.
    CHECK((result.status == 0 || result.status == 1));
    CHECK(scenario.judge_next(read_tree(disk.field()), result) == "");
  }
}

TEST_CASE("a disk without a free inode" * doctest::skip(!k_can_mount)) {
  for (const Scenario& scenario : all_scenarios()) {
    const ScenarioDisk disk(scenario, "size=1m,nr_inodes=40");
    disk.use_up_inodes();
    check_refused(scenario, disk, "No space left on device", input_of(scenario));
  }
}

TEST_CASE("a read-only disk" * doctest::skip(!k_can_mount)) {
  for (const Scenario& scenario : all_scenarios()) {
    const ScenarioDisk disk(scenario, "size=1m");
    disk.make_read_only();
    check_refused(scenario, disk, "Read-only file system", input_of(scenario));
  }
}

TEST_CASE("a user who may read but not write" * doctest::skip(!k_can_mount)) {
  for (const Scenario& scenario : all_scenarios()) {
    const ScenarioDisk disk(scenario, "size=1m");
    ProcessOptions options = input_of(scenario);
    options.user = k_nobody;
    check_refused(scenario, disk, "Permission denied", options);
  }
}

TEST_CASE("a user who may not even look" * doctest::skip(!k_can_mount)) {
  for (const Scenario& scenario : all_scenarios()) {
    const ScenarioDisk disk(scenario, "size=1m");
    ::chmod(disk.field().c_str(), 0700);
    ProcessOptions options = input_of(scenario);
    options.user = k_nobody;
    check_refused(scenario, disk, "Permission denied", options);
  }
}

TEST_CASE("a disk that is nearly full has room for what eight threads repair" * doctest::skip(!k_can_mount)) {
  constexpr int k_files = 12;
  const std::string whole = R"({"text":")" + std::string(900'000, 'x') + R"("})";
  for (const char* const jobs : {"1", "8"}) {
    CAPTURE(jobs);
    // The files, a copy of each, and one result, of 220 pages each, and one page more.
    const SmallDisk small("size=22004k");
    const std::string disk = small.path();
    for (int n = 0; n < k_files; ++n) {
      write_file(disk + "/" + std::to_string(n) + ".json", whole.substr(0, whole.size() - 1));
    }
    const ProcessResult result =
        run_process({tool_path("session-repair"), "-q", "--durability", "none", "-j", jobs, disk});
    CAPTURE(result.err);
    CHECK(result.status == 1);
    CHECK(result.err == "");
    for (int n = 0; n < k_files; ++n) CHECK(read_file(disk + "/" + std::to_string(n) + ".json") == whole);
    CHECK(read_tree(disk).size() == 2 * k_files);
  }
}

TEST_CASE("what was done before the room ran out is told, however many threads there are" *
          doctest::skip(!k_can_mount)) {
  const std::string claimed = "telegram_1.json.claim-20260101T000000Z-999999-0";
  for (const char* const jobs : {"1", "8"}) {
    CAPTURE(jobs);
    const SmallDisk small("nr_inodes=6");
    const std::string disk = small.path();
    write_file(disk + "/.lock", "");
    write_file(disk + "/" + claimed, R"({"messages":[{"role":"user","content":"cut)");
    write_file(disk + "/telegram_2.json", "no session at all");
    small.use_up_inodes();
    const ProcessResult result = run_process({tool_path("session-repair"), "--durability", "none", "--layout",
                                              "miniclaw", "--reset", "-j", jobs, disk});
    CAPTURE(result.out);
    CAPTURE(result.err);
    CHECK(result.status == 12);
    CHECK(result.err.find("telegram_1.json") != std::string::npos);
    CHECK(result.out.find("2 quarantined, 2 still damaged, 2 failed") != std::string::npos);
  }
}

TEST_CASE("what a writer adds between the last look for it and the replacement is kept") {
  const TracedCommand none;
  if (const std::string reason = obstacle_to_tracing(none.traced); !reason.empty()) {
    MESSAGE("skipped: ", reason);
    return;
  }
  const TempDir dir;
  const std::string file = dir / "a.jsonl";
  write_file(file, "{\"a\":1}\n{\"a\":2,\"b\":\"cu");
  // The leak checker cannot work below strace.
  const ProcessOptions options{.environment = {{"ASAN_OPTIONS", "detect_leaks=0"}}};
  Process repair({"strace", "-f", "-o", "/dev/null", "-e", "trace=renameat,renameat2", "-e",
                  "inject=renameat,renameat2:delay_enter=2000000", tool_path("session-repair"),
                  "--durability", "none", "--format", "ndjson", file},
                 options);
  // The temporary is whole a moment after it is there; the rename is held up for much longer.
  const auto is_about_to_rename = [&] {
    for (const auto& [name, content] : read_tree(dir.path())) {
      if (is_temporary(name) && content == "{\"a\":1}\n{\"a\":2}\n") return true;
    }
    return false;
  };
  for (int look = 0; look < 1000 && !is_about_to_rename(); ++look) ::usleep(1'000);
  ::usleep(100'000);
  std::ofstream(file, std::ios::app) << "{\"late\":true}\n";
  const ProcessResult result = repair.wait();
  CAPTURE(result.out);
  CHECK(result.status == 9);
  CHECK(result.out.find("was written to at the moment it was replaced; what came is in a.jsonl.corrupt-") !=
        std::string::npos);
  CHECK(read_file(file) == "{\"a\":1}\n{\"a\":2}\n");
  std::size_t kept = 0;
  for (const auto& [name, content] : read_tree(dir.path()))
    kept += content.ends_with("\n{\"late\":true}\n\n");
  CHECK(kept == 1);
}
