// session-repair beyond the text: what is done only when asked for, promoted temporaries, and files that
// somebody is writing to.

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "support/directory_tree.h"
#include "support/json_lines.h"
#include "support/run_process.h"
#include "support/temp_dir.h"

using namespace session;
using namespace session::test;
using Json = nlohmann::ordered_json;

namespace {

ProcessResult tool(const char* name, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), tool_path(name));
  return run_process(arguments);
}
ProcessResult repair(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"--durability", "none", "--layout", "miniclaw"});
  return tool("session-repair", std::move(arguments));
}
std::vector<Json> items_of(const ProcessResult& result) {
  std::vector<Json> items;
  for (Json& record : json_lines(result.out)) {
    if (record["type"] == "item") items.push_back(std::move(record));
  }
  return items;
}

const std::string k_top =
    R"("session_id":"t_1","channel":"t","chat_id":"1","created_at":"2026-01-01T00:00:00Z",)"
    R"("last_accessed":"2026-01-02T00:00:00Z",)";
const std::string k_time = R"("timestamp":"2026-01-01T00:00:00Z"})";
const std::string k_user = R"({"role":"user","content":"x\ud83d",)" + k_time;
const std::string k_fixed_user = R"({"role":"user","content":"x\uFFFD",)" + k_time;
const std::string k_orphan = R"({"role":"tool_result","content":"r","tool_call_id":"9",)" + k_time;
std::string document(const std::string& top, const std::string& messages) {
  return "{" + top + "\"messages\":[" + messages + "]}";
}

constexpr const char* k_dead = ".tmp.4194303";

}  // namespace

TEST_CASE("what is asked for is done with a copy, a sidecar and an account, and once") {
  const TempDir dir;
  const std::string original = document(k_top, k_user + "," + k_orphan);
  write_file(dir / "t_1.json", original);
  CHECK(repair({dir.path()}).status == 0);
  const ProcessResult planned = repair({"--dry-run", "--fix-links", "--fix-surrogates", dir.path()});
  CHECK(planned.status == 4);
  CHECK(tree_of(dir.path()).size() == 1);

  const ProcessResult done = repair({"--format", "ndjson", "--fix-links", "--fix-surrogates", dir.path()});
  CHECK(done.status == 1);
  const Tree tree = tree_of(dir.path());
  CHECK(tree.at("t_1.json") == document(k_top, k_fixed_user));
  const std::vector<Json> items = items_of(done);
  REQUIRE(items.size() == 1);
  CHECK(items[0]["strategy"] == "fix-surrogates+fix-links");
  CHECK(items[0]["fixed"]["results"] == 1);
  CHECK(items[0]["fixed"]["surrogates"] == 1);
  CHECK(items[0]["lossless"] == false);
  CHECK(items[0]["remaining"].empty());
  CHECK(tree.at(items[0]["copy"]) == original);
  CHECK(tree.at(items[0]["sidecar"]).find(k_orphan) != std::string::npos);

  CHECK(repair({"--fix-links", "--fix-surrogates", dir.path()}).status == 0);
  CHECK(tree_of(dir.path()) == tree);
}

TEST_CASE("a text that is repaired first is then fixed, each with what it takes away") {
  const TempDir dir;
  const std::string torn = document(k_top, k_user + "," + k_orphan + R"(,{"role":"us)");
  write_file(dir / "t_1.json", torn.substr(0, torn.size() - 2));
  const ProcessResult planned = repair({"--dry-run", "--format", "ndjson", "--fix-links", dir.path()});
  CHECK(items_of(planned).size() == 2);
  CHECK(planned.status == 4);
  const ProcessResult done = repair({"--format", "ndjson", "--fix-links", dir.path()});
  CHECK(done.status == 1);
  const std::vector<Json> items = items_of(done);
  REQUIRE(items.size() == 2);
  const Tree tree = tree_of(dir.path());
  CHECK(tree.at("t_1.json") == document(k_top, k_user));
  CHECK(tree.at(items[0]["copy"]) == torn.substr(0, torn.size() - 2));
  CHECK(tree.at(items[1]["copy"]) == document(k_top, k_user + "," + k_orphan));
  CHECK(items[1]["fixed"]["results"] == 1);
  const Json summary = Json::parse(done.out.substr(done.out.rfind("{\"type\":\"summary\"")));
  CHECK(summary["files"] == 1);
  CHECK(summary["repaired"] == 1);
}

