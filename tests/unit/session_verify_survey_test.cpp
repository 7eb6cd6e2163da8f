// session-verify --detect and --stats: the process, its output and its exit status.

#include <doctest/doctest.h>

#include <chrono>
#include <ctime>

#include "support/verify_tree.h"

using nlohmann::json;
using session::test::miniclaw_session;
using session::test::ProcessResult;
using session::test::VerifyTree;

namespace {

std::string utc(std::chrono::hours ago) {
  const std::time_t time = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now() - ago);
  char text[32];
  std::strftime(text, sizeof text, "%FT%TZ", std::gmtime(&time));
  return text;
}

std::string synapse(const std::string& id, std::chrono::hours ago) {
  return session::test::synapse_session(id, utc(ago));
}

/// Of a histogram: the counts alone.
std::vector<int> counts_of(const json& ranges) {
  std::vector<int> counts;
  for (const json& range : ranges) counts.push_back(range["files"]);
  return counts;
}

}  // namespace

TEST_CASE("a store where its layout lives is that layout, with high confidence") {
  const VerifyTree tree;
  tree.put_old("p/.synapse/sessions/a.json", synapse("a", std::chrono::hours(1)));
  tree.put_old("p/.synapse/sessions/b.json", synapse("b", std::chrono::hours(1)));
  const json item = tree.item({"--detect", "p/.synapse/sessions"});
  CHECK(item["layout"] == "synapse");
  CHECK(item["confidence"] == "high");
  CHECK(item["files"] == 2);
  const json& first = item["candidates"][0];
  CHECK(first["place"] == true);
  CHECK(first["named"] == 2);
  CHECK(first["looked_at"] == 2);
  CHECK(first["fitting"] == 2);
  CHECK(first["fields_found"] == first["fields_known"]);
  CHECK(first["why"].size() >= 3);
}

TEST_CASE("where a layout lives it is likely, even if no file is as it should be") {
  const VerifyTree tree;
  tree.put_old("p/.synapse/sessions/a.json", R"({"uuid":"a"})");
  const json item = tree.item({"--detect", "p/.synapse/sessions"});
  CHECK(item["layout"] == "synapse");
  CHECK(item["confidence"] == "medium");
  CHECK(item["candidates"][0]["fitting"] == 0);
}

TEST_CASE("elsewhere the content tells, in one file as in a directory, damaged files tell nothing") {
  const VerifyTree tree;
  tree.put_old("backup/telegram_1.json", miniclaw_session("1"));
  tree.put_old("backup/telegram_2.json", miniclaw_session("2"));
  tree.put_old("backup/telegram_3.json", miniclaw_session("3").substr(0, 50));
  const json directory = tree.item({"--detect", "backup"});
  CHECK(directory["layout"] == "miniclaw");
  CHECK(directory["candidates"][0]["named"] == 3);
  CHECK(directory["candidates"][0]["looked_at"] == 2);
  CHECK(tree.item({"--detect", "backup/telegram_1.json"})["layout"] == "miniclaw");

  tree.put_old("rollouts/2026/rollout-2026-01-01T00-00-00-1.jsonl",
               R"({"timestamp":"2026-01-01T00:00:00.000Z","type":"session_meta","payload":{"id":"x"}})"
               "\n");
  const json rollouts = tree.item({"--detect", "rollouts"});
  CHECK(rollouts["layout"] == "codex");
  CHECK(rollouts["confidence"] == "high");
}

TEST_CASE("what no layout explains has none, and nothing is an error") {
  const VerifyTree tree;
  tree.put_old("notes/a.txt", "hello");
  tree.put_old("notes/b.ini", "[a]");
  const json item = tree.item({"--detect", "notes"});
  CHECK(item["layout"].is_null());
  CHECK(item["candidates"].empty());
  const ProcessResult text = tree.verify({"--detect", "notes"});
  CHECK(text.out == "notes: no known layout; files seen: 2\n");
  CHECK(tree.verify({"--detect", "nowhere"}).status == 8);
}

