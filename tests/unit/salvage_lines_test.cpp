// What is made of JSON Lines in which the halves of different records meet: nothing is made of two of them.

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "session/repair.h"
#include "support/repair_case.h"

using namespace session;
using namespace session::test;
using namespace std::string_literals;

namespace {

void check_lines(ByteView input, ByteView expected, const char* layout = nullptr) {
  check_repair(input, expected, Format::json_lines, layout);
}

const std::string k_user =
    R"({"parentUuid":null,"sessionId":"s","type":"user","message":{"role":"user","content":"hi"},)"
    R"("uuid":"cccc","timestamp":"2025-01-01T00:00:01Z"})";
const std::string k_summary = R"({"type":"summary","summary":"hello world","leafUuid":"u3"})";
const std::string k_result =
    R"({"type":"user","message":{"role":"user","content":"hi"},"uuid":"aaaa","toolUseResult":)"
    R"({"stdout":"abc","stderr":""},"timestamp":"2025-01-01T00:00:01Z"})";

}  // namespace

TEST_CASE("a record of another kind behind a cut one stays as it is") {
  check_lines(R"({"type":"summary","summary":"hello wo)" + k_user + "\n", k_user + "\n", "claude-code");
  // What is left of that one its owner could not use.
  check_lines(R"({"type":"user","message":{"role":"user","content":"hi"},"uuid":"aaaa",)"
              R"("toolUseResult":{"stdout":"abc","st)" +
                  k_user + "\n",
              k_user + "\n", "claude-code");
  const std::string behind = "{\"b\":\"z\",\"a\":2,\"c\":4}\n";
  check_lines("{\"b\":\"x\",\"a\":1,\"d\":9,{\"b\":\"y\",\"a\":2,\"c\":3}\n" + behind,
              "{\"b\":\"x\",\"a\":1,\"d\":9}\n{\"b\":\"y\",\"a\":2,\"c\":3}\n" + behind);
  check_lines("{\"b\":\"x\",\"a\":1,\"d\":\"of {\\\"q\\\":1{\"q\":\"y\",\"r\":2}\n" + behind,
              "{\"b\":\"x\",\"a\":1}\n{\"q\":\"y\",\"r\":2}\n" + behind);
}

TEST_CASE("wherever a record was cut, the whole one behind it stays if its kind is known") {
  const std::vector<std::string> kinds = {k_user, k_summary, k_result};
  for (const char* const layout : {"claude-code", static_cast<const char*>(nullptr)}) {
    for (const std::string& cut : kinds) {
      for (const std::string& whole : kinds) {
        for (std::size_t length = 1; length < cut.size(); ++length) {
          const std::string input =
              k_user + "\n" + k_summary + "\n" + k_result + "\n" + cut.substr(0, length) + whole + "\n";
          CAPTURE(input);
          const RepairPlan planned = plan_of(input, Format::json_lines, layout);
          CHECK(planned.status == RepairStatus::repaired);
          CHECK(planned.content.ends_with("\n" + whole + "\n"));
          test::check_account(planned, input);
        }
      }
    }
  }
}

TEST_CASE("the header of a file behind a cut message is no part of that message") {
  const std::string header =
      R"({"sessionId":"abcd","projectHash":"h","startTime":"2025-01-01T00:00:00Z","kind":"main"})";
  const std::string message =
      R"({"id":"m1","timestamp":"2025-01-01T00:00:01Z","type":"user","content":[{"text":"hello"}]})";
  for (std::size_t length = 1; length < message.size(); ++length) {
    const std::string input =
        header + "\n" + message + "\n" + message.substr(0, length) + header + "\n" + message + "\n";
    CAPTURE(input);
    const RepairPlan planned = plan_of(input, Format::json_lines, "gemini-cli");
    CHECK(planned.content.starts_with(header + "\n" + message + "\n"));
    CHECK(planned.content.ends_with("\n" + header + "\n" + message + "\n"));
  }
}

TEST_CASE("an object that ends a cut record is a part of it") {
  const std::string whole =
      R"({"type":"message","id":"1","message":{"role":"user","content":[{"type":"text","text":"a"}]}})";
  const std::string before = whole + "\n";
  for (std::size_t missing = 1; missing <= 3; ++missing) {
    check_lines(before + whole.substr(0, whole.size() - missing) + "\n" + before, before + before + before);
  }
  check_lines("{\"a\":1,\"m\":{\"x\":1,\"y\":2,\"z\":3}\n{\"a\":2}\n",
              "{\"a\":1,\"m\":{\"x\":1,\"y\":2,\"z\":3}}\n{\"a\":2}\n");
  // A comma is missing too.
  check_lines(
      before +
          R"({"type":"message","id":"1","message":{"content":[{"type":"text","text":"a"}{"type":"text","text":"b"})" +
          "\n",
      before +
          R"({"type":"message","id":"1","message":{"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}})" +
          "\n");
}

