#include "session/scan.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "support/resource_limit.h"
#include "support/temp_dir.h"

using namespace session;
using session::test::TempDir;
using session::test::write_file;

namespace {

/// The paths below `root` in the order of the visits, each with a letter for its type ("!" for an error).
std::vector<std::string> paths_of(const TempDir& root, const ScanOptions& options) {
  std::vector<std::string> paths;
  const auto visit = [&](const std::shared_ptr<const Dir>& dir, const std::vector<ScanItem>& items) {
    CHECK(items.size() <= options.batch_items);
    for (const ScanItem& item : items) {
      const std::string_view letters = "fdlo?";
      const char letter = item.error ? '!' : letters[static_cast<std::size_t>(item.type)];
      paths.push_back(std::string(1, letter) + join_path(dir->path(), item.name).substr(root.path().size()));
    }
    return true;
  };
  CHECK(scan(real_fs(), root.path(), options, visit).has_value());
  return paths;
}

/// Directories below each other, with a file before and one behind the next; returns the path of the last.
std::string make_deep(const TempDir& root, int depth) {
  std::string path = root.path();
  for (int level = 0; level < depth; ++level) {
    write_file(path + "/a", "x");
    write_file(path + "/z", "x");
    path += "/d";
    std::filesystem::create_directory(path);
  }
  return path;
}

void make_dir(const std::string& path) { REQUIRE(::mkdir(path.c_str(), 0700) == 0); }

}  // namespace

TEST_CASE("entries come sorted by bytes, with their types, and nothing below without recursion") {
  const TempDir root;
  for (const char* name : {"b", "a", "C", "\xff", "\x01", "line\nbreak"}) write_file(root / name, "x");
  make_dir(root / "dir");
  write_file(root / "dir/inside", "x");
  REQUIRE(::symlink("/nowhere", (root / "link").c_str()) == 0);
  REQUIRE(::mkfifo((root / "pipe").c_str(), 0600) == 0);
  CHECK(paths_of(root, {}) == std::vector<std::string>{"f/\x01", "f/C", "f/a", "f/b", "d/dir",
                                                       "f/line\nbreak", "l/link", "o/pipe", "f/\xff"});
}