TEST_CASE("statistics count sessions, sizes, ages, damage, and what the next clean-up would remove") {
  const VerifyTree tree;
  const std::string old = synapse("b", std::chrono::hours(24 * 20));
  tree.put_old("p/.synapse/sessions/a.json", synapse("a", std::chrono::hours(2)));
  tree.put_old("p/.synapse/sessions/b.json", old);
  tree.put_old("p/.synapse/sessions/c.json", synapse("c", std::chrono::hours(24 * 20)).substr(0, 100));
  const json item = tree.item({"--stats", "p/.synapse/sessions"});
  CHECK(item["layout"] == "synapse");
  CHECK(item["files"] == 3);
  CHECK(item["ok"] == 2);
  CHECK(item["damaged"] == 1);
  CHECK(item["findings"]["torn-tail"] == 1);
  CHECK(counts_of(item["sizes"]) == std::vector{3, 0, 0, 0, 0, 0});
  CHECK(counts_of(item["ages"]) == std::vector{0, 1, 0, 1, 0, 0, 0});
  CHECK(item["undated"] == 1);
  CHECK(item["next_clean"]["would_remove"] == 1);
  CHECK(item["next_clean"]["bytes"] == old.size());
  CHECK(item["next_clean"]["ttl_hours"] == 168);
  CHECK(item["next_clean"]["orphan_temps"] == 0);
  CHECK(item["next_clean"]["kept_by_reason"]["damaged"] == 1);

  const ProcessResult text = tree.verify({"--stats", "p/.synapse/sessions"});
  CHECK(text.status == 0);
  CHECK(text.out.starts_with("p/.synapse/sessions: synapse\n  files       3, "));
  CHECK(text.out.find("torn-tail") != std::string::npos);
  CHECK(text.out.find("would remove 1 of ") != std::string::npos);
  // Only told, not done.
  CHECK(tree.item({"--stats", "p/.synapse/sessions"})["files"] == 3);
}

TEST_CASE("a temporary that the next clean-up would remove is counted") {
  const VerifyTree tree;
  tree.put_old("p/.synapse/sessions/a.json", synapse("a", std::chrono::hours(2)));
  tree.put_old("p/.synapse/sessions/a.json.tmp.999999999", synapse("a", std::chrono::hours(3)));
  const json item = tree.item({"--stats", "p/.synapse/sessions"});
  CHECK(item["artifacts"] == 1);
  CHECK(item["next_clean"]["would_remove"] == 0);
  CHECK(item["next_clean"]["orphan_temps"] == 1);
}

TEST_CASE("the page of the statistics tells everything and shows nothing") {
  const VerifyTree tree;
  const std::string store = "<b>\"&'\xE2\x80\xAE/.synapse/sessions";
  tree.put_old(store + "/a.json", synapse("a", std::chrono::hours(2)));
  tree.put_old(store + "/b.json", synapse("b", std::chrono::hours(24 * 20)));
  tree.put_old(store + "/c.json", synapse("secret", std::chrono::hours(2)).substr(0, 100));
  const ProcessResult told = tree.verify({"--stats", "--report", "page.html", store});
  CHECK(told.status == 0);
  CHECK(told.out == tree.verify({"--stats", store}).out);
  const std::string html = session::test::read_file(tree / "page.html");
  const auto has = [&](const std::string& text) { return html.find(text) != std::string::npos; };
  CHECK(has("<h1>Session stores at a glance</h1>"));
  CHECK(has("<h3>&lt;b&gt;&quot;&amp;&#39;\\u{202E}/.synapse/sessions</h3>"));
  CHECK(has("<span class=\"badge bad\">1 damaged</span>"));
  CHECK(has("<title>2 ok, 1 damaged</title>"));
  CHECK(has("<span class=\"badge bad\">torn-tail</span>"));
  CHECK(has(
      "repair: closed behind the last whole value; a message or record that its owner could not load then "
      "goes to the sidecar"));
  CHECK(has("session-repair is for 1 damaged file; its dry run tells what each would be afterwards."));
  CHECK(has("<td class=\"narrow\">under 1.0 KiB</td><td class=\"number\">3</td>"));
  CHECK(has("<td class=\"narrow\">under 30d</td><td class=\"number\">1</td>"));
  CHECK(has("<td class=\"narrow\">unknown</td><td class=\"number\">1</td>"));
  CHECK(has("<p>1 (" + std::to_string(synapse("b", std::chrono::hours(0)).size()) +
            " bytes) of 3 sessions: what nobody used for more than 7d.</p>"));
  CHECK(
      has("<td class=\"narrow\">fresh</td><td class=\"number\">1</td><td>it was active within its TTL</td>"));
  CHECK(has(
      "session-repair --dry-run $&#39;&lt;b&gt;&quot;&amp;\\&#39;\\342\\200\\256/.synapse/sessions&#39;"));
  CHECK(has("session-clean --dry-run $&#39;"));
  CHECK(has("prefers-color-scheme: dark"));
  CHECK_FALSE(has("secret"));
  CHECK_FALSE(has("<b>\""));
  CHECK_FALSE(has("<script"));
  CHECK(html.find("http") == html.find("http-equiv"));
  CHECK(std::filesystem::status(tree / "page.html").permissions() == std::filesystem::perms(0600));
}