TEST_CASE("halves of records of two writers that took turns are not joined crosswise") {
  const std::string first = R"({"p":"2ef18b06-253a","s":"0b66ce5a-b890-9ae6","v":"1)";
  const std::string other = R"({"p":"3fe0dea4-cc69","s":"0b66ce5a-)";
  const std::string lines = first + other + ".0.3\",\"t\":\"aa\",\"m\":{\"x\":\"yyyy\"}}\n" +
                            "b890-9ae6\",\"v\":\"1.0.3\",\"t\":\"bb\",\"m\":{\"x\":\"zzzz\"}}\n";
  const std::string healthy = R"({"p":"1","s":"2","v":"3","t":"4","m":{"x":"5"}})"
                              "\n";
  check_lines(healthy + lines, healthy);
  check_lines(lines + healthy, healthy);
  CHECK(plan_of(lines, Format::json_lines).content.empty());
  // Cut within a key, of which no other record has the halves that meet.
  check_lines(healthy + R"({"p":"1","s{"p":"2","t":"3"})" + "\n" + R"(":"4","t":"5"})" + "\n" + healthy,
              healthy + R"({"p":"1","s":"4","t":"5"})" + "\n" + R"({"p":"2","t":"3"})" + "\n" + healthy);
  check_lines(healthy + R"({"p":"1","s{"p":"2","t":"3"})" + "\n" + R"(x":"4","t":"5"})" + "\n" + healthy,
              healthy + healthy);
  // The beginning of one and the end of the other have a key twice already.
  check_lines(healthy + R"({"p":"1","s":"tw{"p":"2","s":"x","t":"yo","t":"4","v":"5"})" + "\n" + healthy,
              healthy + R"({"p":"1"})" + "\n" + healthy);
  check_lines(
      healthy + R"({"p":"1","s":"tw{"p":"2","s":"x","t":"yo","t":"4"})" + "\n" + R"(y"})" + "\n" + healthy,
      healthy + healthy);
}

TEST_CASE("a record into which another one was written is joined if that gives no key twice") {
  const std::string begin = R"({"p":"1","s":"tw)";
  const std::string end = R"(o","t":"4"})"
                          "\n";
  const std::string inner = R"({"p":"2","s":"x","t":"y"})";
  check_lines(begin + inner + end, R"({"p":"1","s":"two","t":"4"})"
                                   "\n" +
                                       inner + "\n");
  check_lines(begin + inner + "\n" + end, R"({"p":"1","s":"two","t":"4"})"
                                          "\n" +
                                              inner + "\n");
  // One of another kind too.
  const std::string kind = R"({"q":"2","r":[1]})";
  check_lines(begin + kind + "\n" + end, R"({"p":"1","s":"two","t":"4"})"
                                         "\n" +
                                             kind + "\n");
  check_lines(begin + inner + "\n" +
                  R"(o","p":"4"})"
                  "\n" +
                  inner + "\n",
              R"({"p":"1"})"
              "\n" +
                  inner + "\n" + inner + "\n");
}

TEST_CASE("what is left of a record without its beginning is no record") {
  const std::string header =
      R"({"sessionId":"abcd","projectHash":"h","startTime":"2025-01-01T00:00:00Z","kind":"main"})"
      "\n";
  const std::string message =
      R"({"id":"m1","timestamp":"2025-01-01T00:00:01Z","type":"user","content":[{"text":"hello"}]})"
      "\n";
  const std::string nuls(512, '\0');
  const std::string text = R"( [1,2], C:\\dir a code(); ok"}],"tokens":{"input":1}})"
                           "\n";
  CHECK(plan_of(nuls + text, Format::json_lines, "gemini-cli").content.empty());
  check_lines(header + nuls + text + message, header + message, "gemini-cli");
  check_lines(header + text + message, header + message, "gemini-cli");
  check_lines(header + nuls +
                  R"({"subject":"x"},{"subject":"y"}],"tokens":{"input":1}})"
                  "\n" +
                  message,
              header + message, "gemini-cli");
  check_lines(message + text + message, message + message);
  // Nor what follows a whole one.
  const std::string whole = message.substr(0, message.size() - 1);
  check_lines(message + whole + text + message, message + message + message);
  check_lines(message + whole +
                  R"(go(); ok"}],"calls":[{"a":1},{"b":2}]})"
                  "\n" +
                  message,
              message + message + message);
  // A record that begins behind the NULs, or behind what is left, stays.
  check_lines(header + nuls + message + message, header + message + message, "gemini-cli");
  check_lines(header + R"(lo"}],"tokens":{"input":1}})" + message + message, header + message + message,
              "gemini-cli");
  check_lines(header + nuls + whole.substr(0, whole.size() - 1) + "\n" + message, header + message + message,
              "gemini-cli");
}

