// Documents in which one byte went wrong: what is made of them, and that it never costs much.

#include "repair/mend/one_byte.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <vector>

#include "json/scanner.h"
#include "session/repair.h"
#include "support/repair_case.h"

using namespace session;
using namespace session::test;

namespace {

/// Each scalar of a document, as written, with its key.
struct Leaves : json::SilentSink {
  static constexpr bool k_wants_text = true;
  std::multiset<std::string> all;
  std::string key;
  void on_key(const json::Token& token) { key = token.text; }
  void on_scalar(json::Scalar, const json::Token& token) { all.insert(key + '=' + std::string(token.text)); }
};

std::multiset<std::string> leaves_of(ByteView text) {
  Leaves leaves;
  json::Scanner<Leaves> scanner(leaves);
  scanner.feed(text.data(), text.data() + text.size(), 0);
  scanner.finish(text.size());
  return leaves.all;
}

std::size_t count_kept(const std::multiset<std::string>& before, const std::multiset<std::string>& after) {
  std::vector<std::string> kept;
  std::ranges::set_intersection(before, after, std::back_inserter(kept));
  return kept.size();
}

const std::array<std::string, 4> k_documents = {
    R"({"id":"s-1","messages":[{"role":"user","content":"one","ts":11},{"role":"assistant","content":"two","ts":12},)"
    R"({"role":"user","content":"three","ts":13},{"role":"assistant","content":"four","ts":14}],"tokens":55})",
    "{\n  \"name\": \"x\",\n  \"list\": [\n    {\n      \"id\": 1,\n      \"at\": \"a\"\n    },\n    {\n"
    "      \"id\": 2,\n      \"at\": \"b\"\n    },\n    {\n      \"id\": 3,\n      \"at\": \"c\"\n    }\n  "
    "],\n"
    "  \"more\": {\n    \"done\": true,\n    \"last\": null\n  }\n}\n",
    R"({"rows": [["a", "b"], ["c", "d"], ["e", "f"], ["g", "h"]], "cols": {"x": "p", "y": "q"}, "end": "r"})",
    R"({"u1":{"name":"n1","tags":["a","b"]},"u2":{"name":"n2","tags":["c","d"]},"u3":{"name":"n3","tags":["e","f"]}})"};

}  // namespace

TEST_CASE("a mark too many, in place of another or missing costs nothing where one reading makes sense") {
  check_repair(R"({"a":{"b":{"c":1}:"d":{"e":2}},"f":[1,2,3]})",
               R"({"a":{"b":{"c":1},"d":{"e":2}},"f":[1,2,3]})");
  check_repair(R"({"a":{"b"}:{"c":1},"d":2},"e":3})", R"({"a":{"b":{"c":1},"d":2},"e":3})");
  check_repair(R"([[1,2,3],[4,5,6],,7,8,9],[1,2,3]])", R"([[1,2,3],[4,5,6],[7,8,9],[1,2,3]])");
  check_repair(R"({"rows":[["a",1],["b",2] [, ["c",3]],"n":"x"})",
               R"({"rows":[["a",1],["b",2] , ["c",3]],"n":"x"})");
  check_repair(R"({"k0":[0,1,2],"k1":[1,2,3,,"k2":[2,3,4]})", R"({"k0":[0,1,2],"k1":[1,2,3],"k2":[2,3,4]})");
  check_repair(R"(["alpha","beta"]"gamma","delta"])", R"(["alpha","beta","gamma","delta"])");
  check_repair(R"(}{"a":[1,2],"b":"x"})", R"({"a":[1,2],"b":"x"})");
  check_repair(R"(["a":1])", R"(["a",1])");
}

TEST_CASE("equal elements without the comma between them are two") {
  check_repair(R"([{"a":1,"b":2}{"a":1,"b":2}])", R"([{"a":1,"b":2},{"a":1,"b":2}])");
  check_repair(R"(["same text here""same text here"])", R"(["same text here","same text here"])");
}

