#include "session/save.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <thread>
#include <vector>

#include "session/content_hash.h"
#include "session/lock.h"
#include "support/temp_dir.h"

using namespace session;
using session::test::read_file;
using session::test::TempDir;
using session::test::write_file;

namespace {

struct Store {
  TempDir root;
  Dir dir = *real_fs().open_dir(root.path(), FollowLinks::no);

  Result<Saved> save(const Bytes& content, const SaveOptions& options = {}, Format format = Format::json) {
    return save_session(real_fs(), dir, "a.json", share(content), format, options);
  }
  [[nodiscard]] std::string content() const { return read_file(root / "a.json"); }
};

Errc code_of(const Result<Saved>& saved) {
  REQUIRE_FALSE(saved);
  return saved.error().code;
}

constexpr SaveOptions k_impatient{.lock_patience = milliseconds(0)};

}  // namespace

TEST_CASE("a session is made private, then replaced") {
  Store store;
  const Result<Saved> first = store.save(R"({"a":1})");
  REQUIRE(first);
  CHECK_FALSE(first->replaced);
  CHECK(first->bytes == 7);
  CHECK(first->hash == content_hash(R"({"a":1})"));
  struct stat about = {};
  REQUIRE(::stat((store.root / "a.json").c_str(), &about) == 0);
  CHECK((about.st_mode & 07777) == 0600);

  const Result<Saved> second = store.save(R"({"a":2})");
  REQUIRE(second);
  CHECK(second->replaced);
  CHECK(store.content() == R"({"a":2})");
}

TEST_CASE("nothing but the session and the store's lock is left") {
  Store store;
  REQUIRE(store.save("{\"a\":1}"));
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(store.root.path())) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  CHECK(names == std::vector<std::string>{".lock", "a.json"});
}

TEST_CASE("what a husk is") {
  for (const std::string_view husk : {"{}", "[]", " { }\n", "[\n]", "null", "\"\"", "0", "  "}) {
    CAPTURE(husk);
    CHECK(is_husk(husk, Format::json));
  }
  for (const std::string_view content : {R"({"a":1})", "[1]", "[[]]", R"( {"":{}} )"}) {
    CAPTURE(content);
    CHECK_FALSE(is_husk(content, Format::json));
  }
  CHECK(is_husk(" \n\n", Format::json_lines));
  CHECK(is_husk("{}\n\n[ ]", Format::json_lines));
  CHECK_FALSE(is_husk("{}\n{\"a\":1}\n", Format::json_lines));
}