TEST_CASE("a line break that parted a record is no part of the value it stands in") {
  const std::string other = R"({"type":"assistant","uuid":"0b66ce5a-b890","text":"one two"})" + "\n"s;
  const std::string record =
      R"({"type":"assistant","uuid":"2ef18b06-253a","n":[-12.5e3,true,"a\u00e9\\"],"at":"2026-01-01T00:00:00Z"})";
  for (std::size_t at = 1; at < record.size(); ++at) {
    const std::string input = other + record.substr(0, at) + "\n" + record.substr(at) + "\n" + other;
    // Right behind or before a quote it may be a blank of the text.
    const bool is_at_quote = record[at - 1] == '"' || record[at] == '"';
    CAPTURE(input);
    const RepairPlan planned = plan_of(input, Format::json_lines);
    test::check_account(planned, input);
    CHECK((is_at_quote || planned.content == other + record + "\n" + other));
  }
  const auto check_split = [&](const std::string& parted, const std::string& whole, bool lossless) {
    const std::string input = other + parted + "\n" + other;
    check_lines(input, other + whole + "\n" + other);
    CHECK(plan_of(input, Format::json_lines).loss.lossless == lossless);
  };
  check_split("{\"type\":\"a\nssistant\"}", R"({"type":"assistant"})", false);
  check_split("{\"ty\r\npe\":\"user\"}", R"({"type":"user"})", true);
  check_split("{\"type\":\n\"user\"\n}", R"({"type":"user"})", true);
  // A key that is a sentence may have had the line break in it.
  check_split("{\"which one?\nthis\":1}", R"({"which one?this":1})", false);
  // Words that stand nearby, on both sides.
  check_split("{\"text\":\"one\ntwo\"}", R"({"text":"one\ntwo"})", true);
  check_split("{\"text\":\"one\ntwo\",\"is\":\"onetwo\"}", R"({"text":"one\ntwo","is":"onetwo"})", false);
  check_split("{\"text\":\"it is an assi\nstant\"}", R"({"text":"it is an assistant"})", false);
  // Digits that stand nearby are no words.
  check_split("{\"at\":\"2026-01-02T03:04:2\n9.050Z\",\"n\":[2,9]}",
              R"({"at":"2026-01-02T03:04:29.050Z","n":[2,9]})", false);
  // Nothing tells; and a writer that does not escape them.
  check_split("{\"text\":\"it is a long\nlist\"}", R"({"text":"it is a long\nlist"})", false);
  check_split("{\"text\":\"it is:\nthis\"}", R"({"text":"it is:\nthis"})", false);
  check_split("{\"text\":\"it is \nthis\"}", R"({"text":"it is \nthis"})", false);
  check_split("{\"text\":\"it is this\n\"}", R"({"text":"it is this\n"})", false);
  // Several may be lines that were wrapped, unless one of them is empty.
  check_split("{\"text\":\"a\nb\nc\n\"}", R"({"text":"a\nb\nc\n"})", false);
  check_split("{\"text\":\"a:\n\nb\nc\"}", R"({"text":"a:\n\nb\nc"})", true);
  check_split("{\"text\":\"a:\r\n\r\nb\"}", R"({"text":"a:\r\n\r\nb"})", true);
  // One in a key, and one that is text.
  check_split("{\"ty\npe\":\"one\ntwo\",\"n\":1}", R"({"type":"one\ntwo","n":1})", true);
  check_split("{\"ty\npe\":\"it is:\nthis\",\"n\n\":1}", R"({"type":"it is:\nthis","n":1})", false);
  // In a document one is always what its writer forgot to escape.
  check_repair("{\"role\":\"a\nssistant\",\"as\":\"assistant\"}",
               R"({"role":"a\nssistant","as":"assistant"})");
}

TEST_CASE("a bare text in which bytes went bad goes alone") {
  check_lines("\"one\"\n\"t\x96wo\"\n\"three\"\n", "\"one\"\n\"three\"\n");
}

