// session-repair on several threads: what one thread does and says is what many do and say.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "support/directory_tree.h"
#include "support/run_process.h"
#include "support/temp_dir.h"

using namespace session;
using namespace session::test;

namespace {

constexpr int k_sessions = 60;

/// Held by this process for as long as it lives.
class FileLock {
 public:
  explicit FileLock(const std::string& path)
      : descriptor_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    REQUIRE(::flock(descriptor_, LOCK_EX | LOCK_NB) == 0);
  }
  FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

 private:
  int descriptor_;
};

/// Healthy, cut, holed and lost ones, with what writers that are gone have left beside some of them.
void fill(const std::string& directory) {
  std::filesystem::create_directories(directory);
  for (int n = 0; n < k_sessions; ++n) {
    const std::string name = directory + "/" + std::to_string(100 + n) + ".json";
    const std::string whole = R"({"n":)" + std::to_string(n) + R"(,"text":["one","two"],"last":true})";
    switch (n % 6) {
      case 0: write_file(name, whole); break;
      case 1: write_file(name, whole.substr(0, whole.size() - 9)); break;
      case 2: write_file(name, std::string(64, '\0')); break;
      case 3: write_file(name, whole + "\n" + whole.substr(0, 20)); break;
      case 4:  // a session that is gone, and two temporaries, of which one is whole
        write_file(name + ".tmp.4194302", whole);
        write_file(name + ".tmp.4194303", whole.substr(0, 12));
        break;
      default: write_file(name, whole.substr(0, 15)); write_file(name + ".tmp.4194303", whole);
    }
  }
  write_file(directory + "/900.json.claim-20260101T000000Z-4194303-0", R"({"was":"claimed","and":"cu)");
}

std::string without_stamps(const std::string& text) {
  static const std::regex stamp("-[0-9]{8}T[0-9]{6}Z-[0-9]+-([0-9]+)");
  return std::regex_replace(text, stamp, "-STAMP-$1");
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos;)
    text.replace(at, what.size(), by);
  return text;
}

struct Outcome {
  int status = 0;
  std::string said;
  std::vector<Tree> trees;
  bool operator==(const Outcome&) const = default;
};

Outcome repair_with(const std::string& jobs, std::vector<std::string> options) {
  const TempDir dir;
  const std::vector<std::string> places = {dir / "a", dir / ".synapse/sessions", dir / "c"};
  for (const std::string& place : places) fill(place);
  std::vector<std::string> arguments = {tool_path("session-repair"), "--durability", "none", "-j", jobs};
  arguments.insert(arguments.end(), options.begin(), options.end());
  arguments.insert(arguments.end(), places.begin(), places.end());
  const ProcessResult result = run_process(arguments);
  const std::string said = replaced(without_stamps(result.out + result.err), dir.path(), "DIR");
  Outcome outcome{result.status, replaced(said, R"("-j",")" + jobs, R"("-j",")"), {}};
  for (const std::string& place : places) {
    Tree tree;
    for (const auto& [name, content] : tree_of(place)) tree[without_stamps(name)] = without_stamps(content);
    outcome.trees.push_back(std::move(tree));
  }
  return outcome;
}

}  // namespace

TEST_CASE("many threads do and say what one does") {
  for (const std::vector<std::string>& options :
       {std::vector<std::string>{}, {"--dry-run"}, {"--format", "json"}, {"--diff"}, {"--reset"}}) {
    CAPTURE(options.size());
    const Outcome alone = repair_with("1", options);
    REQUIRE(alone.said.find("109.json") != std::string::npos);
    const Outcome together = repair_with("8", options);
    CHECK(together.status == alone.status);
    CHECK(together.said == alone.said);
    CHECK(together.trees == alone.trees);
  }
}

