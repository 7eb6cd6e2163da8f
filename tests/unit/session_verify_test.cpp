// session-verify as its users see it: the process, its output and its exit status.

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "support/source_file.h"
#include "support/verify_tree.h"

using nlohmann::json;
using session::test::miniclaw_session;
using session::test::ProcessOptions;
using session::test::ProcessResult;
using session::test::run_process;
using session::test::synapse_session;
using session::test::VerifyTree;

namespace fs = std::filesystem;

TEST_CASE("whole files are fine, and nothing is said of each") {
  const VerifyTree tree;
  tree.put("a.json", "{}\n");
  tree.put("below/b.jsonl", "{\"a\":1}\n{\"a\":2}\n");
  const ProcessResult result = tree.verify({"."});
  CHECK(result.status == 0);
  CHECK(result.err == "");
  CHECK(result.out == "2 files, 19 bytes, 2 ok\n");
  CHECK(tree.verify({"-v", "."}).out == "./a.json: ok\n./below/b.jsonl: ok\n2 files, 19 bytes, 2 ok\n");
}

TEST_CASE("damage is told with its place, in the order of the paths, and one bad file never hides another") {
  const VerifyTree tree;
  tree.put("a.json", "");
  tree.put("b.json", "{\"ok\":true}\n");
  tree.put("c/d.jsonl", "{\"a\":1}\n{\"b\":\n{\"c\":3}\n");
  tree.put("e.json", "{\"secret\":\"hunter2");
  for (const char* jobs : {"1", "2", "7"}) {
    const ProcessResult result = tree.verify({"-j", jobs, "."});
    CHECK(result.status == 4);
    CHECK(result.out.starts_with("./a.json:1:1: error: empty: "));
    CHECK(result.out.find("\n./c/d.jsonl:2:") != std::string::npos);
    CHECK(result.out.find("\n./e.json:1:19: error: torn-tail: ") != std::string::npos);
    CHECK(result.out.find("hunter2") == std::string::npos);
    CHECK(
        result.out.ends_with("4 files, 52 bytes, 1 ok, 3 damaged\n"
                             "to repair: session-repair ./a.json ./c/d.jsonl ./e.json\n"));
  }
}

TEST_CASE("-q tells damage only") {
  const VerifyTree tree;
  tree.put("a.jsonl", "{\"a\":1}");
  tree.put("b.json", "[1");
  tree.put("c.json", "[1]");
  const ProcessResult result = tree.verify({"-q", "a.jsonl", "b.json", "c.json"});
  CHECK(result.status == 4);
  CHECK(result.out.starts_with("b.json:1:3: error: torn-tail: "));
  CHECK(result.out.find('\n') == result.out.size() - 1);
}

TEST_CASE("what cannot be read is not damage: exit 8, and with damage 12") {
  const VerifyTree tree;
  tree.put("good.json", "{}");
  ProcessResult result = tree.verify({"good.json", "missing.json"});
  CHECK(result.status == 8);
  CHECK(result.err == "session-verify: error: missing.json: stat: No such file or directory\n");
  CHECK(result.out == "2 files, 2 bytes, 1 ok, 1 unreadable\n");
  tree.put("bad.json", "{");
  CHECK(tree.verify({"bad.json", "missing.json", "good.json"}).status == 12);
}

TEST_CASE("a file without permission is unreadable, and the others are still judged") {
  if (::geteuid() != 0) {
    MESSAGE("skipped: only root may run the tool as somebody else");
    return;
  }
  const VerifyTree tree;
  tree.put("a.json", "{}");
  tree.put("closed.json", "{}");
  tree.put("dir/inside.json", "{}");
  fs::permissions(tree / "", fs::perms::all);
  fs::permissions(tree / "a.json", fs::perms::all);
  fs::permissions(tree / "closed.json", fs::perms::none);
  fs::permissions(tree / "dir", fs::perms::none);
  ProcessOptions nobody;
  nobody.user = 65534;
  nobody.environment["HOME"] = tree / "";
  const ProcessResult result = tree.verify({"."}, nobody);
  CHECK(result.status == 8);
  CHECK(result.err ==
        "session-verify: error: ./closed.json: open: Permission denied\n"
        "session-verify: error: ./dir: open: Permission denied\n");
  CHECK(result.out == "3 files, 2 bytes, 1 ok, 2 unreadable\n");
}

