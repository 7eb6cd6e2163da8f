// What session-clean must never remove by its name, its kind, its neighbours or the rules of its store, each
// on a real tree.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "session/names.h"
#include "support/clean_store.h"

using namespace session::test;

TEST_CASE("names that are no sessions stay, whatever they hold") {
  const CleanStore store;
  const std::string old = synapse_session("x", k_old);
  for (const auto* name : {"_active-agent.json", "_x.json", ".hidden.json", ".gitkeep", "notes.txt",
                           "x.jsonl", "x.JSON", "json", "x.json~", "x.json.old", "#x.json#", "x.json.bak",
                           "x.json.corrupted", "x.json.lock", "x.json.deleted.1767225600"}) {
    store.put(name, old);
  }
  std::filesystem::create_directory(store / "manifest");
  std::filesystem::create_directory(store / "dir.json");
  const std::string before = store.names();
  const ProcessResult result = store.clean({"--ttl", "1h"});
  CHECK(result.status == 0);
  CHECK(store.names() == before);
}

TEST_CASE("foreign documents stay, even where undatable ones go by mtime") {
  const CleanStore store;
  store.put("package.json", R"({"name":"p","timestamp":"2020-01-01T00:00:00Z","updatedAt":1577836800})");
  store.put("empty-object.json", "{}");
  store.put("empty-array.json", "[]");
  store.put("number.json", "42");
  for (const auto* name : {"package.json", "empty-object.json", "empty-array.json", "number.json"}) {
    store.age(name, 24 * 400);
  }
  CHECK(kept(store, {"--on-undatable", "mtime"}) == reasons({{"foreign", 4}}));
}

TEST_CASE("in a directory of unknown layout everything is foreign") {
  const CleanStore store("somewhere");
  store.put("package.json", R"({"name":"p","timestamp":"2020-01-01T00:00:00Z"})");
  store.put("data.json", R"({"last_activity":"2020-01-01T00:00:00Z"})");
  CHECK(kept(store) == reasons({{"foreign", 2}}));
}

TEST_CASE("symlinks are neither followed nor removed") {
  const CleanStore store;
  write_file(store.root() / "outside.json", synapse_session("outside", k_old));
  std::filesystem::create_symlink(store.root() / "outside.json", store / "link.json");
  std::filesystem::create_symlink("loop.json", store / "loop.json");
  std::filesystem::create_symlink("missing", store / "dangling.json");
  std::filesystem::create_directory_symlink(store.root().path(), store / "dir.json");
  CHECK(kept(store) == reasons({{"not-regular", 4}}));
  CHECK(std::filesystem::exists(store.root() / "outside.json"));
}