TEST_CASE("recursion follows the order of the paths and no symlink, so that loops end") {
  const TempDir root;
  make_dir(root / "b");
  make_dir(root / "b/deep");
  write_file(root / "b/deep/1", "x");
  write_file(root / "b/z", "x");
  write_file(root / "a", "x");
  write_file(root / "c", "x");
  REQUIRE(::symlink("..", (root / "b/up").c_str()) == 0);
  const std::vector<std::string> expected = {"f/a",    "d/b",   "d/b/deep", "f/b/deep/1",
                                             "l/b/up", "f/b/z", "f/c"};
  for (const std::size_t batch : {1U, 2U, 1000U}) {
    CHECK(paths_of(root, {Recurse::yes, 65'536, batch}) == expected);
  }
}

TEST_CASE("a directory larger than what is held of it at once comes whole and in order") {
  const TempDir root;
  std::vector<std::string> expected;
  for (int n = 0; n < 500; ++n) {
    const std::string name = std::to_string(n * 7919 % 1000);
    write_file(root / name, "");
    expected.push_back("f/" + name);
  }
  make_dir(root / "500");
  write_file(root / "500/inside", "");
  expected.push_back("d/500");
  expected.push_back("f/500/inside");
  std::sort(expected.begin(), expected.end(),
            [](const std::string& a, const std::string& b) { return a.substr(1) < b.substr(1); });
  expected.erase(std::unique(expected.begin(), expected.end()), expected.end());
  for (const std::size_t held : {1U, 3U, 100U, 250U, 1000U}) {
    CHECK(paths_of(root, {Recurse::yes, held, 64}) == expected);
  }
}

TEST_CASE("the visitor ends the scan") {
  const TempDir root;
  for (int n = 0; n < 10; ++n) write_file(root / std::to_string(n), "");
  int visits = 0;
  const ScanOptions one_by_one{Recurse::no, 65'536, 1};
  CHECK(scan(real_fs(), root.path(), one_by_one, [&](const auto&, const auto&) { return ++visits < 3; }));
  CHECK(visits == 3);
}

TEST_CASE("a root that cannot be opened is an error, a symlink to a directory is resolved") {
  const TempDir root;
  make_dir(root / "real");
  write_file(root / "real/x", "");
  REQUIRE(::symlink("real", (root / "link").c_str()) == 0);
  const Visit nothing = [](const auto&, const auto&) { return true; };
  CHECK(scan(real_fs(), root / "missing", {}, nothing).error().code == Errc::not_found);
  std::vector<std::string> names;
  CHECK(scan(real_fs(), root / "link", {}, [&](const auto&, const std::vector<ScanItem>& items) {
    for (const ScanItem& item : items) names.push_back(item.name);
    return true;
  }));
  CHECK(names == std::vector<std::string>{"x"});
}

TEST_CASE("a subdirectory that cannot be opened is one bad item") {
  const TempDir root;
  make_dir(root / "closed");
  write_file(root / "later", "");
  REQUIRE(::chmod((root / "closed").c_str(), 0) == 0);
  if (::geteuid() == 0) {
    MESSAGE("skipped: root may open every directory");
  } else {
    CHECK(paths_of(root, {Recurse::yes}) == std::vector<std::string>{"!/closed", "f/later"});
  }
  ::chmod((root / "closed").c_str(), 0700);
}

TEST_CASE("a visitor may keep the directory after the scan") {
  const TempDir root;
  write_file(root / "x", "content");
  std::shared_ptr<const Dir> kept;
  CHECK(scan(real_fs(), root.path(), {}, [&](const std::shared_ptr<const Dir>& dir, const auto&) {
    kept = dir;
    return true;
  }));
  REQUIRE(kept != nullptr);
  CHECK(real_fs().stat(*kept, "x")->size == 7);
}

TEST_CASE("of a directory with many entries word comes once, before its first visit, of a small one never") {
  const TempDir root;
  make_dir(root / "large");
  make_dir(root / "small");
  const auto fill = [&](const std::string& dir, std::size_t count) {
    for (std::size_t n = 0; n < count; ++n) write_file(root / (dir + "/" + std::to_string(n)), "");
  };
  // More than one call for entries gives at once, and less than that.
  fill("large", 3'000);
  fill("small", ScanOptions::k_many);
  const auto calls_for = [&](const std::string& dir) {
    std::vector<std::string> calls;
    ScanOptions options;
    options.many = [&] { calls.emplace_back("many"); };
    const auto visit = [&](const std::shared_ptr<const Dir>&, const std::vector<ScanItem>&) {
      if (calls.empty() || calls.back() != "visit") calls.emplace_back("visit");
      return true;
    };
    CHECK(scan(real_fs(), root / dir, options, visit).has_value());
    return calls;
  };
  CHECK(calls_for("large") == std::vector<std::string>{"many", "visit"});
  CHECK(calls_for("small") == std::vector<std::string>{"visit"});
}

TEST_CASE("a tree may be deeper than the process may have files open") {
  constexpr int k_depth = 300;
  const TempDir root;
  make_deep(root, k_depth);
  std::vector<std::string> expected;
  std::string path = "/";
  for (int level = 0; level < k_depth; ++level, path += "d/") {
    expected.push_back("f" + path + "a");
    expected.push_back("d" + path + "d");
  }
  for (int level = 0; level < k_depth; ++level) {
    path.resize(path.size() - 2);
    expected.push_back("f" + path + "z");
  }
  const session::test::ResourceLimit few(RLIMIT_NOFILE, 120);
  for (const std::size_t held : {1U, 65'536U}) {
    CHECK(paths_of(root, {Recurse::yes, held, 64}) == expected);
  }
}

TEST_CASE(
    "below the first levels a directory that may be listed and not searched keeps nothing from the scan") {
  constexpr int k_depth = 80;
  const TempDir root;
  const std::string deepest = make_deep(root, k_depth);
  make_dir(deepest + "/b");
  write_file(deepest + "/b/inside", "x");
  std::filesystem::permissions(root.path(), std::filesystem::perms(0755));
  std::filesystem::permissions(deepest + "/b", std::filesystem::perms(0744));
  constexpr uid_t k_nobody = 65'534;
  const bool is_root = ::geteuid() == 0;
  // Who owns it may list it by the mode of the owner.
  if (!is_root) std::filesystem::permissions(deepest + "/b", std::filesystem::perms(0400));
  if (is_root) REQUIRE(::seteuid(k_nobody) == 0);
  const std::vector<std::string> paths = paths_of(root, {Recurse::yes});
  if (is_root) REQUIRE(::seteuid(0) == 0);
  std::filesystem::permissions(deepest + "/b", std::filesystem::perms(0700));
  CHECK(std::count_if(paths.begin(), paths.end(), [](const std::string& path) { return path[0] == '!'; }) ==
        0);
  CHECK(std::count_if(paths.begin(), paths.end(),
                      [](const std::string& path) { return path.ends_with("/z"); }) == k_depth);
  CHECK(std::find(paths.begin(), paths.end(), "f" + deepest.substr(root.path().size()) + "/b/inside") !=
        paths.end());
}

TEST_CASE("no way back is taken out of a directory that was moved meanwhile") {
  constexpr int k_depth = 100, k_moved = 80;
  const TempDir root;
  const std::string deepest = make_deep(root, k_depth);
  write_file(deepest + "/last", "x");
  std::string moved = root.path();
  for (int level = 0; level < k_moved; ++level) moved += "/d";
  std::vector<std::string> errors;
  int files_behind = 0;
  const auto visit = [&](const std::shared_ptr<const Dir>&, const std::vector<ScanItem>& items) {
    for (const ScanItem& item : items) {
      if (item.name == "last") std::filesystem::rename(moved, root / "elsewhere");
      if (item.error) errors.push_back(describe(*item.error).substr(root.path().size()));
      files_behind += item.name == "z" ? 1 : 0;
    }
    return true;
  };
  CHECK(scan(real_fs(), root.path(), {Recurse::yes}, visit).has_value());
  std::string above;
  for (int level = 0; level < k_moved - 1; ++level) above += "/d";
  CHECK(errors ==
        std::vector{above + ": open: a directory in it was moved; the rest of it is not looked at"});
  // Those within what was moved, and of the directories near the root, which stay open.
  CHECK(files_behind == k_depth - k_moved + 64);
}