TEST_CASE("FIFOs, sockets and symlink loops neither block nor end a run") {
  const VerifyTree tree;
  tree.put("a.json", "{}");
  REQUIRE(::mkfifo((tree / "pipe.json").c_str(), 0600) == 0);
  REQUIRE(::symlink(".", (tree / "loop").c_str()) == 0);
  REQUIRE(::symlink("a.json", (tree / "link.json").c_str()) == 0);
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  (tree / "s.json").copy(address.sun_path, sizeof address.sun_path - 1);
  const bool bound = ::bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  const ProcessResult result = tree.verify({"-v", "."});
  ::close(descriptor);
  CHECK(result.status == 0);
  CHECK(result.out == "./a.json: ok\n1 file, 2 bytes, 1 ok\n");
  CHECK(result.err == "session-verify: note: " + std::string(bound ? "4" : "3") +
                          " symlinks and special files were left out\n");
  CHECK(tree.verify({"pipe.json"}).err == "session-verify: error: pipe.json: open: not a regular file\n");
  CHECK(tree.verify({"link.json"}).out == "1 file, 2 bytes, 1 ok\n");
}

TEST_CASE("odd names survive every format") {
  const VerifyTree tree;
  const std::vector<std::string> names = {"line\nbreak.json", "bad\xff.json", "'quote\".json",
                                          std::string(250, 'x') + ".json"};
  for (const std::string& name : names) tree.put("d/" + name, "{");
  const ProcessResult text = tree.verify({"d"});
  CHECK(text.status == 4);
  CHECK(text.out.find(R"('d/'\''quote".json')") != std::string::npos);
  CHECK(text.out.find(R"($'d/bad\377.json')") != std::string::npos);
  CHECK(text.out.find(R"($'d/line\012break.json')") != std::string::npos);
  std::size_t encoded = 0;
  const std::vector<json> records = tree.records({"d"});
  CHECK(records.size() == names.size() + 1);
  for (const json& record : records) encoded += record.contains("path_b64");
  CHECK(encoded == 1);
  for (const char* format : {"json", "junit", "sarif", "github"}) {
    CHECK(tree.verify({"--format", format, "d"}).status == 4);
  }
}

TEST_CASE("the repair command is understood by a shell") {
  const VerifyTree tree;
  tree.put("it's\n$(here).json", "{");
  tree.put("-option.json", "{");
  const std::string out = tree.verify({"--", "-option.json", "it's\n$(here).json"}).out;
  const std::string command = out.substr(out.find("session-repair"));
  const ProcessResult shell =
      run_process({"bash", "-c", "session-repair() { printf '<%s>' \"$@\"; }\n" + command}, {});
  CHECK(shell.out == "<--><-option.json><it's\n$(here).json>");
}

TEST_CASE("paths come from lists and standard input too") {
  const VerifyTree tree;
  tree.put("a.json", "{}");
  tree.put("b.json", "{");
  tree.put("list", std::string("a.json\0b.json\0", 14));
  CHECK(tree.verify({"--files0-from", "list"}).out.find("2 files, 3 bytes, 1 ok, 1 damaged") !=
        std::string::npos);
  ProcessOptions input;
  input.input = std::string("a.json", 6);
  CHECK(tree.verify({"--files0-from", "-"}, input).out == "1 file, 2 bytes, 1 ok\n");
  input.input = "{\"a\":1}\n{\"b\"";
  const ProcessResult stream = tree.verify({"-"}, input);
  CHECK(stream.status == 4);
  CHECK(stream.out.starts_with("-:2:5: error: torn-tail: "));
  CHECK(stream.out.ends_with("1 file, 12 bytes, 1 damaged\n"));
  CHECK(tree.verify({"-", "--files0-from", "-"}).status == 16);
  // In a list it is a file's name.
  tree.put("-", "{");
  input.input = std::string("-\0a.json", 8);
  const ProcessResult dash = tree.verify({"--files0-from", "-"}, input);
  CHECK(dash.out.starts_with("./-:1:2: error: torn-tail: "));
  CHECK(dash.out.ends_with("2 files, 3 bytes, 1 ok, 1 damaged\nto repair: session-repair ./-\n"));
  const ProcessResult missing = tree.verify({"--files0-from", "nowhere"});
  CHECK(missing.status == 8);
  CHECK(missing.err.find("nowhere: open: No such file or directory") != std::string::npos);
}

TEST_CASE("warnings change the exit status only with --strict, and kinds can be ignored") {
  const VerifyTree tree;
  tree.put("a.jsonl", "{\"a\":1}");
  const ProcessResult lenient = tree.verify({"a.jsonl"});
  CHECK(lenient.status == 0);
  CHECK(lenient.out.starts_with("a.jsonl:1:8: warning: missing-newline: "));
  CHECK(tree.verify({"--strict", "a.jsonl"}).status == 4);
  CHECK(tree.verify({"--strict", "--ignore", "missing-newline", "a.jsonl"}).status == 0);
  CHECK(tree.verify({"--strict", "--ignore", "bom,missing-newline", "a.jsonl"}).out ==
        "1 file, 7 bytes, 1 ok\n");
  const ProcessResult unknown = tree.verify({"--ignore", "mising-newline", "a.jsonl"});
  CHECK(unknown.status == 16);
  CHECK(unknown.out == "");
  CHECK(unknown.err ==
        "session-verify: error: --ignore mising-newline: there is no such kind of damage\n"
        "session-verify: hint: did you mean 'missing-newline'?\n");
}

TEST_CASE("modes are judged in stores, not in trees that are checked out") {
  const VerifyTree tree;
  for (const char* name : {".synapse/sessions/a.json", "fixtures/a.json"}) {
    tree.put(name, synapse_session("a"));
    fs::permissions(tree / name, fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read);
  }
  CHECK(tree.verify({"fixtures"}).out ==
        "1 file, " + std::to_string(synapse_session("a").size()) + " bytes, 1 ok\n");
  CHECK(
      tree.verify({"."}).out.starts_with("./.synapse/sessions/a.json: warning: open-mode: others than the "
                                         "owner may read the file: 640\n2 files"));
  CHECK(tree.verify({"--layout", "synapse", "fixtures"})
            .out.starts_with("fixtures/a.json: warning: open-mode"));
  CHECK(tree.verify({"--store", "fixtures"}).status == 0);
  const ProcessResult unknown = tree.verify({"--layout", "synaps", "fixtures"});
  CHECK(unknown.status == 16);
  CHECK(unknown.err.find("did you mean 'synapse'?") != std::string::npos);
}

TEST_CASE("what lies around sessions is told") {
  const VerifyTree tree;
  tree.put(".synapse/sessions/a.json", synapse_session("a"));
  tree.put(".synapse/sessions/a.json.tmp.4194303", "{");
  tree.put(".synapse/sessions/a.json.lock", "{\"pid\":4194303}");
  tree.put(".synapse/sessions/b.json.lock", "{\"pid\":" + std::to_string(::getpid()) + "}");
  tree.put(".synapse/sessions/a.json.bak-20260101T000000Z-1-1", "{}");
  tree.put(".synapse/sessions/.lock", "");
  tree.put(".synapse/sessions/.trash/20260101T000000Z-1/x.json", "{");
  tree.put("elsewhere/Cargo.lock", "4194303");
  const ProcessResult result = tree.verify({"."});
  CHECK(result.status == 0);
  const std::string s = "./.synapse/sessions/";
  CHECK(result.out.find(s + "a.json.bak-20260101T000000Z-1-1: note: repair-leftover: ") != std::string::npos);
  CHECK(result.out.find(s + "a.json.lock: warning: stale-lock: ") != std::string::npos);
  CHECK(result.out.find(s + "a.json.tmp.4194303: warning: orphan-temp: ") != std::string::npos);
  CHECK(result.out.ends_with("1 file, " + std::to_string(synapse_session("a").size()) +
                             " bytes, 1 ok, 3 lying around\n"));
}

TEST_CASE("a baseline lets known findings pass and nothing else") {
  const VerifyTree tree;
  tree.put("fixtures/torn.json", "{\"a\":");
  tree.put("fixtures/glued.jsonl", "{\"a\":1}{\"a\":2}\n");
  CHECK(tree.verify({"fixtures"}).status == 4);
  CHECK(tree.verify({"--write-baseline", "fixtures/known.json", "fixtures"}).status == 0);
  CHECK(tree.verify({"--baseline", "fixtures/known.json", "fixtures"}).status == 0);
  // From elsewhere, and by other spellings of the paths.
  CHECK(tree.verify({"--baseline", "./fixtures/../fixtures/known.json", tree / "fixtures"}).status == 0);
  // What comes through a pipe lies nowhere: its paths begin at the working directory.
  for (const char* command :
       {"exec \"$0\" --baseline - . <known.json", "cat known.json | exec \"$0\" --baseline /dev/stdin ."}) {
    ProcessOptions here;
    here.directory = tree / "fixtures";
    CHECK(run_process({"sh", "-c", command, session::test::tool_path("session-verify")}, here).status == 0);
  }
  CHECK(tree.verify({"--baseline", "-", "-"}).status == 16);
  CHECK(tree.verify({"--write-baseline", "-", "fixtures"}).status == 16);
  CHECK_FALSE(fs::exists(tree / "-"));

  tree.put("fixtures/new.json", "[");
  const ProcessResult fresh = tree.verify({"--baseline", "fixtures/known.json", "fixtures"});
  CHECK(fresh.status == 4);
  CHECK(fresh.out.starts_with("fixtures/new.json:1:2: error: torn-tail"));
  CHECK(fresh.out.ends_with("to repair: session-repair fixtures/new.json\n"));
  fs::remove(tree / "fixtures/new.json");

  tree.put("fixtures/torn.json", "{\"a\":1,");
  CHECK(tree.verify({"--baseline", "fixtures/known.json", "fixtures"}).status == 4);
  tree.put("fixtures/torn.json", "{\"a\":1}");
  const ProcessResult mended = tree.verify({"--baseline", "fixtures/known.json", "fixtures"});
  CHECK(mended.status == 0);
  CHECK(mended.out.find("1 entry of the baseline matched nothing") != std::string::npos);

  tree.put("bad.json", "{}");
  const ProcessResult bad = tree.verify({"--baseline", "bad.json", "fixtures"});
  CHECK(bad.status == 16);
  CHECK(bad.out == "");
}

TEST_CASE("a baseline counts, knows odd names, and its members may stand in any order among others") {
  const VerifyTree tree;
  tree.put("s/twice.json", "{\"a\":1,\"a\":2,\"a\":3}");
  tree.put("s/\xFF.json", "[");
  CHECK(tree.verify({"--write-baseline", "known.json", "s"}).status == 0);
  json known = json::parse(session::test::read_file(tree / "known.json"));
  REQUIRE(known["files"].size() == 2);
  CHECK(known["files"][0]["findings"].size() == 2);
  CHECK(known["files"][1]["path_b64"] == "cy//Lmpzb24=");
  known["files"][0]["reviewed"] = {{"by", {"me", nullptr, 1.5}}, {"path", 7}};
  // The keys of this json are sorted: "findings" stand before "path".
  tree.put("known.json", known.dump());
  CHECK(tree.verify({"--strict", "--baseline", "known.json", "s"}).status == 0);
  // As often as it is listed, and no more.
  known["files"][0]["findings"].erase(1);
  known["files"][0]["findings"].push_back(known["files"][0]["findings"][0]);
  tree.put("known.json", known.dump());
  const std::vector<json> records = tree.records({"--strict", "--baseline", "known.json", "s"});
  CHECK(records[0]["fails"] == true);
  CHECK(records[0]["findings"][0]["known"] == true);
  CHECK(!records[0]["findings"][1].contains("known"));
  CHECK(records[1]["fails"] == false);
  CHECK(records[2]["baseline"] == json{{"known_files", 1}, {"unused_entries", 1}});
}

TEST_CASE("what is no baseline, or not whole, is refused before anything is looked at") {
  const VerifyTree tree;
  tree.put("a.json", "[");
  const std::string none = "not a baseline of version 1", bad = "an entry does not have the form of one";
  const std::vector<std::pair<std::string, std::string>> cases{
      {"", none},
      {"[]", none},
      {R"({"baseline":1})", none},
      {R"({"baseline":2,"files":[]})", none},
      {R"({"baseline":1,"files":{}})", none},
      {R"({"baseline":1,"files":[]} )"
       "x",
       none},
      {R"({"baseline":1,"files":[{"path":"a.json","findings":[)", none},
      {R"({"baseline":1,"files":[1]})", bad},
      {R"({"baseline":1,"files":[[]]})", bad},
      {R"({"baseline":1,"files":[{"path":"a.json"}]})", bad},
      {R"({"baseline":1,"files":[{"findings":[]}]})", bad},
      {R"({"baseline":1,"files":[{"path":1,"findings":[]}]})", bad},
      {R"({"baseline":1,"files":[{"path":"a.json","findings":{}}]})", bad},
      {R"({"baseline":1,"files":[{"path":"a.json","findings":[{}]}]})", bad},
      {R"({"baseline":1,"files":[{"path":"a.json","findings":[{"kind":"empty","offset":-1}]}]})", bad}};
  for (const auto& [text, words] : cases) {
    CAPTURE(text);
    tree.put("known.json", text);
    const ProcessResult result = tree.verify({"--baseline", "known.json", "a.json"});
    CHECK(result.status == 16);
    CHECK(result.out == "");
    CHECK(result.err.starts_with("session-verify: error: --baseline known.json: " + words + "\n"));
  }
  CHECK(tree.verify({"--baseline", "nowhere.json", "a.json"})
            .err.starts_with(
                "session-verify: error: --baseline nowhere.json: nowhere.json: open: No such file"));
}

TEST_CASE("records carry what a machine needs") {
  const VerifyTree tree;
  tree.put("a.json", "{\"a\":1}x");
  const std::vector<json> records = tree.records({"--hash", "a.json"});
  const json& item = records[0];
  CHECK(item["type"] == "item");
  CHECK(item["path"] == "a.json");
  CHECK(item["verdict"] == "damaged");
  CHECK(item["fails"] == true);
  CHECK(item["bytes"] == 8);
  CHECK(item["hash"].get<std::string>().size() == 71);
  REQUIRE(item["findings"].size() == 1);
  CHECK(item["findings"][0]["severity"] == "error");
  CHECK(item["findings"][0]["offset"] == 7);
  CHECK(item["findings"][0]["line"] == 1);
  CHECK(item["findings"][0]["column"] == 8);
  const json& summary = records[1];
  CHECK(summary["files"] == 1);
  CHECK(summary["damaged"] == 1);
  CHECK(summary["exit"] == 4);
  CHECK(summary["repair_command"] == "session-repair a.json");
}

TEST_CASE("every kind is explained, with nothing to do the tool says so") {
  const VerifyTree tree;
  CHECK(tree.verify({"--explain", "splice"}).out.starts_with("splice (error): "));
  CHECK(tree.verify({"--explain", "all"}).status == 0);
  CHECK(tree.verify({"--explain", "spliec"}).err.find("did you mean 'splice'?") != std::string::npos);
  const ProcessResult nothing = tree.verify({});
  CHECK(nothing.status == 16);
  CHECK(nothing.err.starts_with("session-verify: error: nothing to verify: "));
  const ProcessResult empty = tree.verify({"."});
  CHECK(empty.status == 0);
  CHECK(empty.err == "session-verify: warning: no session files were found\n");
}

TEST_CASE("the stores of a configuration are verified when nothing is named") {
  const VerifyTree tree;
  tree.put("core-config.yaml",
           "sessions:\n  stores:\n    - name: main\n      path: data\n      layout: synapse\n");
  tree.put("data/a.json", synapse_session("a"));
  tree.put("data/b.json", synapse_session("b").substr(0, 40));
  const ProcessResult result = tree.verify({});
  CHECK(result.status == 4);
  CHECK(result.out.find("/data/b.json:1:41: error: torn-tail") != std::string::npos);
}

TEST_CASE("the command that repairs has the configuration that was named") {
  const VerifyTree tree;
  tree.put("own config.yaml", "sessions: {ttlHours: 7}\n");
  tree.put("torn.json", "{\"a\":");
  CHECK(tree.verify({"--config", "own config.yaml", "torn.json"})
            .out.ends_with("to repair: session-repair --config 'own config.yaml' torn.json\n"));
}

TEST_CASE("repair is asked for what it can do something about, and the rest is told apart") {
  const VerifyTree tree;
  tree.put("torn.json", "{\"a\":");
  tree.put("husk.json", "[]");
  tree.put("lacking.json", R"({"uuid":"lacking"})");
  const ProcessResult result = tree.verify({"--layout", "synapse", "torn.json", "husk.json", "lacking.json"});
  CHECK(result.status == 4);
  CHECK(result.out.ends_with(
      "3 damaged\n"
      "to repair: session-repair --layout synapse torn.json\n"
      "session-repair leaves 2 damaged files alone whose text is whole "
      "(--rebuild-header may help some): restore a backup, or see --explain for each kind\n"));
  const json summary = tree.records({"--layout", "synapse", "lacking.json"}).back();
  CHECK(summary["beyond_repair"] == 1);
  CHECK(summary["fix_options"] == json{"--rebuild-header"});
  CHECK_FALSE(summary.contains("repair_command"));
  const ProcessResult husk = tree.verify({"--layout", "synapse", "husk.json"});
  CHECK(husk.out.ends_with("alone whose text is whole: restore a backup, or see --explain for each kind\n"));
  const std::string fixture = session::test::source_file("tests/damage/unpaired-result/claude-code");
  const json unpaired = tree.records({"--level", "links", "--layout", "claude-code", fixture}).back();
  CHECK(unpaired["fix_options"] == json{"--fix-links"});
}

// A program with a sanitizer is linked to every library it may need, and loads all of them when it starts.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("files are judged without loading simdjson, but for UTF-8 on a processor without AVX2") {
  const VerifyTree tree;
  tree.put("plain.json", R"({"a":"of a length that is no multiple of 64"})");
  tree.put("accent.json", "{\"a\":\"caf\xC3\xA9\"}");
  tree.put("cut.json", R"({"a":"whole","b":"cut)");
  // The dynamic linker tells what the program opens itself.
  const auto loaded = [&](std::vector<std::string> command) {
    command[0] = session::test::tool_path(command[0]);
    command.insert(command.begin(), {"env", "LD_DEBUG=files"});
    return run_process(command).err.find("libsimdjson") != std::string::npos;
  };
  CHECK_FALSE(loaded({"session-verify", tree / "plain.json"}));
#if defined(__x86_64__)
  CHECK(loaded({"session-verify", tree / "accent.json"}) == (__builtin_cpu_supports("avx2") == 0));
#endif
  // The second judge of a repair.
  CHECK(loaded({"session-repair", tree / "cut.json"}));
}
#endif

TEST_CASE("what its owner refuses is damage, also where it is a warning elsewhere") {
  const VerifyTree tree;
  tree.put("s/telegram_1.json",
           miniclaw_session("1", R"({"role":"robot","content":"x","timestamp":"2026-01-01T00:00:00Z"})"));
  const ProcessResult result = tree.verify({"--layout", "miniclaw", "s"});
  CHECK(result.status == 4);
  CHECK(result.out.find(
            ": error: bad-value: a field's value breaks its rule: /messages/0/role; the layout's owner "
            "refuses the whole file for it (byte ") != std::string::npos);
  CHECK(result.out.find("to repair") == std::string::npos);
  const json item = tree.records({"--layout", "miniclaw", "s"})[0];
  CHECK(item["verdict"] == "damaged");
  CHECK(item["findings"][0]["severity"] == "error");
}

TEST_CASE("hundreds of directories are judged with room for twenty open files") {
  const VerifyTree tree;
  std::string deep = "s/";
  for (int i = 0; i < 100; ++i) tree.put((deep += "d/") + "c.json", "{}");
  for (int i = 0; i < 300; ++i) {
    for (const char* name : {"/a.json", "/b.json"}) tree.put("s/" + std::to_string(i) + name, "{}");
  }
  tree.put("s/7/b.json", "{");
  // Both limits, so that it cannot be raised; and the soft one alone, which can.
  for (const char* limit : {"ulimit -n 20", "ulimit -S -n 20"}) {
    CAPTURE(limit);
    const std::string command = std::string(limit) + "; exec \"$0\" -j8 --format ndjson \"$1\"";
    const ProcessResult result =
        run_process({"sh", "-c", command, session::test::tool_path("session-verify"), tree / "s"});
    CHECK(result.err == "");
    CHECK(result.status == 4);
    const json summary = json::parse(result.out.substr(result.out.rfind('\n', result.out.size() - 2) + 1));
    CHECK(summary["files"] == 700);
    CHECK(summary["damaged"] == 1);
    CHECK(summary["unreadable"] == 0);
  }
}

TEST_CASE("where the system allows no more threads the files are judged all the same") {
  const VerifyTree tree;
  for (int i = 0; i < 100; ++i) {
    const std::string name = "s/" + std::to_string(i) + ".json";
    tree.put(name, i % 10 == 0 ? "{" : "{}");
    fs::permissions(tree / name, fs::perms::all);
  }
  std::vector<std::string> words = {session::test::tool_path("session-verify"), "--jobs", "4", tree / "s"};
  ProcessOptions as_user;
  // At the end of a program LeakSanitizer wants a process to look for leaks with.
  as_user.environment["ASAN_OPTIONS"] = "detect_leaks=0";
  as_user.environment["HOME"] = tree / "";
  // The limit counts for everybody but root.
  if (::geteuid() == 0) {
    as_user.user = 65'534;
    fs::permissions(tree / "", fs::perms::all);
  }
  const ProcessResult usual = run_process(words, as_user);
  words.insert(words.begin(), {"prlimit", "--nproc=0"});
  const ProcessResult limited = run_process(words, as_user);
  CHECK(usual.status == 4);
  CHECK(limited.status == 4);
  CHECK(limited.out == usual.out);
  CHECK(limited.err == usual.err);
}

TEST_CASE("a configuration that was found and cannot be used does not keep named files from being judged") {
  const VerifyTree tree;
  tree.put("core-config.yaml", "");
  tree.put("a.json", "{");
  const ProcessResult result = tree.verify({"a.json"});
  CHECK(result.status == 12);
  CHECK(result.out.starts_with("a.json:1:2: error: torn-tail"));
  CHECK(result.err.find("core-config.yaml: ") != std::string::npos);
  CHECK(result.err.find("hint: going on with the built-in values") != std::string::npos);
  // Named, or needed to know what to do: nothing is attempted.
  CHECK(tree.verify({"--config", "core-config.yaml", "a.json"}).status == 16);
  ProcessOptions by_variable;
  by_variable.environment["SESSION_CONFIG"] = tree / "core-config.yaml";
  CHECK(tree.verify({"a.json"}, by_variable).status == 16);
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{},
                                                    {"--stats", "."},
                                                    {"--write-baseline", "b", "a.json"},
                                                    {"--show-config"}}) {
    const ProcessResult refused = tree.verify(arguments);
    CHECK(refused.status == 16);
    CHECK(refused.out == "");
  }
}
