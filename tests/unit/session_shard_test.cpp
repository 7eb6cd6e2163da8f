// --shard: N runs over one store do all of it, and nothing twice.

#include <doctest/doctest.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "support/json_lines.h"
#include "support/run_process.h"
#include "support/temp_dir.h"

using namespace session::test;
using Json = nlohmann::json;
namespace files = std::filesystem;

namespace {

/// Every third of the sessions is cut.
struct Store {
  Store() {
    files::create_directories(temp / "store/sub");
    for (int i = 0; i < 60; ++i) {
      const std::string name = (i % 2 == 0 ? "store/s" : "store/sub/s") + std::to_string(i) + ".json";
      write_file(temp / name, i % 3 == 0 ? "{\"a\":1,\"b\":[1" : "{\"a\":1}");
    }
    files::create_symlink("s0.json", temp / "store/link.json");
  }
  [[nodiscard]] std::vector<Json> run(const std::string& tool, const std::string& shard,
                                      std::vector<std::string> words, const std::string& input = {}) const {
    std::vector<std::string> command = {tool_path(tool), "--format", "ndjson"};
    if (!shard.empty()) command.insert(command.end(), {"--shard", shard});
    command.insert(command.end(), words.begin(), words.end());
    return json_lines<Json>(run_process(command, {.input = input, .directory = temp.path()}).out);
  }
  TempDir temp;
};

std::multiset<std::string> paths_of(const std::vector<Json>& records) {
  std::multiset<std::string> paths;
  for (const Json& record : records) {
    if (record["type"] == "item") paths.insert(record["path"].get<std::string>());
  }
  return paths;
}

/// The counts of the summaries added up.
std::map<std::string, long> sum_of(const std::vector<Json>& records) {
  std::map<std::string, long> sum;
  for (const Json& record : records) {
    if (record["type"] != "summary") continue;
    for (const auto& [key, value] : record.items()) {
      if (value.is_number_integer() && key != "exit" && key != "v") sum[key] += value.get<long>();
    }
  }
  return sum;
}

std::vector<Json> all_shards(const Store& store, const std::string& tool, int count,
                             const std::vector<std::string>& words, const std::string& input = {}) {
  std::vector<Json> all;
  for (int i = 1; i <= count; ++i) {
    const auto part = store.run(tool, std::to_string(i) + "/" + std::to_string(count), words, input);
    CHECK(paths_of(part).size() < 60);
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

}  // namespace

TEST_CASE("the parts of a store are the whole of it, and their counts add up to its") {
  const Store store;
  const std::vector<Json> whole = store.run("session-verify", "", {"store", "missing"});
  const std::vector<Json> parts = all_shards(store, "session-verify", 4, {"store", "missing"});
  CHECK(paths_of(whole).size() == 61);
  CHECK(paths_of(parts) == paths_of(whole));
  CHECK(sum_of(parts) == sum_of(whole));
  CHECK(sum_of(whole)["files"] == 61);  // with the missing one
}

TEST_CASE("the parts of a list") {
  const Store store;
  std::string list;
  for (int i = 0; i < 60; i += 2) list += "store/s" + std::to_string(i) + ".json" + '\0';
  const std::vector<Json> whole = store.run("session-verify", "", {"--files0-from", "-"}, list);
  const std::vector<Json> parts = all_shards(store, "session-verify", 3, {"--files0-from", "-"}, list);
  CHECK(paths_of(parts) == paths_of(whole));
  CHECK(sum_of(parts) == sum_of(whole));
}

TEST_CASE("each damaged file is repaired by one part, and what belongs to it stays with it") {
  const Store store;
  const std::vector<Json> parts = all_shards(store, "session-repair", 5, {"store"});
  CHECK(sum_of(parts)["repaired"] == 20);
  for (const Json& record : store.run("session-verify", "", {"store"})) {
    if (record["type"] == "summary") CHECK(record["exit"] == 0);
  }
  CHECK(sum_of(all_shards(store, "session-repair", 5, {"store"}))["repaired"] == 0);
}

TEST_CASE("what is no part of a whole is a usage error") {
  const Store store;
  for (const char* shard : {"0/4", "5/4", "4", "1/0", "a/b", "1/4x", "-1/4", "1/65536", ""}) {
    CAPTURE(shard);
    CHECK(run_process({tool_path("session-verify"), "--shard", shard, "store"},
                      {.directory = store.temp.path()})
              .status == 16);
  }
}
