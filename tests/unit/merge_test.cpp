// Merging versions of one session that the user gives: what is taken, where it goes, and what is refused.

#include <doctest/doctest.h>

#include <string>

#include "session/repair.h"

using namespace session;

namespace {

RepairPlan plan(ByteView bytes, ByteView copy, const char* layout) {
  RepairOptions options;
  options.layout = find_layout(layout);
  options.format = options.layout->format;
  const Candidate given{"copy", [copy] { return Bytes(copy); }, Candidate::Origin::given};
  return plan_repair(bytes, {&given, 1}, options);
}

void check_merge(ByteView bytes, ByteView copy, ByteView expected, std::uint64_t taken,
                 const char* layout = "jsonl") {
  CAPTURE(bytes);
  const RepairPlan planned = plan(bytes, copy, layout);
  CHECK(planned.status == RepairStatus::repaired);
  CHECK(planned.content == expected);
  REQUIRE(planned.given.size() == 1);
  CHECK(planned.given[0].refused.empty());
  CHECK(planned.given[0].records_taken == taken);
  CHECK(planned.content.size() ==
        bytes.size() - planned.loss.bytes_dropped + planned.loss.bytes_inserted + planned.loss.bytes_taken);
  // A file that parses is not merged again.
  CHECK(plan(planned.content, copy, layout).status == RepairStatus::healthy);
}

const std::string k_a = "{\"n\":\"a\"}\n", k_b = "{\"n\":\"b\"}\n", k_c = "{\"n\":\"c\"}\n",
                  k_d = "{\"n\":\"d\"}\n";
const std::string k_torn = "{\"n\":\"to";

}  // namespace

TEST_CASE("records of a copy go behind those they followed") {
  check_merge(k_a + k_c + k_torn, k_a + k_b + k_c, k_a + k_b + k_c, 1);
  check_merge(k_b + k_torn, k_a + k_b, k_a + k_b, 1);
  check_merge(k_a + k_torn, k_a + k_b + k_c, k_a + k_b + k_c, 2);
  // The copy is older: what only the damaged file has comes later.
  check_merge(k_a + k_d + k_torn, k_a + k_b + k_c, k_a + k_b + k_c + k_d, 2);
  check_merge(k_a + k_torn, k_a, k_a, 0);
  // Without its last newline, and torn itself.
  check_merge(k_a + k_torn, k_a + "{\"n\":\"b\"}", k_a + k_b, 1);
  check_merge(k_a + k_torn, k_a + k_b + "{\"n\":", k_a + k_b, 1);
}

TEST_CASE("a record that stands there twice is two records") {
  check_merge(k_a + k_a + k_torn, k_a + k_b + k_a + k_a, k_a + k_b + k_a + k_a, 2);
}

TEST_CASE("by id: of two that differ the damaged file's stays") {
  const auto record = [](const std::string& id, const std::string& text) {
    return "{\"uuid\":\"" + id + "\",\"text\":\"" + text + "\"}\n";
  };
  check_merge(record("1", "new") + record("3", "x") + k_torn, record("1", "old") + record("2", "y"),
              record("1", "new") + record("2", "y") + record("3", "x"), 1, "claude-code");
}

TEST_CASE("messages of a document, and what is missing at its top") {
  const std::string time = R"("timestamp":"2026-01-01T00:00:00Z"})";
  const auto message = [&](const std::string& text) {
    return R"({"role":"user","content":")" + text + R"(",)" + time;
  };
  const std::string top =
      R"({"session_id":"t_1","channel":"t","chat_id":"1","created_at":"2026-01-01T00:00:00Z",)"
      R"("last_accessed":"2026-01-02T00:00:00Z","messages":[)";
  // The block of the second message is lost, and the copy does not have the last.
  const std::string lost(60, '\0');
  check_merge(top + message("1") + "," + message("2").substr(0, 5) + lost + "," + message("3") + "]}",
              top + message("1") + "," + message("2") + "]}",
              top + message("1") + "," + message("2") + "," + message("3") + "]}", 1, "miniclaw");
  // However the copy is written; and its fields, where they were lost with the beginning.
  const std::string headless = R"(er","content":"x",)" + time + "," + message("3") + "]}";
  const RepairPlan planned = plan(headless, top + message("1") + ", " + message("3") + "]}", "miniclaw");
  CHECK(planned.status == RepairStatus::repaired);
  CHECK(planned.after.verdict == Verdict::ok);
  CHECK(planned.given[0].records_taken == 6);
}

TEST_CASE("what is no version of the session is refused") {
  const RepairPlan other = plan(k_a + k_torn, k_b + k_c, "jsonl");
  REQUIRE(other.given.size() == 1);
  CHECK(other.given[0].refused == "it has no record in common with this one");
  CHECK(other.content == k_a);
  const std::string mine = R"({"session_id":"t_1","messages":[{"role":"u)";
  const RepairPlan foreign = plan(mine, R"({"session_id":"t_2","messages":[]})", "miniclaw");
  REQUIRE(foreign.given.size() == 1);
  CHECK(foreign.given[0].refused == "its id is another");
}