TEST_CASE("the page tells of stores that are not there and of those that cannot be looked at") {
  const VerifyTree tree;
  tree.put("core-config.yaml",
           "sessions:\n  stores:\n    - name: main\n      path: data\n      layout: synapse\n");
  CHECK(tree.verify({"--stats", "--report", "page.html"}).status == 0);
  std::string html = session::test::read_file(tree / "page.html");
  CHECK(html.find("<span class=\"badge\">not there</span>") != std::string::npos);
  CHECK(html.find("<p>Nothing: no damage, and nothing is stale.</p>") != std::string::npos);

  CHECK(tree.verify({"--stats", "--report", "page.html", "nowhere"}).status == 8);
  html = session::test::read_file(tree / "page.html");
  CHECK(html.find("<span class=\"badge bad\">not looked at</span>") != std::string::npos);
  CHECK(html.find("<pre>nowhere: open: No such file or directory\n</pre>") != std::string::npos);
}

TEST_CASE("a page is for the statistics, never takes the place of a session, and needs a place") {
  const VerifyTree tree;
  tree.put_old("a.json", "{}");
  CHECK(tree.verify({"--report", "page.html", "."}).status == 16);
  CHECK(tree.verify({"--detect", "--report", "page.html", "."}).status == 16);
  CHECK(tree.verify({"--explain", "splice", "--report", "page.html"}).status == 16);
  CHECK(tree.verify({"--stats", "--report", "a.json", "."}).status == 16);
  const ProcessResult nowhere = tree.verify({"--stats", "--report", "no/where.html", "."});
  CHECK(nowhere.status == 8);
  CHECK(nowhere.out.empty());
  CHECK(session::test::read_file(tree / "a.json") == "{}");
  CHECK_FALSE(std::filesystem::exists(tree / "page.html"));
}

TEST_CASE("modes that exclude each other are refused") {
  const VerifyTree tree;
  tree.put_old("a.json", "{}");
  for (const auto& arguments : std::vector<std::vector<std::string>>{{"--detect", "--stats", "."},
                                                                     {"--stats", "--strict", "."},
                                                                     {"--detect", "--hash", "."},
                                                                     {"--stats", "--format", "sarif", "."},
                                                                     {"--detect", "--layout", "synapse", "."},
                                                                     {"--detect"}}) {
    CHECK(tree.verify(arguments).status == 16);
  }
}

TEST_CASE("a configured store that is not there is told of, and is no failure") {
  const VerifyTree tree;
  tree.put("core-config.yaml",
           "sessions:\n  stores:\n    - name: main\n      path: data\n      layout: synapse\n");
  const ProcessResult text = tree.verify({"--stats"});
  CHECK(text.status == 0);
  CHECK(text.out.ends_with("/data: not there; nothing was ever saved in it, or it was moved\n"));
  const json item = tree.item({"--stats"});
  CHECK(item["missing"] == true);
  CHECK(item["layout"] == "synapse");
  CHECK(tree.verify({"--stats", "data"}).status == 8);
}
