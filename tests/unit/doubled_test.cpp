// A write that was done twice, and the seams of blocks from another version at which the same stands twice.

#include "repair/salvage/doubled.h"

#include <string>

#include "support/repair_case.h"

using namespace session;
using namespace std::string_literals;
using test::check_repair;
using test::plan_of;

namespace {

const std::string k_first = R"({"id":"0f3a-1","text":"one two three","n":1})";
const std::string k_second = R"({"id":"0f3a-2","text":"four, five","n":2})";
const std::string k_document = R"({"title":"t","list":[)" + k_first + "," + k_second + R"(],"end":true})";

/// `whole` with `length` bytes at `at` written a second time.
std::string doubled(const std::string& whole, std::size_t at, std::size_t length) {
  return whole.substr(0, at + length) + whole.substr(at);
}

/// An entry of a map in which each holds an object that begins as the entry does.
std::string entry(const std::string& id) {
  return '"' + id + R"(":{"id":")" + id + R"(","message":{"id":")" + id +
         R"(","role":"user"},"parent":null})";
}

}  // namespace

TEST_CASE("a piece of a document that was written twice stands in the result once, wherever it is") {
  constexpr std::size_t k_length = 31;
  std::size_t changed = 0;
  // Right behind the first byte a document may begin that lost that byte.
  for (std::size_t at = 2; at + k_length < k_document.size(); ++at) {
    const std::string input = doubled(k_document, at, k_length);
    CAPTURE(input);
    const RepairPlan planned = plan_of(input);
    if (planned.status == RepairStatus::healthy) continue;  // within a string, or whole items
    ++changed;
    CHECK(planned.content == k_document);
    CHECK(planned.lost_bytes() == k_length);
    test::check_account(planned, input);
  }
  CHECK(changed > 60);
}

TEST_CASE("so does a piece of a record, and the lines around it stay as they are") {
  const std::string input = k_first + "\n" + doubled(k_second, 4, 18) + "\n" + k_first + "\n";
  check_repair(input, k_first + "\n" + k_second + "\n" + k_first + "\n", Format::json_lines);
  CHECK(plan_of(input, Format::json_lines).strategy == "drop-doubled");
}

TEST_CASE("what stands twice and is whole, or stands three times, is not taken for a second writing") {
  const std::string twice = "[" + k_first + "," + k_first + "]";
  CHECK(plan_of(twice).status == RepairStatus::healthy);
  const std::string piece = R"(,"a":{"bcdefgh":)";
  const std::string text = R"({"x":1)" + piece + piece + piece + "1}}}}";
  CHECK(repair::find_doubled(text).empty());
  // An object in another that begins as it does is no second writing of that.
  const std::string nested = R"({"text":"abc","n":)" + std::string(R"({"text":"abc","n":1})");
  check_repair(nested, nested + "}");
}

TEST_CASE("a block from a version in which all stands further on: what its end repeats goes") {
  const std::string head = R"({"map":{)" + entry("a000000001") + "," + entry("a000000002") + ",";
  const std::string last = R"("a000000003":{"id":"a000000003","message":)";
  const std::string rest = R"({"id":"a000000003","role":"user"},"parent":null}}})";
  const std::string repeated = R"(:{"id":"a000000003","message":)";
  check_repair(head + last + repeated + rest + "\0\0\0\0\0\0\0\0"s, head + last + rest);
}

TEST_CASE("an entry of a map keeps its members, also where they begin as it does") {
  std::string map = R"({"title":"t","map":{)";
  for (const char* const id : {"a1", "b2", "c3", "d4"}) map += entry(id) + (id[0] == 'd' ? "" : ",");
  const std::string end = R"(},"last":"d4"})";
  // The closer of the last entry is missing: nobody knows what that makes of the member behind it.
  const RepairPlan planned = plan_of(map.substr(0, map.size() - 1) + end);
  CHECK(planned.status == RepairStatus::repaired);
  CHECK(planned.content.starts_with(map.substr(0, map.size() - 1)));
  // A closer is missing in the middle, and what comes are entries again.
  const std::string middle = R"({"map":{)" + entry("a1") + "," + entry("b2") + "," + entry("c3") + ",";
  std::string cut = entry("d4");
  cut.pop_back();
  const std::string more = "," + entry("e5") + "," + entry("f6") + "," + entry("g7") + "}}";
  check_repair(middle + cut + more, middle + entry("d4") + more);
}

TEST_CASE("the same at the seam of a block, within a key, and with a loss before it") {
  // Something is lost at the first seam, and the text that the second one repeats begins within a token.
  const std::string head = R"([{"role":"user","n":1},{"role":"us)";
  const std::string call = R"(,{"name":"read_file","inpu)";
  const std::string rest = R"(ad_file","input":{"path":"a"}},{"role":"user","text":"the rest of it","n":2}])";
  check_repair(head + R"(r","n":0})" + call + rest,
               R"([{"role":"user","n":1},{"role":"usr","n":0},{"name":"read_file","input":{"path":"a"}},)"
               R"({"role":"user","text":"the rest of it","n":2}])");
}

