#include "session/session_table.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <thread>

using namespace session;

namespace {

std::vector<std::string> unsaved_ids(const SessionTable& table) {
  std::vector<std::string> ids;
  for (const auto& version : table.snapshot().unsaved) ids.push_back(version->id);
  std::sort(ids.begin(), ids.end());
  return ids;
}

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("what is put is there, and is unsaved until it is marked") {
  SessionTable table;
  table.put("a", share("1"));
  table.put("b", share("2"));
  table.put_saved("c", share("3"));
  CHECK(*table.get("a") == "1");
  CHECK(*table.get("c") == "3");
  CHECK(table.get("d") == nullptr);
  CHECK(unsaved_ids(table) == Ids{"a", "b"});
  table.mark_saved(table.snapshot().unsaved);
  CHECK(unsaved_ids(table).empty());
  CHECK(*table.get("a") == "1");
}

TEST_CASE("a snapshot shares the contents") {
  SessionTable table;
  const SharedBytes content = share(std::string(100, 'x'));
  table.put("a", content);
  CHECK(table.snapshot().unsaved.front()->content == content);
}

TEST_CASE("a snapshot of many is whole, whatever is put and marked meanwhile") {
  SessionTable table;
  constexpr int k_sessions = 5'000;
  for (int i = 0; i < k_sessions; ++i) table.put("s" + std::to_string(i), share("1"));
  std::atomic<bool> done = false;
  std::jthread marker([&] {
    // Those that are put anew and marked move others about in the table.
    while (!done) {
      table.put("busy", share("1"));
      table.put_saved("busy", share("2"));
    }
  });
  for (int round = 0; round < 20; ++round) {
    Ids ids = unsaved_ids(table);
    const auto repeated = std::ranges::unique(ids);
    ids.erase(repeated.begin(), repeated.end());
    std::erase(ids, "busy");
    CHECK(ids.size() == k_sessions);
  }
  done = true;
}

TEST_CASE("a session that changed while it was saved stays unsaved") {
  SessionTable table;
  table.put("a", share("1"));
  const auto snapshot = table.snapshot();
  table.put("a", share("2"));
  CHECK(*snapshot.unsaved.front()->content == "1");
  table.mark_saved(snapshot.unsaved);
  CHECK(unsaved_ids(table) == Ids{"a"});
  // Even when the content is the same again.
  table.put("b", share("1"));
  const auto second = table.snapshot();
  table.put("b", share("1"));
  table.mark_saved(second.unsaved);
  CHECK(unsaved_ids(table) == Ids{"b"});
}

TEST_CASE("marks go in any order") {
  SessionTable table;
  for (const char* id : {"a", "b", "c", "d"}) table.put(id, share(id));
  const auto all = table.snapshot().unsaved;
  table.mark_saved(std::span(all).subspan(1, 2));
  CHECK(unsaved_ids(table) == Ids{"a", "d"});
  table.put("c", share("new"));
  table.mark_saved(std::span(all).first(1));
  CHECK(unsaved_ids(table) == Ids{"c", "d"});
}

TEST_CASE("a removal is unsaved too, and forgotten once it is done") {
  SessionTable table;
  table.put_saved("a", share("1"));
  CHECK(table.remove("a"));
  CHECK_FALSE(table.remove("a"));
  CHECK_FALSE(table.remove("b"));
  CHECK(table.get("a") == nullptr);
  const auto snapshot = table.snapshot();
  REQUIRE(snapshot.unsaved.size() == 1);
  CHECK(snapshot.unsaved.front()->content == nullptr);
  CHECK(table.counts().sessions == 0);
  table.mark_saved(snapshot.unsaved);
  CHECK(unsaved_ids(table).empty());
}

TEST_CASE("a session put anew while its removal is under way is kept") {
  SessionTable table;
  table.put_saved("a", share("1"));
  table.remove("a");
  const auto snapshot = table.snapshot();
  table.put("a", share("2"));
  table.mark_saved(snapshot.unsaved);
  CHECK(*table.get("a") == "2");
  CHECK(unsaved_ids(table) == Ids{"a"});
}

TEST_CASE("a conditional put sees whether the content is still the same object") {
  SessionTable table;
  table.put("a", share("1"));
  const SharedBytes first = table.get("a");
  CHECK(table.put_if("a", first, share("2")));
  CHECK_FALSE(table.put_if("a", first, share("3")));
  CHECK_FALSE(table.put_if("b", first, share("3")));
  CHECK(*table.get("a") == "2");
}

TEST_CASE("counts follow every change") {
  SessionTable table;
  table.put("a", share("123"));
  table.put("b", share("1"));
  table.put("a", share("12"));
  CHECK(table.counts().sessions == 2);
  CHECK(table.counts().bytes == 3);
  CHECK(table.counts().unsaved == 2);
  table.remove("a");
  CHECK(table.counts().sessions == 1);
  CHECK(table.counts().bytes == 1);
  table.mark_saved(table.snapshot().unsaved);
  CHECK(table.counts().unsaved == 0);
  table.mark_all_unsaved();
  CHECK(unsaved_ids(table) == Ids{"b"});
}

TEST_CASE("writers, readers and a saver do not disturb each other") {
  SessionTable table;
  constexpr int k_writers = 4, k_puts = 2'000;
  std::atomic<bool> stop = false;
  std::jthread saver([&] {
    while (!stop) table.mark_saved(table.snapshot().unsaved);
  });
  std::jthread reader([&] {
    while (!stop) {
      const SharedBytes content = table.get("w0-1");
      if (content) CHECK(content->starts_with("w0"));
    }
  });
  {
    std::vector<std::jthread> writers;
    for (int w = 0; w < k_writers; ++w) {
      writers.emplace_back([&, w] {
        const std::string name = "w" + std::to_string(w);
        for (int i = 0; i < k_puts; ++i) {
          const std::string id = name + "-" + std::to_string(i % 50);
          if (i % 10 == 9) {
            table.remove(id);
          } else {
            table.put(id, share(name + std::to_string(i)));
          }
        }
      });
    }
  }
  stop = true;
  saver.join();
  reader.join();
  table.mark_saved(table.snapshot().unsaved);
  CHECK(table.counts().unsaved == 0);
  // Of every 50 ids those at 9, 19, 29, 39, 49 were removed last.
  CHECK(table.counts().sessions == k_writers * 45);
}