TEST_CASE("fields are made again only when asked for, and each is named with its source") {
  const TempDir dir;
  write_file(dir / "t_1.json", document("", k_fixed_user));
  CHECK(repair({dir.path()}).status == 4);
  const ProcessResult done = repair({"--rebuild-header", dir.path()});
  CHECK(done.status == 1);
  CHECK(done.out.find("rebuilt /chat_id as \"1\" (the file's name)") != std::string::npos);
  CHECK(done.out.find("rebuilt /created_at as \"2026-01-01T00:00:00Z\" (the earliest time left in it)") !=
        std::string::npos);
  CHECK(tool("session-verify", {"--layout", "miniclaw", dir.path()}).status == 0);
  // A name that does not say whose chat it is.
  write_file(dir / "nobody.json", document("", k_fixed_user));
  const ProcessResult untold = repair({"--rebuild-header", dir / "nobody.json"});
  CHECK(untold.status == 4);
  CHECK(untold.out.find("nothing tells what stood in /channel, /chat_id") != std::string::npos);
  CHECK(read_file(dir / "nobody.json") == document("", k_fixed_user));
}

TEST_CASE("a document without its beginning that would not load is left, and told what would help") {
  const TempDir dir;
  const std::string cut = document("", k_fixed_user).substr(1);
  write_file(dir / "t_1.json", cut);
  write_file(dir / "nobody.json", cut);
  const ProcessResult left = repair({dir.path()});
  CHECK(left.status == 4);
  CHECK(left.out.find("  --rebuild-header makes /session_id") != std::string::npos);
  CHECK(left.out.find("  nothing tells what stood in /channel, /chat_id\n") != std::string::npos);
  CHECK_FALSE(items_of(repair({"--format", "ndjson", dir / "nobody.json"})).at(0).contains("offered"));
  CHECK(read_file(dir / "t_1.json") == cut);
}

TEST_CASE("a text that is whole again and would not load is said to lack what its owner asks for") {
  const TempDir dir;
  const std::string whole = "{" + k_top + R"("messages":[)" + k_fixed_user;
  const std::size_t time = whole.find(R"("last_accessed")");
  const std::string cut = whole.substr(0, time) + whole.substr(whole.find(R"("messages")"));
  write_file(dir / "t_1.json", cut);
  const ProcessResult strict = repair({"--level", "layout", dir.path()});
  CHECK(strict.status == 4);
  CHECK(read_file(dir / "t_1.json") == cut);
  const ProcessResult done = repair({dir.path()});
  CHECK(done.status == 4);
  CHECK(done.out.find(
            "  remains: missing-field (/last_accessed)\n  --rebuild-header makes /last_accessed again\n") !=
        std::string::npos);
  CHECK(read_file(dir / "t_1.json") == cut + "]}");
  CHECK(repair({dir.path()}).status == 4);
  CHECK(read_file(dir / "t_1.json") == cut + "]}");
  CHECK(repair({"--rebuild-header", dir.path()}).status == 1);
}

TEST_CASE("without a layout the options that need one say so") {
  const TempDir dir;
  write_file(dir / "x.json", "{\"a\":1}");
  const ProcessResult result = tool("session-repair", {"--fix-links", dir / "x.json"});
  CHECK(result.status == 0);
  CHECK(result.err.find("its layout is not known") != std::string::npos);
}