TEST_CASE("the sessions of a run on many threads are those that were there") {
  const Outcome outcome = repair_with("8", {});
  // The lost ones are set aside, and say so.
  CHECK((outcome.status & 4) == 4);
  // A store of a known layout has nothing that its owner would load.
  for (const std::size_t place : {0U, 2U}) {
    const Tree& tree = outcome.trees.at(place);
    CHECK(tree.at("101.json") == R"({"n":1,"text":["one","two"]})");
    CHECK(tree.count("102.json") == 0);
    CHECK(tree.count("102.json.quarantined-STAMP-0") == 1);
    CHECK(tree.at("103.json") == R"({"n":3,"text":["one","two"],"last":true})"
                                 "\n");
    CHECK(tree.at("104.json") == R"({"n":4,"text":["one","two"],"last":true})");
    CHECK(tree.at("105.json") == R"({"n":5,"text":["one","two"],"last":true})");
    CHECK(tree.at("900.json") == R"({"was":"claimed"})");
  }
}

TEST_CASE("a number of threads is one from 1 to 256") {
  for (const char* const jobs : {"0", "257", "many"}) {
    CHECK(run_process({tool_path("session-repair"), "-j", jobs, "x.json"}).status == 16);
  }
}

TEST_CASE("a file that is named twice, or has two names, is repaired once by each") {
  const TempDir dir;
  std::vector<std::string> arguments = {tool_path("session-repair"), "--durability", "none", "-q", "-j", "8"};
  for (int n = 0; n < 30; ++n) {
    const std::string path = dir / std::to_string(100 + n) + ".json";
    write_file(path, R"({"n":1,"cu)");
    arguments.insert(arguments.end(), {path, path});
    std::filesystem::create_hard_link(path, dir / std::to_string(100 + n) + "b.json");
    arguments.push_back(dir / std::to_string(100 + n) + "b.json");
  }
  const ProcessResult result = run_process(arguments);
  CHECK(result.status == 1);
  CHECK(result.err.empty());
  for (int n = 0; n < 30; ++n) CHECK(read_file(dir / std::to_string(100 + n) + "b.json") == R"({"n":1})");
}

TEST_CASE("each locked store is left alone, whatever was looked at before") {
  const TempDir dir;
  std::vector<FileLock> locks;
  for (int n = 0; n < 12; ++n) {
    // One that is free and damaged, healthy ones, and damaged ones that somebody holds.
    const std::string store = dir / std::to_string(100 + n) + "/.synapse/sessions";
    std::filesystem::create_directories(store);
    const bool is_free = n == 0;
    const bool is_damaged = is_free || n > 5;
    write_file(store + "/a.json", is_damaged ? R"({"n":1,"cu)" : R"({"n":1})");
    if (is_damaged && !is_free) locks.emplace_back(store + "/.lock");
  }
  std::vector<std::string> arguments = {
      tool_path("session-repair"), "--durability", "none", "--level", "syntax", "--lock-timeout", "0", "-q"};
  for (int n = 0; n < 12; ++n) arguments.push_back(dir / std::to_string(100 + n) + "/.synapse/sessions");
  CHECK((run_process(arguments).status & 8) == 8);
  for (int n = 6; n < 12; ++n) {
    CHECK(read_file(dir / std::to_string(100 + n) + "/.synapse/sessions/a.json") == R"({"n":1,"cu)");
  }
  CHECK(read_file(dir / "100/.synapse/sessions/a.json") == R"({"n":1})");
}

TEST_CASE("a page does not take the place of a session behind a link") {
  const TempDir dir;
  write_file(dir / "a.json", R"({"n":1})");
  std::filesystem::create_symlink("a.json", dir / "page.html");
  const ProcessResult result =
      run_process({tool_path("session-repair"), "--report", dir / "page.html", dir / "a.json"});
  CHECK(result.status == 8);
  CHECK(read_file(dir / "a.json") == R"({"n":1})");
}