TEST_CASE("objects that hold objects like them are not written twice where they are only cut") {
  const std::string tree = R"({"v":0,"children":[{"children":[{"v":1}]}]})";
  for (std::size_t cut = 1; cut < 5; ++cut) {
    const std::string input = tree.substr(0, tree.size() - cut);
    CAPTURE(input);
    CHECK(plan_of(input).content == tree);
  }
  // Nor where two keys end alike, so that what stands twice may begin within them.
  const std::string alike = R"({"left":{"left":null,"right":{"left":null,"right":null}})";
  check_repair(alike, alike + "}");
}

TEST_CASE("a write within numbers that was done twice keeps no half of one") {
  const std::string rows = R"({"rows":[[12.5,31.25,70.5,37.5,0.375],[104.75,75.5,0.75,48.25,21.125]],"n":1})";
  std::size_t changed = 0;
  for (std::size_t at = 10; at + 25 + 12 < rows.size(); ++at) {
    const std::string input = doubled(rows, at, 25);
    CAPTURE(input);
    const RepairPlan planned = plan_of(input);
    if (planned.status == RepairStatus::healthy) continue;  // as many items more
    ++changed;
    CHECK(planned.content == rows);
    CHECK_FALSE(planned.loss.lossless);
  }
  CHECK(changed > 8);
  const std::string spaced = R"({"rows":[[12.5, 31.25, 70.5, 37.5, 0.375, 104.75]],"n":1})";
  check_repair(R"({"rows":[[12.5, 31.25, 70.5, 37 31.25, 70.5, 37.5, 0.375, 104.75]],"n":1})", spaced);
}

TEST_CASE("a write of several records that was done twice stands in the result once") {
  const std::string third = R"({"id":"0f3a-3","text":"six","n":3})";
  const std::string lines = k_first + "\n" + k_second + "\n" + third + "\n";
  const std::size_t at = k_first.size() - 9;
  const std::string input = doubled(lines, at, k_second.size() + 25);
  check_repair(input, lines, Format::json_lines);
  // A record that was cut before one like it is none of it.
  check_repair(third + "\n" + third.substr(0, third.size() - 1) + "\n" + third + "\n",
               third + "\n" + R"({"id":"0f3a-3","text":"six"})" + "\n" + third + "\n", Format::json_lines);
}

TEST_CASE("rows that repeat are not taken for one write done twice, whatever is wrong with one of them") {
  const std::string a = R"({"k":1,"v":"same words","ok":true})" + "\n"s;
  const std::string b = R"({"k":2,"v":"other words","ok":false})" + "\n"s;
  const std::string rows = b + a + a;
  // Without the last two and what is left of it all is whole, as it is with the comma.
  check_repair(rows + rows + b + R"({"k":1"v":"same words","ok":true})" + "\n" + a + rows,
               rows + rows + b + a + a + rows, Format::json_lines);
  // Glued, and without its beginning.
  check_repair(rows + b.substr(0, b.size() - 1) + a + a + rows, rows + rows + rows, Format::json_lines);
  const std::string tick = R"({"event":"tick","value":1,"host":"a1"})" + "\n"s;
  check_repair(tick + tick + tick.substr(1) + tick, tick + tick + tick, Format::json_lines);
  // Of two that stand there once each.
  check_repair(b + a + R"({"k":2"v":"other words","ok":false})" + "\n" + a, b + a + b + a,
               Format::json_lines);
}

TEST_CASE("what is left of a record that was cut was not written twice where others begin like it") {
  const auto record = [](const std::string& text) {
    return R"({"type":"message","from":"agent","text":")" + text + "\"}\n";
  };
  const std::string stub = R"({"type":"message","from":"agent","te)";
  const std::string cut = R"({"type":"message","from":"agent"})"
                          "\n";
  for (const char* const end : {"", "\n"}) {
    check_repair(record("one") + stub + end + record("two") + record("three"),
                 record("one") + cut + record("two") + record("three"), Format::json_lines);
  }
  // Where no other does it was begun anew.
  const std::string other = R"({"type":"note","n":1})"
                            "\n";
  check_repair(other + stub + record("two") + other, other + record("two") + other, Format::json_lines);
}

TEST_CASE("a document that a second writing ended too early goes on behind it") {
  const std::string document = R"({"title":"t","list":[{"id":"0f3a-1","n":1},{"id":"0f3a-2","n":[1]}]})";
  const std::string whole =
      R"({"all":)" + document.substr(0, document.size() - 1) + R"(,"end":["0f3a-3"]},"z":2})";
  check_repair(doubled(whole, whole.find("a-2") + 1, 21), whole);
}