TEST_CASE("a temporary whose session is gone becomes it") {
  const TempDir dir;
  const std::string older = document(k_top, k_fixed_user);
  const std::string newer = document(k_top, k_fixed_user + "," + k_fixed_user);
  const std::string name = std::string("t_1.json") + k_dead;
  write_file(dir / name, newer);
  write_file(dir / (name + ".1"), older);
  const ProcessResult verified = tool("session-verify", {"--layout", "miniclaw", dir.path()});
  CHECK(verified.out.find("there is no t_1.json: session-repair " + (dir / name)) != std::string::npos);
  CHECK(repair({"--dry-run", dir.path()}).status == 4);
  CHECK(tree_of(dir.path()).size() == 2);

  SUBCASE("found in the store") {
    const ProcessResult done = repair({"--format", "ndjson", dir.path()});
    CHECK(done.status == 1);
    REQUIRE(items_of(done).size() == 1);
    CHECK(items_of(done)[0]["outcome"] == "promoted");
    CHECK(items_of(done)[0]["promoted_to"] == "t_1.json");
  }
  SUBCASE("or named") {
    const ProcessResult refused = repair({dir / (name + ".1")});
    CHECK(refused.status == 12);
    CHECK(refused.err.find("is a newer version") != std::string::npos);
    CHECK(repair({dir / name}).status == 1);
  }
  CHECK(tree_of(dir.path()) == Tree{{"t_1.json", newer}, {name + ".1", older}});
  CHECK(repair({dir.path()}).status == 0);
}

TEST_CASE("what was to become a copy or a sidecar is never taken for a session") {
  const TempDir dir;
  const std::string whole = document(k_top, k_fixed_user);
  const Tree all = {{"t_1.json", whole},
                    {std::string("t_1.json.bak-20260101T000000Z-7-0") + k_dead, whole},
                    {std::string("t_2.json.corrupt-20260101T000000Z-7-0") + k_dead, whole}};
  for (const auto& [name, content] : all) write_file(dir / name, content);
  CHECK(repair({dir.path()}).status == 0);
  CHECK(tree_of(dir.path()) == all);
  for (const char* const option : {"--layout=miniclaw", "--level=syntax"}) {
    const ProcessResult verified = tool("session-verify", {option, dir.path()});
    CHECK(verified.out.find("t_1.json.bak-20260101T000000Z-7-0") != std::string::npos);
    CHECK(verified.out.find("there is no") == std::string::npos);
  }
}

TEST_CASE("a temporary that drops the suffix, and ones that are no session") {
  const TempDir dir;
  const std::string whole = document(k_top, k_fixed_user);
  write_file(dir / "t_1.tmp", whole);
  // Nobody knows whether its writer is still at work: it was written a moment ago.
  CHECK(repair({dir.path()}).status == 0);
  CHECK(repair({dir / "t_1.tmp"}).status == 8);
  std::filesystem::last_write_time(dir / "t_1.tmp",
                                   std::filesystem::file_time_type::clock::now() - std::chrono::hours(2));
  CHECK(repair({dir.path()}).status == 1);
  CHECK(tree_of(dir.path()) == Tree{{"t_1.json", whole}});

  const std::string cut = std::string("t_2.json") + k_dead;
  write_file(dir / cut, whole.substr(0, 50));
  const ProcessResult left = repair({dir.path()});
  CHECK(left.status == 4);
  CHECK(left.out.find("rename it to that and repair it") != std::string::npos);
  CHECK(read_file(dir / cut) == whole.substr(0, 50));
}

TEST_CASE("a file that another process has open for writing is refused") {
  const TempDir dir;
  const std::string torn = document(k_top, k_user).substr(0, 150);
  write_file(dir / "t_1.json", torn);
  {
    const std::ofstream writer(dir / "t_1.json", std::ios::app);
    const ProcessResult refused = repair({dir.path()});
    CHECK(refused.status == 12);
    CHECK(refused.err.find("has it open for writing") != std::string::npos);
    CHECK(tree_of(dir.path()) == Tree{{"t_1.json", torn}});
    CHECK(repair({"--dry-run", dir.path()}).status == 4);
  }
  const std::ifstream reader(dir / "t_1.json");
  CHECK((repair({dir.path()}).status & 8) == 0);
}