TEST_CASE("a child of a record that was cut behind it is no record, where records are trees") {
  const std::string leaf = R"({"id":"l","name":"leaf","children":[]})"
                           "\n";
  const std::string tree =
      R"({"id":"a","name":"one","children":[{"id":"b","name":"two","children":[)"
      R"({"id":"c","name":"three","children":[]},{"id":"d","name":"four","children":[]})";
  const std::size_t sibling = tree.find(R"({"id":"d")");
  const std::string first = tree.substr(0, sibling - 1);
  // In a file of one record, and among others that have children, or have none.
  for (const std::string& others : {std::string(), leaf, leaf + tree + "]}]}\n"}) {
    check_lines(others + tree + "\n" + others, others + tree + "]}]}\n" + others);
    check_lines(others + first + "\n" + others, others + first + "]}]}\n" + others);
  }
  const std::string reply = R"({"id":1,"text":"one","reply":{"id":2,"text":"two","reply":null})";
  check_lines(reply + "\n", reply + "}\n");
  check_lines(reply + "}\n" + reply + "\n" + reply + "}\n", reply + "}\n" + reply + "}\n" + reply + "}\n");
  // Nor is one on a line of its own, where a line break parted the record.
  check_lines(leaf + tree.substr(0, sibling) + "\n" + tree.substr(sibling) + "]}]}\n" + leaf,
              leaf + tree + "]}]}\n" + leaf);
  // Where such a key holds something else it is the next record.
  const std::string flat = R"({"id":1,"tags":["a"],"meta":{"n":1}})"
                           "\n";
  for (const char* const cut : {R"({"id":1,"tags":[)", R"({"id":1,"tags":["a"],"meta":)"}) {
    const RepairPlan planned = plan_of(flat + cut + flat + flat, Format::json_lines);
    CHECK(planned.content.ends_with("}\n" + flat + flat));
  }
}

TEST_CASE("a row behind another that was cut is a row, and no element or half of that") {
  const std::string row = "[454, 261, 633, 59, 53]\n";
  const std::string other = "[163, 831, 135, 979, 945]\n";
  for (std::size_t length = 2; length + 2 < row.size(); ++length) {
    const std::string cut = row.substr(0, length);
    CAPTURE(cut);
    const RepairPlan planned = plan_of(row + cut + other + row, Format::json_lines);
    CHECK(planned.content.starts_with(row));
    CHECK(planned.content.ends_with("]\n" + other + row));
  }
  check_lines(row + "[454, 261, 6" + row + other, row + "[454, 261]\n" + row + other);
  // Where rows hold arrays it may be one of them.
  const std::string deep = "[1, [2, 3, 4]]\n";
  check_lines(deep + "[5, [6, 7]\n" + deep, deep + "[5, [6, 7]]\n" + deep);
}

TEST_CASE("a row of arrays behind another that was cut is no half of it") {
  const std::string row = "[454, 261, 633, 59, 53]\n";
  const std::string other = "[163, 831, 135, 979, 945]\n";
  const RepairPlan planned = plan_of(row + "[454, 2" + row + other, Format::json_lines);
  CHECK(planned.content.starts_with(row));
  CHECK(planned.content.ends_with(other));
}

TEST_CASE("halves of records of two writers that took turns are joined where they fit in one way only") {
  const std::string one = R"({"t":"a1","level":"info","text":"one two","n":17,"m":{"x":[1,2]}})";
  const std::string other = R"({"t":"b2","level":"warn","text":"three","n":23,"m":{"x":[3,4]}})";
  const std::string healthy = R"({"t":"c","level":"info","text":"four","n":5,"m":{"x":[6]}})"
                              "\n";
  std::size_t joined = 0;
  for (std::size_t first = 2; first < one.size(); ++first) {
    for (std::size_t second = 2; second < other.size(); ++second) {
      const std::string lines = one.substr(0, first) + other.substr(0, second) + one.substr(first) + "\n" +
                                other.substr(second) + "\n";
      CAPTURE(lines);
      const RepairPlan planned = plan_of(healthy + lines + healthy, Format::json_lines);
      REQUIRE(planned.content.starts_with(healthy));
      REQUIRE(planned.content.ends_with(healthy));
      if (planned.content == healthy + one + "\n" + other + "\n" + healthy) {
        ++joined;
        CHECK_FALSE(planned.loss.lossless);
      }
    }
  }
  CHECK(joined == 2206);
  const auto parted = [&](std::string_view at, std::string_view behind) {
    const std::size_t first = one.find(at);
    const std::size_t second = other.find(behind);
    return healthy + one.substr(0, first) + other.substr(0, second) + one.substr(first) + "\n" +
           other.substr(second) + "\n" + healthy;
  };
  check_lines(parted(R"(,"level")", "rn"), healthy + one + "\n" + other + "\n" + healthy);
  check_lines(parted("vel", R"("n")"), healthy + one + "\n" + other + "\n" + healthy);
  // Within two texts nothing tells where one ends, nor within two numbers.
  check_lines(parted("1\"", "ree"), healthy + healthy);
  check_lines(parted("7,", "3,"), healthy + healthy);
}
