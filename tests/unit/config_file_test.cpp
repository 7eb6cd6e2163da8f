#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "session/config.h"
#include "support/environment.h"
#include "support/temp_dir.h"

using namespace session;
using namespace std::chrono_literals;
using session::test::environment_of;
using session::test::TempDir;
namespace fs = std::filesystem;

namespace {

struct Tree {
  TempDir dir;
  Path root = dir.path();
  Path work = root + "/a/b";
  Environment environment = environment_of({{"HOME", root + "/home"}});

  Tree() { fs::create_directories(work); }

  void put(const Path& path, const std::string& yaml) {
    fs::create_directories(fs::path{root + "/" + path}.parent_path());
    test::write_file(root + "/" + path, yaml);
  }
  [[nodiscard]] Path found() const {
    const auto config = load_config(real_fs(), std::nullopt, work, environment);
    if (!config) return describe(config.error());
    return config->file.empty() ? "none" : config->file.substr(root.size());
  }
};

}  // namespace

TEST_CASE("the nearest file upwards is taken, then the user's") {
  Tree tree;
  tree.put("home/.config/session-toolkit/core-config.yaml", "x: 1\n");
  CHECK(tree.found() == "/home/.config/session-toolkit/core-config.yaml");
  tree.put(".aiox-core/core-config.yaml", "x: 1\n");
  CHECK(tree.found() == "/.aiox-core/core-config.yaml");
  tree.put("a/.aios-core/core-config.yaml", "x: 1\n");
  CHECK(tree.found() == "/a/.aios-core/core-config.yaml");
  tree.put("a/core-config.yaml", "x: 1\n");
  CHECK(tree.found() == "/a/core-config.yaml");
  tree.put("a/b/core-config.yaml", "x: 1\n");
  CHECK(tree.found() == "/a/b/core-config.yaml");
}

TEST_CASE("XDG_CONFIG_HOME goes before ~/.config") {
  Tree tree;
  tree.put("home/.config/session-toolkit/core-config.yaml", "x: 1\n");
  tree.put("xdg/session-toolkit/core-config.yaml", "x: 1\n");
  tree.environment = environment_of({{"HOME", tree.root + "/home"}, {"XDG_CONFIG_HOME", tree.root + "/xdg"}});
  CHECK(tree.found() == "/xdg/session-toolkit/core-config.yaml");
}

TEST_CASE("a found file that others can write, or that is none, is an error and no reason to look further") {
  Tree tree;
  tree.put("core-config.yaml", "x: 1\n");
  tree.put("a/core-config.yaml", "x: 1\n");
  REQUIRE(::chmod((tree.root + "/a/core-config.yaml").c_str(), 0666) == 0);
  CHECK(tree.found().find("/a/core-config.yaml: can be written by everybody") != Path::npos);
  fs::remove(tree.root + "/a/core-config.yaml");
  fs::create_directory(tree.root + "/a/core-config.yaml");
  CHECK(tree.found().find("/a/core-config.yaml: open: ") != Path::npos);
}

TEST_CASE("a link to a configuration that is gone is an error, not a missing configuration") {
  Tree tree;
  tree.put("core-config.yaml", "x: 1\n");
  fs::create_directories(tree.root + "/a");
  fs::create_symlink("gone.yaml", tree.root + "/a/core-config.yaml");
  CHECK(tree.found().find("/a/core-config.yaml: open: No such file or directory") != Path::npos);
}

TEST_CASE("a found file of somebody else is refused, a named one is taken") {
  if (::geteuid() != 0) {
    MESSAGE("skipped: only root can give a file away");
    return;
  }
  Tree tree;
  tree.put("a/core-config.yaml", "sessions: {ttlHours: 5}\n");
  const Path path = tree.root + "/a/core-config.yaml";
  REQUIRE(::chown(path.c_str(), 12345, 12345) == 0);
  CHECK(tree.found().find("belongs to user 12345, not to you or root") != Path::npos);
  const auto config = load_config(real_fs(), path, tree.work, tree.environment);
  REQUIRE(config);
  CHECK(config->defaults.ttl == 5h);
}

TEST_CASE("a named file must be there, --config goes before SESSION_CONFIG") {
  Tree tree;
  tree.put("a/core-config.yaml", "sessions: {ttlHours: 1}\n");
  tree.put("a/b/two.yaml", "sessions: {ttlHours: 2}\n");
  tree.put("three.yaml", "sessions: {ttlHours: 3}\n");
  const auto ttl = [&](const std::optional<Path>& named, const Environment& environment) -> std::string {
    const auto config = load_config(real_fs(), named, tree.work, environment);
    return config ? format_duration(config->defaults.ttl) : describe(config.error());
  };
  const Environment variable = environment_of({{"SESSION_CONFIG", tree.root + "/three.yaml"}});
  CHECK(ttl(std::nullopt, tree.environment) == "1h");
  CHECK(ttl("two.yaml", tree.environment) == "2h");
  CHECK(ttl(std::nullopt, variable) == "3h");
  CHECK(ttl("two.yaml", variable) == "2h");
  CHECK(ttl("gone.yaml", variable).find("/a/b/gone.yaml: open: No such file") != std::string::npos);
  CHECK(ttl(std::nullopt, environment_of({{"SESSION_CONFIG", "gone.yaml"}})).find("gone.yaml") !=
        std::string::npos);
  CHECK(ttl(std::nullopt, environment_of({{"SESSION_CONFIG", "two.yaml"}, {"SESSION_TTL_HOURS", "9"}})) ==
        "9h");
}

TEST_CASE("a file behind a symlink is read, and its project is where the link stands") {
  Tree tree;
  tree.put("shared/real.yaml", "sessions: {stores: [{name: s, path: store}]}\n");
  fs::create_symlink(tree.root + "/shared/real.yaml", tree.root + "/a/core-config.yaml");
  const auto config = load_config(real_fs(), std::nullopt, tree.work, tree.environment);
  REQUIRE(config);
  CHECK(config->stores.at(0).path == tree.root + "/a/store");
}

TEST_CASE("~/ needs HOME") {
  Tree tree;
  tree.put("a/core-config.yaml", "sessions: {stores: [{name: s, path: ~/store}]}\n");
  const auto config = load_config(real_fs(), std::nullopt, tree.work, tree.environment);
  REQUIRE(config);
  CHECK(config->stores.at(0).path == tree.root + "/home/store");
  const auto refused = load_config(real_fs(), std::nullopt, tree.work, environment_of({}));
  REQUIRE_FALSE(refused);
  CHECK(describe(refused.error()).find("needs HOME, which is not set") != std::string::npos);
}
