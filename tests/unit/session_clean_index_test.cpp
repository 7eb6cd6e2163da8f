// What session-clean remembers of a large store: it may make a removal late, never early, and losing it costs
// time.

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "support/clean_store.h"

using namespace session::test;

namespace {

/// So many that it is worth remembering them.
constexpr int k_many = 4'200;

std::string ago(session::milliseconds age) { return session::format_rfc3339(session::now() - age); }

const std::string k_yesterday = ago(std::chrono::hours{24});
const std::string k_last_month = ago(std::chrono::hours{24 * 30});

/// A store of many fresh sessions `f0` … and a stale one, `old`.
class LargeStore {
 public:
  LargeStore() {
    for (int i = 0; i < k_many; ++i) store_.put_session("f" + std::to_string(i), k_yesterday);
    store_.put_session("old", k_last_month);
  }

  /// As cron runs it: now, and not -v.
  Json clean(std::vector<std::string> words = {}) const {
    words.insert(words.begin(), {tool_path("session-clean"), "--format", "json"});
    words.push_back(store_.path());
    const ProcessResult result = run_process(
        words, {.directory = store_.root().path(), .environment = {{"HOME", store_.root().path()}}});
    CHECK(result.status == 0);
    return Json::parse(result.out)["summary"];
  }

  /// Whether session `f0`, which has become stale since it was noted, is looked at and so removed.
  [[nodiscard]] bool is_looked_at(std::vector<std::string> words = {}) const {
    store_.put_session("f0", k_last_month);
    const Json summary = clean(std::move(words));
    CHECK(summary["scanned"] == k_many);
    return !std::filesystem::exists(store_ / "f0.json");
  }

  [[nodiscard]] std::string index() const { return store_ / ".clean-index"; }
  [[nodiscard]] const CleanStore& store() const { return store_; }

 private:
  CleanStore store_;
};

}  // namespace

TEST_CASE("what is known to be fresh is not read again, and counts as before") {
  const LargeStore large;
  const Json first = large.clean();
  CHECK(first["removed"] == 1);
  CHECK(first["kept_by_reason"] == Json{{"fresh", k_many}});
  REQUIRE(std::filesystem::exists(large.index()));
  struct stat about {};
  REQUIRE(stat(large.index().c_str(), &about) == 0);
  CHECK((about.st_mode & 07777) == 0600);

  // One that cannot be read is not missed, and a new one is seen.
  REQUIRE(chmod((large.store() / "f1.json").c_str(), 0) == 0);
  large.store().put("f2.json", "torn");
  large.store().put_session("new", k_last_month);
  const Json second = large.clean();
  CHECK(second["scanned"] == k_many + 1);
  CHECK(second["removed"] == 1);
  CHECK(second["kept_by_reason"] == Json{{"fresh", k_many}});
  CHECK_FALSE(large.is_looked_at());
}

TEST_CASE("whoever needs to see every session sees it") {
  const LargeStore large;
  large.clean();
  SUBCASE("--no-index") { CHECK(large.is_looked_at({"--no-index"})); }
  SUBCASE("the configuration") {
    write_file(large.store().root() / "core-config.yaml", "sessions:\n  clean:\n    index: false\n");
    CHECK(large.is_looked_at());
  }
  SUBCASE("every fresh session is to be named") { CHECK(large.is_looked_at({"-v"})); }
  SUBCASE("another time") { CHECK(large.is_looked_at({"--as-of", session::format_rfc3339(session::now())})); }
  SUBCASE("another TTL") { CHECK(large.is_looked_at({"--ttl", "100h"})); }
  SUBCASE("other rules for undatable ones") { CHECK(large.is_looked_at({"--on-undatable", "mtime"})); }
  SUBCASE("the newest are counted") { CHECK(large.is_looked_at({"--keep-newest", "1"})); }
  SUBCASE("a share of all is the brake") { CHECK(large.is_looked_at({"--max-delete", "50%"})); }
}

TEST_CASE("an index that is not believed costs time and nothing else") {
  const LargeStore large;
  large.clean();
  SUBCASE("gone") { std::filesystem::remove(large.index()); }
  SUBCASE("empty") { write_file(large.index(), ""); }
  SUBCASE("cut") {
    std::filesystem::resize_file(large.index(), std::filesystem::file_size(large.index()) - 1);
  }
  SUBCASE("damaged") {
    std::string bytes = read_file(large.index());
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    write_file(large.index(), bytes);
  }
  SUBCASE("writable by others") { REQUIRE(chmod(large.index().c_str(), 0666) == 0); }
  SUBCASE("somebody else's") {
    if (getuid() != 0) {
      MESSAGE("skipped: only root can give a file away");
      return;
    }
    REQUIRE(chown(large.index().c_str(), 12'345, 12'345) == 0);
  }
  SUBCASE("a symlink") {
    std::filesystem::rename(large.index(), large.store().root() / "elsewhere");
    std::filesystem::create_symlink(large.store().root() / "elsewhere", large.index());
  }
  SUBCASE("a FIFO") {
    std::filesystem::remove(large.index());
    REQUIRE(mkfifo(large.index().c_str(), 0600) == 0);
  }
  CHECK(large.is_looked_at());
}

TEST_CASE("what has come to its end is looked at") {
  const LargeStore large;
  large.store().put_session("f0", ago(std::chrono::hours{168} - session::milliseconds{1'500}));
  CHECK(large.clean()["removed"] == 1);
  REQUIRE(std::filesystem::exists(large.index()));
  CHECK(std::filesystem::exists(large.store() / "f0.json"));
  usleep(2'000'000);
  CHECK(large.clean()["removed"] == 1);
  CHECK_FALSE(std::filesystem::exists(large.store() / "f0.json"));
}

TEST_CASE("a dry run reads the index and leaves it as it is, a small store gets none") {
  const LargeStore large;
  large.clean({"--dry-run"});
  CHECK_FALSE(std::filesystem::exists(large.index()));
  large.clean();
  const auto written = std::filesystem::last_write_time(large.index());
  large.store().put_session("f0", k_last_month);
  CHECK(large.clean({"--dry-run"})["removed"] == 0);
  CHECK(std::filesystem::last_write_time(large.index()) == written);

  const CleanStore small;
  small.put_session("fresh", k_yesterday);
  CHECK(run_process({tool_path("session-clean"), small.path()}, {.directory = small.root().path()}).status ==
        0);
  CHECK(small.names() == "fresh.json");
}