TEST_CASE("a husk never replaces content unless that is wanted") {
  Store store;
  REQUIRE(store.save("{}"));
  REQUIRE(store.save("[]"));
  REQUIRE(store.save(R"({"a":1})"));
  CHECK(code_of(store.save("{ }")) == Errc::invalid_content);
  CHECK(store.content() == R"({"a":1})");
  REQUIRE(store.save("{}", {.husk = Husk::accept}));
  CHECK(store.content() == "{}");
  // A byte order mark hides nothing.
  CHECK_FALSE(is_husk("\xEF\xBB\xBF{\"a\":1}", Format::json));
  CHECK(is_husk("\xEF\xBB\xBF{}", Format::json));
  for (const std::string_view standing : {"\xEF\xBB\xBF{\"a\":1}", "\"a\":\"b\"}", "}{\"a\":1}"}) {
    CAPTURE(standing);
    write_file(store.root / "a.json", std::string(standing));
    CHECK(code_of(store.save("{}")) == Errc::invalid_content);
  }
  // Damaged content is content too.
  write_file(store.root / "a.json", R"({"a":)");
  CHECK(code_of(store.save("{}")) == Errc::invalid_content);
  // More than is read to find out.
  write_file(store.root / "a.json", std::string(100'000, ' ') + "1");
  CHECK(code_of(store.save("{}")) == Errc::invalid_content);
}

TEST_CASE("a save for another version than the one in place is refused") {
  Store store;
  const std::string old = content_hash(R"({"a":1})");
  CHECK(code_of(store.save(R"({"a":2})", {.if_match = old})) == Errc::changed);
  CHECK_FALSE(std::filesystem::exists(store.root / "a.json"));
  REQUIRE(store.save(R"({"a":1})"));
  REQUIRE(store.save(R"({"a":2})", {.if_match = old}));
  const Result<Saved> late = store.save(R"({"a":3})", {.if_match = old});
  CHECK(code_of(late) == Errc::changed);
  CHECK(late.error().detail == "it has changed meanwhile: its content is now " + content_hash(R"({"a":2})"));
  CHECK(store.content() == R"({"a":2})");
}

TEST_CASE("a store or session in use is waited for, then reported busy") {
  Store store;
  REQUIRE(store.save(R"({"a":1})"));
  {
    const auto cleaner = lock_file(real_fs(), store.dir, ".lock", LockKind::exclusive, milliseconds(0));
    REQUIRE(cleaner);
    CHECK(code_of(store.save(R"({"a":2})", k_impatient)) == Errc::busy);
  }
  {
    const auto writer =
        open_locked(real_fs(), store.dir, "a.json", Access::read, LockKind::exclusive, milliseconds(0));
    REQUIRE(writer);
    CHECK(code_of(store.save(R"({"a":2})", k_impatient)) == Errc::busy);
  }
  CHECK(store.content() == R"({"a":1})");
  CHECK(store.save(R"({"a":2})", k_impatient));
}

TEST_CASE("what is no regular file is refused") {
  Store store;
  std::filesystem::create_directory(store.root / "a.json");
  CHECK(code_of(store.save(R"({"a":1})")) == Errc::not_regular);
}

TEST_CASE("modifying: the result of the function replaces the session, its error changes nothing") {
  Store store;
  const auto modify = [&](const Modify& how) {
    return modify_session(real_fs(), store.dir, "a.json", how, Format::json, {});
  };
  const Modify append = [](ByteView old) -> Result<Bytes> { return Bytes(old) + " "; };
  CHECK(code_of(modify(append)) == Errc::not_found);
  CHECK_FALSE(std::filesystem::exists(store.root / "a.json"));
  REQUIRE(store.save(R"({"a":1})"));
  const Result<Saved> modified = modify(append);
  REQUIRE(modified);
  CHECK(modified->hash == content_hash(R"({"a":1} )"));
  CHECK(store.content() == R"({"a":1} )");
  CHECK(code_of(modify([](ByteView) -> Result<Bytes> {
          return fail(Errc::invalid_content, Op::validate, "patch");
        })) == Errc::invalid_content);
  CHECK(code_of(modify([](ByteView) -> Result<Bytes> { return Bytes("{}"); })) == Errc::invalid_content);
  CHECK(store.content() == R"({"a":1} )");
}

TEST_CASE("no update of many threads is lost, and savers among them do not disturb") {
  Store store;
  constexpr int k_threads = 8, k_rounds = 25;
  REQUIRE(store.save("[0]"));
  std::vector<std::jthread> threads;
  for (int i = 0; i < k_threads; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < k_rounds; ++round) {
        const auto saved = modify_session(
            real_fs(), store.dir, "a.json",
            [](ByteView old) -> Result<Bytes> {
              const int count = std::stoi(std::string(old.substr(1)));
              return "[" + std::to_string(count + 1) + "]";
            },
            Format::json, {.durability = Durability::none, .lock_patience = milliseconds(60'000)});
        if (!saved) FAIL_CHECK(describe(saved.error()));
      }
    });
  }
  threads.clear();
  CHECK(store.content() == "[" + std::to_string(k_threads * k_rounds) + "]");
}

TEST_CASE("of many that create the same session at once each succeeds and one stands at the end") {
  Store store;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      const auto saved = store.save("[" + std::to_string(i + 1) + "]");
      if (!saved) FAIL_CHECK(describe(saved.error()));
    });
  }
  threads.clear();
  CHECK(store.content().size() == 3);
}

TEST_CASE("content is judged before it is saved, with the place of what is wrong") {
  CHECK(check_content(R"({"a":1e400,"b":12345678901234567890,"c":"\ud800"})", Format::json, "x"));
  CHECK(check_content("{}\n{}\n", Format::json_lines, "x"));
  const Result<void> cut = check_content("{\n\"a\":", Format::json, "standard input");
  REQUIRE_FALSE(cut);
  CHECK(cut.error().code == Errc::invalid_content);
  CHECK(cut.error().subject == "standard input");
  CHECK(cut.error().detail.starts_with("torn-tail at line 2, column 5 (byte 6): "));
  CHECK_FALSE(check_content("{}\n{}\n", Format::json, "x"));
  CHECK_FALSE(check_content("", Format::json, "x"));
  CHECK_FALSE(check_content("\"\xFF\"", Format::json, "x"));
}

TEST_CASE("an id becomes a file name only where the file is a session of the store") {
  CHECK(*session_file_name("a", nullptr, Format::json) == "a.json");
  CHECK(*session_file_name("a", nullptr, Format::json_lines) == "a.jsonl");
  CHECK(*session_file_name("telegram_1", find_layout("miniclaw"), Format::json) == "telegram_1.json");
  for (const char* id : {"../a", "", ".a", "_a"}) {
    CAPTURE(id);
    CHECK(session_file_name(id, nullptr, Format::json).error().code == Errc::bad_argument);
    CHECK(session_file_name(id, find_layout("synapse"), Format::json).error().code == Errc::bad_argument);
  }
}
