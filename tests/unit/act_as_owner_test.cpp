// Root over somebody's store: what is done there is done with the owner's rights.

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "support/run_process.h"
#include "support/temp_dir.h"

using namespace session::test;
namespace files = std::filesystem;

namespace {

constexpr uid_t k_owner = 4242, k_other = 4243;  // no database knows them
constexpr auto k_stale = R"({"uuid":"a","schema_version":"2.0","started":"2020-01-01T00:00:00Z",)"
                         R"("last_activity":"2020-01-01T00:00:00Z"})";

uid_t owner_of(const std::string& path) {
  struct stat about {};
  REQUIRE(::lstat(path.c_str(), &about) == 0);
  return about.st_uid;
}

/// A directory that everybody may pass, with a store of k_owner in it.
struct Home {
  Home() {
    REQUIRE(::chmod(temp.path().c_str(), 0711) == 0);
    make_store("store", k_owner);
  }
  void make_store(const std::string& name, uid_t owner) const {
    REQUIRE(::mkdir((temp / name).c_str(), 0700) == 0);
    REQUIRE(::chown((temp / name).c_str(), owner, owner) == 0);
  }
  void put(const std::string& name, const std::string& content, uid_t owner) const {
    write_file(temp / name, content);
    REQUIRE(::chown((temp / name).c_str(), owner, owner) == 0);
    REQUIRE(::chmod((temp / name).c_str(), 0600) == 0);
  }
  [[nodiscard]] ProcessResult run(std::vector<std::string> command, const std::string& input = {}) const {
    command[0] = tool_path(command[0]);
    return run_process(command, {.input = input, .directory = temp.path()});
  }
  TempDir temp;
};

bool is_root() {
  if (::geteuid() == 0) return true;
  MESSAGE("skipped: only root can give up its rights");
  return false;
}

}  // namespace

TEST_CASE("what root saves and repairs in a user's store is the user's") {
  if (!is_root()) return;
  const Home home;
  CHECK(home.run({"session-save", "--store", "store/deeper", "new"}, "{\"a\":1}").status == 0);
  CHECK(owner_of(home.temp / "store/deeper/new.json") == k_owner);
  CHECK(home.run({"session-save", "--batch", "--store", "store"}, "{\"id\":\"b\",\"session\":{\"b\":1}}\n")
            .status == 0);
  CHECK(owner_of(home.temp / "store/b.json") == k_owner);

  home.put("store/cut.json", "{\"a\":1,\"b\":[1,2", k_owner);
  CHECK(home.run({"session-repair", "store/cut.json"}).status == 1);
  for (const auto& entry : files::directory_iterator(home.temp / "store")) {
    CAPTURE(entry.path().string());
    CHECK(owner_of(entry.path()) == k_owner);
  }
  CHECK(home.run({"session-save", "--as-root", "--store", "store", "roots"}, "{\"a\":1}").status == 0);
  CHECK(owner_of(home.temp / "store/roots.json") == 0);
}

TEST_CASE("the user's rights reach no further than the user could") {
  if (!is_root()) return;
  const Home home;
  home.make_store("elsewhere", k_other);
  home.put("elsewhere/a.json", k_stale, k_other);
  files::create_directory_symlink(home.temp / "elsewhere", home.temp / "store/link");
  home.put("store/roots.json", k_stale, 0);
  home.put("store/own.json", k_stale, k_owner);

  const ProcessResult cleaned = home.run({"session-clean", "--layout", "synapse", "store"});
  CHECK(cleaned.status == 8);
  CHECK(cleaned.err.find("store/roots.json: open: Permission denied") != std::string::npos);
  CHECK(files::exists(home.temp / "store/roots.json"));
  CHECK_FALSE(files::exists(home.temp / "store/own.json"));
  CHECK(files::exists(home.temp / "elsewhere/a.json"));

  CHECK(home.run({"session-clean", "--layout", "synapse", "--as-root", "store"}).status == 0);
  CHECK_FALSE(files::exists(home.temp / "store/roots.json"));
}

TEST_CASE("a link in the user's store does not lead to root's files") {
  if (!is_root()) return;
  const Home home;
  home.make_store("rootonly", 0);
  home.put("rootonly/conf.json", "{\"r\":1}", 0);
  files::create_symlink(home.temp / "rootonly/conf.json", home.temp / "store/evil.json");
  files::create_directory_symlink(home.temp / "rootonly", home.temp / "store/below");
  const std::string owned = "{\"owned\":1}";
  CHECK(home.run({"session-save", "--store", "./store", "evil"}, owned).status == 8);
  CHECK(home.run({"session-save", "--patch", "--store", "./store", "evil"}, owned).status == 8);
  CHECK(home.run({"session-save", "--file", "store/evil.json"}, owned).status == 8);
  CHECK(home.run({"session-save", "--file", "store/below/conf.json"}, owned).status == 8);
  CHECK(home.run({"session-save", "--store", "store/below/", "new"}, owned).status == 8);
  CHECK(read_file(home.temp / "rootonly/conf.json") == "{\"r\":1}");
  CHECK_FALSE(files::exists(home.temp / "rootonly/new.json"));
}

TEST_CASE("stores of several users, and paths that only the input names, need a word") {
  if (!is_root()) return;
  const Home home;
  home.make_store("second", k_other);
  home.put("store/a.json", k_stale, k_owner);
  home.put("second/a.json", k_stale, k_other);
  const ProcessResult both = home.run({"session-clean", "--layout", "synapse", "store", "second"});
  CHECK(both.status == 16);
  CHECK(both.err.find("several users (uid 4242 and uid 4243)") != std::string::npos);
  CHECK(files::exists(home.temp / "store/a.json"));
  CHECK(files::exists(home.temp / "second/a.json"));

  const ProcessResult listed = home.run({"session-repair", "--files0-from", "-"}, "store/a.json");
  CHECK(listed.status == 16);
  CHECK(listed.err.find("--as-root") != std::string::npos);
  CHECK(home.run({"session-repair", "--as-root", "--files0-from", "-"}, "store/a.json").status != 16);
}