TEST_CASE("of a value in which the byte may lie nothing stays, and nothing else goes") {
  check_repair(R"({"a":1,"b":{"c":]2,"d":4},"e":5})", R"({"a":1,"b":{"d":4},"e":5})");
  check_repair(R"([1,2:3,4])", R"([1,4])");
  check_repair(R"([1,2],3,4])", R"([1,3,4])");
  check_repair(R"({"a":["x","he"llo","y"],"b":1})", R"({"a":["x","y"],"b":1})");
}

TEST_CASE("a key that lost its quote goes with a small value and names a large one") {
  check_repair(R"({"a":"x",b":"y","c":"z","d":[1,2]})", R"({"a":"x","c":"z","d":[1,2]})");
  check_repair(R"({"name":"t",values":[1,2,3,4,5,6,7,8,9],"unit":"ms"})",
               R"({"name":"t","values":[1,2,3,4,5,6,7,8,9],"unit":"ms"})");
  check_repair(R"({"name":"t","values:[1,2,3,4,5,6,7,8,9],"unit":"ms"})",
               R"({"name":"t","values":[1,2,3,4,5,6,7,8,9],"unit":"ms"})");
  // One that other objects have, and punctuation in the place of the quote, leave no doubt.
  check_repair(R"([{"id":1,"at":"a"},{"id":2,at":"b"}])", R"([{"id":1,"at":"a"},{"id":2,"at":"b"}])");
  check_repair(R"({"a":"x",{b":"y","c":"z","d":[1,2]})", R"({"a":"x","b":"y","c":"z","d":[1,2]})");
}

TEST_CASE("what follows a whole document is more of it only where a closer too many ended that") {
  check_repair(R"({"a":"x","b":"y"},"c":3})", R"({"a":"x","b":"y","c":3})");
  check_repair(R"([{"a":1}]{"a":2},{"a":3}])", R"([{"a":1}])");
}

TEST_CASE("no mark that is put in or doubled costs half of a document, and no value is made up") {
  constexpr ByteView k_marks = "{}[]:,";
  for (const std::string& document : k_documents) {
    const std::multiset<std::string> before = leaves_of(document);
    std::size_t at = 0;
    const auto check = [&](const std::string& damaged) {
      CAPTURE(damaged);
      const RepairPlan planned = plan_of(damaged);
      if (planned.status == RepairStatus::healthy) return;
      REQUIRE(planned.status == RepairStatus::repaired);
      const std::multiset<std::string> after = leaves_of(planned.content);
      CHECK(2 * count_kept(before, after) >= before.size());
    };
    for (; at < document.size(); ++at) {
      // What stands in a string is part of it.
      if (document[at] != '{' && document[at] != '[' && document[at] != ',') continue;
      for (const char mark : k_marks) check(std::string(document).insert(at + 1, 1, mark));
      for (const char mark : k_marks) check(std::string(document).replace(at, 1, 1, mark));
    }
  }
}

TEST_CASE("every change of one byte that makes a text whole is found, and no other") {
  const auto found = [](ByteView text) {
    std::vector<std::string> all;
    for (const repair::ByteChange& change : repair::find_byte_changes(text).all) {
      std::string whole(text);
      using How = repair::ByteChange::How;
      if (change.how == How::removed) whole.erase(change.at, 1);
      if (change.how == How::replaced) whole[change.at] = change.byte;
      if (change.how == How::inserted) whole.insert(change.at, 1, change.byte);
      CHECK(parses_strictly(whole, Format::json));
      all.push_back(whole);
    }
    std::ranges::sort(all);
    return all;
  };
  CHECK(found(R"({"a"::1})") == std::vector<std::string>{R"({"a":1})"});
  CHECK(found(R"([1:2])") == std::vector<std::string>{"[112]"});
  CHECK(found(R"(["a"}"b"])") == std::vector<std::string>{R"(["a","b"])"});
  CHECK(found(R"({"a":1})").empty());
  CHECK(found(R"({"a":[1,2)").empty());
  CHECK(found(R"({"a"::1,,})").empty());
}