TEST_CASE("large copies beside small files are held one at a time, however many threads there are") {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  constexpr bool k_counts_memory = false;  // that of the sanitizer counts too
#else
  constexpr bool k_counts_memory = true;
#endif
  constexpr std::size_t k_strings = k_counts_memory ? 500'000 : 100'000;
  std::string strings;
  for (std::size_t n = 0; n < k_strings; ++n) strings += '"' + std::string(77, 'x') + "\",";
  const TempDir dir;
  for (int n = 0; n < 4; ++n) {
    const std::string name = dir / std::to_string(n) + ".json";
    const std::string start = R"({"n":)" + std::to_string(n) + R"(,"texts":[)";
    write_file(name, start + "\"cu");
    write_file(name + ".bak", start + strings + "\"\"]}");
  }
  const std::vector<std::string> repair = {
      tool_path("session-repair"), "--durability", "none", "-q", "-j", "4", dir.path()};
  CHECK(run_process(repair).status == 1);
  for (int n = 0; n < 4; ++n) {
    const std::string name = dir / std::to_string(n) + ".json";
    CHECK(read_file(name) == read_file(name + ".bak"));
  }
  // One of them as it was read, and as it is written; not four.
  rusage used{};
  REQUIRE(::getrusage(RUSAGE_CHILDREN, &used) == 0);
  if (k_counts_memory) {
    CHECK(static_cast<std::size_t>(used.ru_maxrss) * 1024 < 3 * strings.size() + (16U << 20));
  }
}

TEST_CASE("of what is written ahead for a large cut file nothing is left where it is not wanted") {
  const std::string strings(2'000'000, 'x');
  const std::string cut = R"({"n":1,"text":")" + strings + R"(","last":"cu)";
  const std::vector<std::string> repair = {tool_path("session-repair"), "--durability", "none", "-q"};
  const auto run = [&](const TempDir& dir, std::vector<std::string> options) {
    write_file(dir / "a.json", cut);
    options.insert(options.begin(), repair.begin(), repair.end());
    options.push_back(dir / "a.json");
    return run_process(options).status;
  };
  const TempDir refused;
  CHECK(run(refused, {"--accept-loss", "none"}) == 4);
  CHECK(tree_of(refused.path()) == Tree{{"a.json", cut}});
  const TempDir repaired;
  CHECK(run(repaired, {}) == 1);
  Tree tree;
  for (const auto& [name, content] : tree_of(repaired.path())) tree[without_stamps(name)] = content;
  CHECK(tree.size() == 3);
  CHECK(tree.at("a.json") == R"({"n":1,"text":")" + strings + R"("})");
  CHECK(tree.at("a.json.bak-STAMP-0") == cut);
  CHECK(tree.at("a.json.corrupt-STAMP-0").ends_with(",\"last\":\"cu\n"));
}

TEST_CASE("hundreds of damaged sessions are repaired with room for twenty open files") {
  // Both limits, so that it cannot be raised; and the soft one alone, which can.
  for (const char* limit : {"ulimit -n 20", "ulimit -S -n 20"}) {
    CAPTURE(limit);
    const TempDir dir;
    for (int n = 0; n < 300; ++n) {
      const std::string directory = dir / std::to_string(n % 30);
      std::filesystem::create_directories(directory);
      write_file(directory + "/" + std::to_string(n) + ".json", R"({"n":1,"cu)");
    }
    const std::string command = std::string(limit) + R"(; exec "$0" --durability none -j 8 -q "$1")";
    const ProcessResult result = run_process({"sh", "-c", command, tool_path("session-repair"), dir.path()});
    CHECK(result.err == "");
    CHECK(result.status == 1);
    for (int n = 0; n < 300; ++n) {
      CHECK(read_file(dir / std::to_string(n % 30) + "/" + std::to_string(n) + ".json") == R"({"n":1})");
    }
  }
}

TEST_CASE("however few files it may open, a repair ends by itself, with the session as it was or repaired") {
  // With fewer a program with sanitizers does not begin.
  for (int limit = 7; limit <= 14; ++limit) {
    CAPTURE(limit);
    const TempDir dir;
    const std::string cut = R"({"n":1,"cu)";
    write_file(dir / "a.json", cut);
    const std::string command =
        "ulimit -n " + std::to_string(limit) + R"(; exec "$0" --durability none -q "$1")";
    const ProcessResult result =
        run_process({"sh", "-c", command, tool_path("session-repair"), dir / "a.json"});
    CHECK(result.signal == 0);
    CHECK(read_file(dir / "a.json") == (result.status == 1 ? R"({"n":1})" : cut));
  }
}