TEST_CASE("FIFOs, sockets and directories stay, and a FIFO never blocks") {
  const CleanStore store;
  REQUIRE(mkfifo((store / "fifo.json").c_str(), 0600) == 0);
  std::filesystem::create_directory(store / "dir.json");
  write_file(store / "dir.json/x.json", synapse_session("x", k_old));
  const int socket_descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::string("s.json").copy(address.sun_path, sizeof(address.sun_path) - 1);
  const auto here = std::filesystem::current_path();
  std::filesystem::current_path(store.path());
  CHECK(bind(socket_descriptor, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
  std::filesystem::current_path(here);
  CHECK(kept(store) == reasons({{"not-regular", 3}}));
  CHECK(std::filesystem::exists(store / "dir.json/x.json"));
  CHECK(store.run({store / "fifo.json"}).status == 0);
  close(socket_descriptor);
}

TEST_CASE("one name of a hard-linked session goes, the other keeps the content") {
  const CleanStore store;
  store.put_session("a", k_old);
  std::filesystem::create_hard_link(store / "a.json", store.root() / "elsewhere");
  CHECK(store.clean().status == 0);
  CHECK(store.names() == "");
  CHECK(read_file(store.root() / "elsewhere") == synapse_session("a", k_old));
}

TEST_CASE("keepNewest and maxDelete hold") {
  const CleanStore store;
  for (int day = 1; day <= 5; ++day) {
    store.put_session("s" + std::to_string(day), "2026-01-0" + std::to_string(day) + "T00:00:00Z");
  }
  const std::string all = store.names();
  SUBCASE("more than N") {
    const ProcessResult result = store.clean({"--max-delete", "4"});
    CHECK(result.status == 8);
    CHECK(store.names() == all);
    CHECK(result.err.find("5 of 5 sessions are stale, more than maxDelete allows; none was removed") !=
          std::string::npos);
    CHECK(result.err.find("hint: ") != std::string::npos);
  }
  SUBCASE("more than P per cent") {
    store.put_session("fresh", k_fresh);
    CHECK(store.clean({"--max-delete", "83%"}).status == 8);
    CHECK(store.names() == "fresh.json " + all);
    CHECK(store.clean({"--max-delete", "84%"}).status == 0);
    CHECK(store.names() == "fresh.json");
  }
  SUBCASE("the newest") {
    CHECK(store.clean({"--keep-newest", "2", "--max-delete", "3"}).status == 0);
    CHECK(store.names() == "s4.json s5.json");
  }
}

TEST_CASE("a recently repaired session stays") {
  const CleanStore store;
  store.put_session("a", k_old);
  const auto as_of = *session::parse_date_time(k_as_of);
  const auto backup = [&](std::chrono::hours before) {
    return session::make_artifact_name(session::ArtifactKind::backup, "a.json", as_of - before, 1, 0);
  };
  store.put(backup(std::chrono::hours{23}), "{");
  CHECK(kept(store) == reasons({{"recently-repaired", 1}}));
  std::filesystem::remove(store / backup(std::chrono::hours{23}));
  store.put(backup(std::chrono::hours{25}), "{");
  CHECK(store.clean().status == 0);
  CHECK(store.names() == backup(std::chrono::hours{25}));
}

TEST_CASE("a session somebody is writing stays") {
  const CleanStore store;
  store.put_session("a", k_old);
  SUBCASE("its temporary belongs to a living process") {
    store.put("a.json.tmp." + std::to_string(getpid()), "{");
    CHECK(kept(store) == reasons({{"in-use", 1}}));
  }
  SUBCASE("the file is locked") {
    const int descriptor = open((store / "a.json").c_str(), O_RDWR | O_CLOEXEC);
    REQUIRE(flock(descriptor, LOCK_EX) == 0);
    const ProcessResult result = store.clean();
    CHECK(result.status == 0);
    CHECK(store.names() == "a.json");
    close(descriptor);
    CHECK(store.clean().status == 0);
    CHECK(store.names() == "");
  }
}

TEST_CASE("orphan temporaries go only when old, without a writer, and not needed") {
  const CleanStore store;
  // Temporaries age by the clock, so the session must be fresh by it.
  const std::string now = session::format_rfc3339(session::now());
  store.put_session("a", now);
  store.put("torn.json", "{");
  store.put("husk.json", "{}");
  const std::vector<std::string> removable = {"a.json.tmp.4194304",
                                              "a.json.tmp.4194304.1",
                                              "a.json.tmp",
                                              "a.json.tmp-4194304",
                                              ".a.json.0123456789abcdef.tmp",
                                              ".a.json.new_1767225600000_x.tmp",
                                              "a.tmp",
                                              ".oc-a.json.4194304.1767225600000.tmp",
                                              "a.json.4194304.0b8f3b1e-9d2c-4a57-8f5e-1c2d3e4f5a6b.tmp",
                                              "a.json.tmp.1767225600000.x9.json",
                                              "a.json.repair-4194304-1767225600000.tmp",
                                              ".a.json.bak_1767225600000_x.tmp"};
  const std::vector<std::string> needed = {"torn.json.tmp.4194304", "husk.json.tmp.4194304",
                                           "gone.json.tmp.4194304", ".tmp-4194304-1767225600000000000"};
  for (const auto* names : {&removable, &needed}) {
    for (const std::string& name : *names) store.put(name, synapse_session("a", now));
  }
  const std::string all = store.names();
  CHECK(store.clean({"--as-of", now}).status == 0);
  CHECK(store.names() == all);

  for (const auto* names : {&removable, &needed}) {
    for (const std::string& name : *names) store.age(name, 2);
  }
  store.put("a.json.tmp." + std::to_string(getpid()), "{");
  store.age("a.json.tmp." + std::to_string(getpid()), 2);
  const ProcessResult result = store.clean({"--as-of", now, "--ttl", "0", "--format", "json"});
  CHECK(result.status == 0);
  CHECK(summary_of(result)["temps_removed"] == removable.size());
  CHECK(summary_of(result)["recovery_candidates"] == needed.size());
  for (const std::string& name : removable) {
    CAPTURE(name);
    CHECK_FALSE(std::filesystem::exists(store / name));
  }
  for (const std::string& name : needed) {
    CAPTURE(name);
    CHECK(std::filesystem::exists(store / name));
  }
  CHECK(std::filesystem::exists(store / ("a.json.tmp." + std::to_string(getpid()))));
}

TEST_CASE("odd names are names like others") {
  const CleanStore store;
  for (const std::string& stem : {std::string("new\nline"), std::string("bad\xff\xfeutf8"), std::string("  "),
                                  std::string("-n"), std::string("*"), std::string("a b'\"$(x)"),
                                  std::string("\xe2\x80\xae"
                                              "rtl")}) {
    store.put(stem + ".json", synapse_session("x", k_old));
  }
  CHECK(store.clean({"--format", "ndjson"}).status == 0);
  CHECK(store.names() == "");
}

TEST_CASE("a name of 255 bytes goes too") {
  const CleanStore store;
  store.put(std::string(250, 'x') + ".json", synapse_session("x", k_old));
  CHECK(store.clean().status == 0);
  CHECK(store.names() == "");
}

TEST_CASE("of a long file only as much is read as the decision needs, and all of it before it goes") {
  const CleanStore store;
  const std::string padding = R"(,"pad":")" + std::string(200'000, 'x') + '"';
  const std::string stamp = R"(,"last_activity":")";
  store.put_session("fresh-head", k_fresh, padding);
  store.put_session("fresh-end", k_old, padding + stamp + k_fresh + '"');
  store.put_session("stale", k_old, padding);
  store.put_session("stale-end", k_old, padding + stamp + k_old + '"');
  store.put("torn.json", synapse_session("torn", k_old, padding).substr(0, 150'000));
  store.put("bad-end.json", synapse_session("bad-end", k_old, padding + ",") + "x");
  CHECK(store.clean().status == 0);
  CHECK(store.names() == "bad-end.json fresh-end.json fresh-head.json torn.json");

  const CleanStore transcripts("transcripts");
  const auto record = [](const std::string& time) {
    return R"({"timestamp":")" + time + R"(","text":")" + std::string(500, 'y') + "\"}\n";
  };
  std::string old;
  for (int i = 0; i < 400; ++i) old += record(k_old);
  transcripts.put("fresh-end.jsonl", old + record(k_fresh));
  transcripts.put("fresh-middle.jsonl", old + record(k_fresh) + old);
  transcripts.put("stale.jsonl", old + old);
  transcripts.put("torn.jsonl", old + R"({"timestamp":")");
  CHECK(transcripts.clean().status == 0);
  CHECK(transcripts.names() == "fresh-end.jsonl fresh-middle.jsonl torn.jsonl");
}

TEST_CASE("claims of a cleaner that died are finished or put back") {
  const CleanStore store;
  const auto claim = [](const std::string& name) {
    return session::make_artifact_name(session::ArtifactKind::claim, name, session::now(), 4'194'304, 0);
  };
  store.put(claim("stale.json"), synapse_session("stale", k_old));
  store.put(claim("fresh.json"), synapse_session("fresh", k_fresh));
  store.put(claim("torn.json"), "{");
  const std::string before = store.names();
  const ProcessResult planned = store.clean({"--dry-run", "--format", "json"});
  CHECK(store.names() == before);
  CHECK(summary_of(planned)["removed"] == 1);
  CHECK(summary_of(planned)["put_back"] == 2);
  const ProcessResult done = store.clean({"--format", "json"});
  CHECK(done.status == 0);
  CHECK(summary_of(done)["removed"] == 1);
  CHECK(summary_of(done)["put_back"] == 2);
  CHECK(store.names() == "fresh.json torn.json");
  CHECK(read_file(store / "fresh.json") == synapse_session("fresh", k_fresh));
}

TEST_CASE("a claim whose place is taken by a newer file is kept and named") {
  const CleanStore store;
  const auto claim =
      session::make_artifact_name(session::ArtifactKind::claim, "a.json", session::now(), 4'194'304, 0);
  store.put(claim, synapse_session("a", k_fresh));
  store.put_session("a", k_fresh, R"(,"v":2)");
  const ProcessResult result = store.clean();
  CHECK(result.status == 0);
  CHECK(result.err.find(claim) != std::string::npos);
  CHECK(store.names() == "a.json " + claim);
}

TEST_CASE("a store that another cleaner holds is left after the timeout") {
  const CleanStore store;
  store.put_session("a", k_old);
  store.put(".lock", "");
  const int descriptor = open((store / ".lock").c_str(), O_RDWR | O_CLOEXEC);
  REQUIRE(flock(descriptor, LOCK_EX) == 0);
  const ProcessResult result = store.clean({"--lock-timeout", "20ms"});
  CHECK(result.status == 8);
  CHECK(result.err.find("another session-clean or session-repair") != std::string::npos);
  CHECK(store.names() == "a.json");
  close(descriptor);
}

TEST_CASE("unreadable files stay and are named, the others are still cleaned") {
  if (geteuid() != 0) {
    MESSAGE("skipped: only root can run a test as somebody else");
    return;
  }
  const CleanStore store;
  constexpr uid_t k_nobody = 65534;
  store.put_session("a", k_old);
  store.put_session("secret", k_old);
  std::filesystem::permissions(store / "secret.json", std::filesystem::perms::none);
  for (const std::string& path :
       {store.root().path(), store.root() / ".synapse", store.path(), store / "a.json"}) {
    REQUIRE(chown(path.c_str(), k_nobody, k_nobody) == 0);
  }
  const ProcessResult result = store.run({store.path()}, {.user = k_nobody});
  CHECK(result.status == 8);
  CHECK(result.err.find(store / "secret.json") != std::string::npos);
  CHECK(store.names() == "secret.json");

  store.put_session("b", k_old);
  REQUIRE(chown(store.path().c_str(), 0, 0) == 0);
  std::filesystem::permissions(store.path(), std::filesystem::perms(0755));
  const ProcessResult denied = store.run({store.path()}, {.user = k_nobody});
  CHECK(denied.status == 8);
  CHECK(store.names() == "b.json secret.json");
}
