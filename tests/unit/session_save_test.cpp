// session-save as its users see it: one session, many, patches and appended records, and what it refuses.

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "session/content_hash.h"
#include "support/json_lines.h"
#include "support/run_process.h"
#include "support/temp_dir.h"

using namespace session::test;
using Json = nlohmann::ordered_json;

namespace {

namespace files = std::filesystem;
using Words = std::vector<std::string>;

struct Store {
  TempDir root;
  std::string path = root / "store";

  /// Not durable: flushes take their time, and power cuts are not what this is about.
  [[nodiscard]] ProcessResult save(const std::string& input, Words words) const {
    words.insert(words.begin(), {tool_path("session-save"), "--store", path});
    return run_process(words, {.input = input, .environment = {{"SESSION_DURABILITY", "none"}}});
  }
  [[nodiscard]] std::string file(const std::string& name) const { return path + "/" + name; }
  [[nodiscard]] std::string content(const std::string& name) const { return read_file(file(name)); }
  [[nodiscard]] Words names() const {
    Words names;
    if (!files::exists(path)) return names;
    for (const auto& entry : files::directory_iterator(path)) {
      const std::string name = entry.path().filename().string();
      if (!name.starts_with('.')) names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    return names;
  }
};

}  // namespace

TEST_CASE("a session is stored as given, private, in a store made for it") {
  const Store store;
  const std::string session = "{ \"n\": 12345678901234567890,\t\"x\":1e400, \"s\":\"\\ud800\" }\n";
  const ProcessResult result = store.save(session, {"a"});
  CHECK(result.status == 0);
  CHECK(result.err.empty());
  CHECK(result.out == store.file("a.json") + ": created, " + std::to_string(session.size()) + " bytes\n");
  CHECK(store.content("a.json") == session);
  struct stat about = {};
  REQUIRE(::stat(store.file("a.json").c_str(), &about) == 0);
  CHECK((about.st_mode & 07777) == 0600);
  REQUIRE(::stat(store.path.c_str(), &about) == 0);
  CHECK((about.st_mode & 07777) == 0700);
  CHECK(store.save("{\"n\":2}", {"a", "-q"}).out.empty());
  CHECK(store.content("a.json") == "{\"n\":2}");
}

TEST_CASE("the machine formats tell path, id, outcome, size and hash") {
  const Store store;
  const auto records = json_lines(store.save("[1]", {"a", "--format", "ndjson"}).out);
  REQUIRE(records.size() == 3);
  CHECK(records[1]["type"] == "item");
  CHECK(records[1]["path"] == store.file("a.json"));
  CHECK(records[1]["id"] == "a");
  CHECK(records[1]["outcome"] == "created");
  CHECK(records[1]["bytes"] == 3);
  CHECK(records[1]["hash"] == session::content_hash("[1]"));
  CHECK(records[2]["exit"] == 0);
  CHECK(Json::parse(store.save("[2]", {"a", "--format", "json"}).out)["items"][0]["outcome"] == "replaced");
}

TEST_CASE("bad input is refused with its place, status 16, and nothing is written") {
  const Store store;
  struct Row {
    const char *input, *id, *words;
  };
  const Row rows[] = {
      {"{\"a\":", "a", "standard input: validate: torn-tail at line 1, column 6 (byte 5): "},
      {"", "a", "standard input: validate: empty at line 1, column 1 (byte 0): "},
      {"{\"a\":1}", "../a", "../a: validate: an id must not contain '/'"},
      {"{\"a\":1}", ".a", ".a: validate: an id must not begin with a dot"},
      {"{\"a\":1}", "_a", "_a: validate: the file _a.json would be no session of this store"},
      {"{\"a\":1}", "NUL", "NUL: validate: Windows reserves this name for a device"},
      {"\"\xFF\"", "a", "standard input: validate: invalid-utf8 at line 1, column 2 (byte 1): "},
  };
  for (const Row& row : rows) {
    CAPTURE(row.words);
    const ProcessResult result = store.save(row.input, {row.id});
    CHECK(result.status == 16);
    CHECK(result.out.empty());
    CHECK(result.err.find(std::string("session-save: error: ") + row.words) == 0);
    CHECK(result.err.find("session-save: hint: nothing was written") != std::string::npos);
    CHECK(store.names().empty());
  }
}

TEST_CASE("options that cannot be honoured are errors") {
  const Store store;
  for (const Words& words :
       {Words{}, Words{"a", "in", "more"}, Words{"--batch", "--patch"}, Words{"a", "--listen", "s"},
        Words{"a", "--append", "--if-match", std::string(64, 'a')}, Words{"a", "--if-match", "12"},
        Words{"a", "--append", "--force"}, Words{"a", "--append", "--stdin-format", "json"},
        Words{"a", "--patch", "--stdin-format", "jsonl"}, Words{"--batch", "--file", "x"},
        Words{"--file", "x"}, Words{"--autosave", "x.jsonl"}, Words{"--autosave", "--format", "json"},
        Words{"a", "--stdin-format", "jsonl", "--layout", "synapse"}, Words{"a", "--durability", "ful"},
        Words{"a", "--layout", "synaps"}, Words{"a", "--layout", "session-state"}}) {
    CAPTURE(words);
    const ProcessResult result = store.save("{\"a\":1}", words);
    CHECK(result.status == 16);
    CHECK(result.err.find("session-save: error: ") == 0);
    CHECK(store.names().empty());
  }
}

TEST_CASE("a file as input, --file as target, symlinks resolved") {
  const Store store;
  write_file(store.root / "in.json", "{\"a\":1}");
  CHECK(store.save("", {"a", store.root / "in.json"}).status == 0);
  CHECK(store.content("a.json") == "{\"a\":1}");
  CHECK(store.save("", {"a", store.root / "missing.json"}).status == 8);

  const std::string target = store.root / "deep/er/_active-agent.json";
  CHECK(run_process({tool_path("session-save"), "--file", target}, {.input = "{\"id\":\"x\"}"}).status == 0);
  CHECK(read_file(target) == "{\"id\":\"x\"}");
  files::create_symlink(target, store.root / "link.json");
  CHECK(
      run_process({tool_path("session-save"), "--file", store.root / "link.json"}, {.input = "[1]"}).status ==
      0);
  CHECK(files::is_symlink(store.root / "link.json"));
  CHECK(read_file(target) == "[1]");
}

TEST_CASE("an empty session replaces content only with --force") {
  const Store store;
  REQUIRE(store.save("{\"a\":1}", {"a"}).status == 0);
  const ProcessResult refused = store.save("{}", {"a"});
  CHECK(refused.status == 16);
  CHECK(refused.err.find("--force") != std::string::npos);
  CHECK(store.content("a.json") == "{\"a\":1}");
  CHECK(store.save("{}", {"a", "--force"}).status == 0);
  CHECK(store.content("a.json") == "{}");
}

TEST_CASE("--if-match saves only over the version that was read") {
  const Store store;
  REQUIRE(store.save("[1]", {"a"}).status == 0);
  const std::string first = session::content_hash("[1]");
  CHECK(store.save("[2]", {"a", "--if-match", first}).status == 0);
  const ProcessResult late = store.save("[3]", {"a", "--if-match", first});
  CHECK(late.status == 8);
  CHECK(late.err.find(session::content_hash("[2]")) != std::string::npos);
  CHECK(store.content("a.json") == "[2]");
}

TEST_CASE("a batch saves what is right, and says of every record what became of it") {
  const Store store;
  const std::string input =
      "{\"id\":\"a\",\"session\":{\"n\":1e400}}\n\nnonsense\n{\"id\":\"../b\",\"session\":[1]}\n"
      "{\"id\":\"a\",\"session\":[2]}\n{\"id\":\"c\",\"session\":[3],\"x\":1}\n{\"session\":[4],\"id\":"
      "\"d\"}";
  const ProcessResult result = store.save(input, {"--batch", "--format", "ndjson"});
  CHECK(result.status == 8);
  CHECK(store.names() == Words{"a.json", "d.json"});
  CHECK(store.content("a.json") == "[2]");
  CHECK(store.content("d.json") == "[4]");
  const auto records = json_lines(result.out);
  const Json& summary = records.back();
  CHECK(summary["saved"] == 3);
  CHECK(summary["refused"] == 3);
  CHECK(summary["failed"] == 0);
  std::vector<std::string> errors;
  for (const Json& record : records) {
    if (record["type"] == "error") errors.push_back(record["line"].dump() + " " + record.value("id", "-"));
  }
  CHECK(errors == Words{"3 -", "4 ../b", "6 -"});
  CHECK(result.err.find("line 3: validate: ") != std::string::npos);
  CHECK(result.err.find("unknown member \"x\"") != std::string::npos);
}

TEST_CASE("a batch where one session cannot be written saves the others") {
  const Store store;
  files::create_directories(store.file("b.json"));
  std::string input;
  for (const char* id : {"a", "b", "c"}) input += "{\"id\":\"" + std::string(id) + "\",\"session\":[1]}\n";
  const ProcessResult result = store.save(input, {"--batch", "--format", "json"});
  CHECK(result.status == 8);
  const Json report = Json::parse(result.out);
  CHECK(report["summary"]["saved"] == 2);
  CHECK(report["summary"]["failed"] == 1);
  CHECK(report["errors"].size() == 1);
  CHECK(report["errors"][0]["id"] == "b");
  CHECK(report["errors"][0]["line"] == 2);
  CHECK(store.content("a.json") == "[1]");
  CHECK(store.content("c.json") == "[1]");
}

TEST_CASE("a batch without a valid record has attempted nothing") {
  const Store store;
  CHECK(store.save("nonsense\n", {"--batch"}).status == 16);
  CHECK(store.save("", {"--batch"}).status == 0);
}

TEST_CASE("a batch for JSON Lines sessions takes arrays of records") {
  const Store store;
  const std::string input = "{\"id\":\"a\",\"session\":[{\"n\":1}, {\"n\": 12345678901234567890}]}\n";
  CHECK(store.save(input, {"--batch", "--stdin-format", "jsonl"}).status == 0);
  CHECK(store.content("a.jsonl") == "{\"n\":1}\n{\"n\": 12345678901234567890}\n");
  CHECK(store.save("{\"id\":\"b\",\"session\":{}}\n", {"--batch", "--stdin-format", "jsonl"}).status == 16);
  CHECK(store.save("{\"id\":\"b\",\"session\":[]}\n", {"--batch", "--stdin-format", "jsonl"}).status == 16);
  CHECK_FALSE(files::exists(store.file("b.jsonl")));
}

TEST_CASE("a large batch goes through in bounded groups") {
  const Store store;
  std::string input;
  constexpr int k_sessions = 3'000;
  for (int i = 0; i < k_sessions; ++i) {
    input += "{\"id\":\"s" + std::to_string(i) + "\",\"session\":[" + std::to_string(i + 1) + "]}\n";
  }
  // Not durable: what is tried here is the grouping, not the disk of the machine.
  for (int round = 0; round < 2; ++round) {
    CHECK(store.save(input, {"--batch", "--durability", "none"}).status == 0);
  }
  CHECK(store.names().size() == k_sessions);
  CHECK(store.content("s2999.json") == "[3000]");
}

TEST_CASE("a patch changes what it names and keeps every other byte") {
  const Store store;
  REQUIRE(
      store.save("{\n  \"big\": 12345678901234567890,\n  \"x\": 1e400,\n  \"drop\": 1\n}\n", {"a"}).status ==
      0);
  CHECK(store.save("{\"drop\":null,\"new\":[1]}", {"--patch", "a"}).status == 0);
  CHECK(store.content("a.json") ==
        "{\n  \"big\": 12345678901234567890,\n  \"x\": 1e400,\n  \"new\": [1]\n}\n");
  CHECK(store.save("{\"a\":", {"--patch", "a"}).status == 16);
  CHECK(store.save("{}", {"--patch", "missing"}).status == 8);
  CHECK_FALSE(files::exists(store.file("missing.json")));
  write_file(store.file("cut.json"), "{\"a\":");
  const ProcessResult damaged = store.save("{\"b\":1}", {"--patch", "cut"});
  CHECK(damaged.status == 8);
  CHECK(damaged.err.find("session-repair") != std::string::npos);
  CHECK(store.content("cut.json") == "{\"a\":");
}

TEST_CASE("append adds one record, and heals what a crash has left") {
  const Store store;
  CHECK(store.save("{\"n\":1}\n", {"--append", "log"}).status == 0);
  write_file(store.file("log.jsonl"), "{\"n\":1}\n{\"n\":2}\n{\"n\":3");
  const ProcessResult healed = store.save("{\"n\":4}", {"--append", "log", "--format", "ndjson"});
  CHECK(healed.status == 0);
  CHECK(store.content("log.jsonl") == "{\"n\":1}\n{\"n\":2}\n{\"n\":4}\n");
  const Json item = json_lines(healed.out)[1];
  CHECK(item["outcome"] == "appended");
  CHECK(item["healed"] == "tail_moved");
  CHECK(store.content(item["sidecar"].get<std::string>()) == "{\"n\":3");
  write_file(store.file("torn.jsonl"), "{\"n\":\n{\"n\":2");
  const ProcessResult refused = store.save("{}", {"--append", "torn"});
  CHECK(refused.status == 8);
  CHECK(refused.err.find("session-repair") != std::string::npos);
  CHECK(store.content("torn.jsonl") == "{\"n\":\n{\"n\":2");
  CHECK(store.save("{\n}", {"--append", "log"}).status == 16);
  CHECK(store.save("{} {}", {"--append", "log"}).status == 16);
  CHECK(store.save("{}", {"--append", "log", "--layout", "miniclaw"}).status == 16);
}

TEST_CASE("append takes no document, begins no second file, and leaves glued records to repair") {
  const Store store;
  REQUIRE(store.save("{\"n\":1}", {"w"}).status == 0);
  const ProcessResult twin = store.save("{\"n\":2}", {"--append", "w"});
  CHECK(twin.status == 16);
  CHECK(twin.err.find("the session w stands in " + store.file("w.json")) != std::string::npos);
  CHECK(store.save("{\"n\":2}", {"w", "--stdin-format", "jsonl"}).status == 0);
  CHECK(store.save("{\"n\":3}", {"--append", "w"}).status == 0);
  CHECK(store.save("{\"n\":4}", {"--patch", "w", "--stdin-format", "jsonl"}).status == 16);
  CHECK(store.content("w.jsonl") == "{\"n\":2}\n{\"n\":3}\n");
  const Words file = {tool_path("session-save"), "--append", "--file", store.file("w.json")};
  const ProcessResult document = run_process(file, {.input = "{\"n\":4}"});
  CHECK(document.status == 16);
  CHECK(document.err.find("is one JSON document") != std::string::npos);
  CHECK(store.content("w.json") == "{\"n\":1}");
  const std::string several_lines = "[\n{\"a\":1},\n{\"b\":2}]\n";
  write_file(store.root / "s.session", several_lines);
  const Words other_name = {tool_path("session-save"), "--append", "--file", store.root / "s.session"};
  CHECK(run_process(other_name, {.input = "{\"n\":4}"}).status == 8);
  CHECK(read_file(store.root / "s.session") == several_lines);
  write_file(store.file("g.jsonl"), "{\"n\":1}{\"n\":2}\n");
  CHECK(store.save("{\"n\":3}", {"--append", "g"}).status == 0);
  CHECK(store.content("g.jsonl") == "{\"n\":1}{\"n\":2}\n{\"n\":3}\n");
  CHECK(store.save("\xEF\xBB\xBF{\"n\":4}", {"--append", "g"}).status == 16);
  CHECK(store.names() == Words{"g.jsonl", "w.json", "w.jsonl"});
}

TEST_CASE("neither a batch nor autosave begins anew what stands in the other format") {
  const Store store;
  REQUIRE(store.save("{\"n\":1}", {"w", "--stdin-format", "jsonl"}).status == 0);
  const std::string input = "{\"id\":\"w\",\"session\":{\"n\":2}}\n{\"id\":\"x\",\"session\":{\"n\":2}}\n";
  const std::string words = "w.jsonl and would be begun anew";
  const ProcessResult batch = store.save(input, {"--batch"});
  CHECK(batch.status == 8);
  CHECK(batch.err.find(words) != std::string::npos);
  CHECK(batch.out == "1 saved, 0 failed, 1 refused in " + store.path + "\n");
  CHECK(store.save(input, {"--autosave"}).err.find(words) != std::string::npos);
  CHECK(store.names() == Words{"w.jsonl", "x.json"});
  CHECK(store.save(input, {"--batch", "--stdin-format", "json"}).status == 0);
  CHECK(store.names() == Words{"w.json", "w.jsonl", "x.json"});
}

TEST_CASE("a patch of a session in a directory that is not there makes nothing") {
  const Store store;
  const std::string path = store.root / "new/x.json";
  CHECK(run_process({tool_path("session-save"), "--patch", "--file", path}, {.input = "{\"n\":1}"}).status ==
        8);
  CHECK_FALSE(files::exists(store.root / "new"));
}

TEST_CASE("an empty value is no value left out") {
  const Store store;
  for (const char* option : {"--if-match", "--layout", "--config", "--file", "--interval"}) {
    CAPTURE(option);
    const ProcessResult result = store.save("[1]", {"a", option, ""});
    CHECK(result.status == 16);
    CHECK(result.err.find(std::string("session-save: error: ") + option + ": an empty value") == 0);
  }
  CHECK(store.save("[1]", {""}).err.find("session-save: error: ID: an empty value") == 0);
  CHECK(store.save("[1]", {"a", "--interval", "5s"})
            .err.find("--interval has no meaning with saving one session") != std::string::npos);
  CHECK(store.names().empty());
}

TEST_CASE("a batch saves linked sessions where they are, and tells the line of each it refuses") {
  const Store store;
  REQUIRE(store.save("{\"n\":1}", {"whole"}).status == 0);
  const std::string elsewhere = store.root / "elsewhere.json";
  write_file(elsewhere, "{\"n\":1}");
  files::create_symlink(elsewhere, store.file("linked.json"));
  const std::string input =
      "{\"id\":\"linked\",\"session\":{\"n\":2}}\n{\"id\":\"whole\",\"session\":{}}\n"
      "{\"id\":\"\\ud800\",\"session\":{}}\n{\"id\":\"a\\nb\",\"session\":{}}\n";
  const ProcessResult result = store.save(input, {"--batch"});
  CHECK(result.status == 8);
  CHECK(files::is_symlink(store.file("linked.json")));
  CHECK(read_file(elsewhere) == "{\"n\":2}");
  CHECK(store.content("whole.json") == "{\"n\":1}");
  CHECK(result.out == "1 saved, 0 failed, 3 refused in " + store.path + "\n");
  for (const char* line : {"line 2: this", "line 3: this", "line 4: this"}) {
    CHECK(result.err.find(line) != std::string::npos);
  }
  CHECK(result.err.find("half of a surrogate pair") != std::string::npos);
  CHECK(std::count(result.err.begin(), result.err.end(), '\n') == 6);
}

TEST_CASE("a signal ends the wait for input, and what was whole by then is saved") {
  const Store store;
  const Words words = {tool_path("session-save"), "--store", store.path, "--batch", "--durability", "none"};
  Process process(words);
  // A group is saved when it is full; what comes behind it is not whole.
  constexpr int k_group = 1'024;
  std::string input;
  for (int i = 0; i <= k_group; ++i) input += "{\"id\":\"s" + std::to_string(i) + "\",\"session\":[1]}\n";
  process.write(input + "{\"id\":\"cut\",\"sess");
  while (!files::exists(store.file("s0.json"))) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  process.send(SIGINT);
  const ProcessResult result = process.wait();
  CHECK(result.signal == SIGINT);
  CHECK(result.err.find("stopped by a signal") != std::string::npos);
  for (int i = 0; i < k_group; ++i) REQUIRE(store.content("s" + std::to_string(i) + ".json") == "[1]");
  CHECK_FALSE(files::exists(store.file("cut.json")));
}

TEST_CASE("closed standard descriptors are errors, and nothing is written in their place") {
  const Store store;
  const std::string tool = tool_path("session-save");
  const auto shell = [&](const std::string& command) {
    return run_process({"sh", "-c", command, tool, store.path}, {.input = "[1]"});
  };
  const ProcessResult no_input = shell("exec \"$0\" --store \"$1\" a <&-");
  CHECK(no_input.status == 8);
  CHECK(no_input.err.find("standard input: read: Bad file descriptor") != std::string::npos);
  CHECK(store.names().empty());
  CHECK(shell("exec \"$0\" --store \"$1\" a >&-").status == 8);
  CHECK(store.content("a.json") == "[1]");
  CHECK(store.content(".lock").empty());
}
