// What is not taken for the value that stood there, though it reads as one: numbers of which digits may be
// gone, ids and times in which bytes went bad.

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "session/repair.h"
#include "support/repair_case.h"

using namespace session;
using namespace session::test;
using namespace std::string_literals;

namespace {

void check_lines(ByteView input, ByteView expected, const char* layout = nullptr) {
  check_repair(input, expected, Format::json_lines, layout);
}

bool is_lossless(ByteView input, Format format = Format::json) {
  return plan_of(input, format).loss.lossless;
}

const std::string k_uuid = "e273bd76-6fa7-41bc-8060-77d49b2d3e2e";

/// A record of Claude Code that answers to `parent` with `content`.
std::string claude_record(const std::string& uuid, const std::string& parent, const std::string& content) {
  return R"({"parentUuid":)" + parent + R"(,"type":"user","message":{"role":"user","content":)" + content +
         R"(},"uuid":")" + uuid + R"(","timestamp":"2026-01-01T00:00:00Z","sessionId":"s"})" + "\n";
}

}  // namespace

TEST_CASE("a number that touches a NUL goes, on whichever side the NUL stands") {
  check_repair("{\"a\":\"x\",\"v\":\0002,\"w\":3}"s, R"({"a":"x","w":3})");
  check_repair("{\"a\":\"x\",\"v\":2\0,\"w\":3}"s, R"({"a":"x","w":3})");
  check_repair("{\"a\":\"x\",\"v\"\0002,\"w\":3}"s, R"({"a":"x","w":3})");
  check_repair("[10,\00020,30]"s, "[10,30]");
  check_repair("[10,"s + std::string(10, '\0') + "20,\"a\",30]", R"([10,"a",30])");
  check_lines("{\"t\":\"a\",\"v\":1}\n{\"t\":\"b\",\"v\":\0002}\n"s,
              "{\"t\":\"a\",\"v\":1}\n{\"t\":\"b\"}\n");
  check_lines("{\"t\":\"a\"}\n\0\0\00042\n7\n"s, "{\"t\":\"a\"}\n7\n");
  // Beside blanks no digit is gone.
  check_repair("{\"v\":\0 2,\"w\":3}"s, "{\"v\": 2,\"w\":3}");
  CHECK(is_lossless("{\"v\":\0 2,\"w\":3}"s));
}

TEST_CASE("NULs that an item has room in are not called lossless") {
  check_repair("[\"a\",\0\0\"b\"]"s, R"(["a","b"])");
  CHECK(is_lossless("[\"a\",\0\"b\"]"s));
  CHECK_FALSE(is_lossless("[\"a\",\0\0\"b\"]"s));
  CHECK_FALSE(is_lossless("[\"a\"\0\0,\"b\"]"s));
  CHECK_FALSE(is_lossless("{\"a\":[\0]}"s));
  CHECK(is_lossless("{\"a\":1,\0\0\0\0\"b\":2}"s));
  CHECK_FALSE(is_lossless("{\"a\":1,\0\0\0\0\0\"b\":2}"s));
  // The value may be that of a member whose key is gone.
  check_repair("{\"a\":\0\0\0\0\0\0 2,\"b\":3}"s, R"({"b":3})");
}

TEST_CASE("a number right behind its key may have lost digits with the colon: that is not called lossless") {
  check_lines("{\"m\":\"a\",\"dur\":1}\n{\"m\":\"b\",\"dur\"594}\n",
              "{\"m\":\"a\",\"dur\":1}\n{\"m\":\"b\",\"dur\":594}\n");
  CHECK_FALSE(is_lossless("{\"m\":\"b\",\"dur\"594}\n", Format::json_lines));
  CHECK_FALSE(is_lossless(R"({"m":"b","dur"-5})"));
  CHECK(is_lossless(R"({"m":"b","dur" 594})"));
  CHECK(is_lossless(R"({"m":"b","dur""x"})"));
}

TEST_CASE("a time or an id with a control character in it goes, whatever names it") {
  check_repair("{\"n\":1,\"x\":\"04f689e8-3eff-46a6\rba27-ff8edb57a495\"}", R"({"n":1})");
  check_repair("{\"n\":1,\"x\":\"2026-01-01T2\x13:19:45.280Z\"}", R"({"n":1})");
  check_repair(
      "{\"n\":1,\"x\":\"2026-01-01\x13"
      "20:19\"}",
      R"({"n":1})");
  check_repair(
      "{\"n\":1,\"x\":\"2026-01\x13"
      "01\"}",
      R"({"n":1})");
  check_repair("[\"a\",\"04f689e8-3eff-46a6\rba27-ff8edb57a495\"]", R"(["a"])");
  for (const std::string key :
       {"id", "chat_id", "tool_use_id", "parentUuid", "sessionID", "user-id", "GUID"}) {
    check_repair("{\"n\":1,\"" + key + "\":\"a\x13\"}", R"({"n":1})");
  }
  for (const std::string key : {"paid", "GRID", "idea", "text"}) {
    check_repair("{\"n\":1,\"" + key + "\":\"a\x13\"}", "{\"n\":1,\"" + key + R"(":"a\u0013"})");
  }
  // Text with a time in it is text.
  check_repair("{\"x\":\"2026-01-01T20:19 at\x13 noon\"}", R"({"x":"2026-01-01T20:19 at\u0013 noon"})");
  check_repair("{\"x\":\"2026-01-01\n2026-01-02\"}", R"({"x":"2026-01-01\n2026-01-02"})");
}

TEST_CASE("an id or a time that lost its closing quote costs nothing behind it") {
  check_repair("{\n  \"id\": \"a,\n  \"n\": 1,\n  \"m\": 2\n}", "{\n  \"n\": 1,\n  \"m\": 2\n}");
}

TEST_CASE("what needs an id or a time that went goes with it") {
  const std::string first = claude_record(k_uuid, "null", R"("hi")");
  const std::string other = "f373bd76-6fa7-41bc-8060-77d49b2d3e2e";
  const auto result = [](const std::string& id) {
    return R"([{"type":"tool_result","tool_use_id":")" + id + R"(","content":"x"}])";
  };
  const std::string parent = "\"" + k_uuid + "\"";
  check_lines(first + claude_record(other, parent, result("too\x13u_1")), first, "claude-code");
  std::string turned = parent;
  turned[10] = '\x13';
  check_lines(first + claude_record(other, turned, R"("x")"), first, "claude-code");
  check_lines("{\"a\":1,\"$set\":{\"lastUpdated\":\"2026-01-01T2\x13:19:45Z\"}}\n{\"a\":2}\n",
              "{\"a\":1,\"$set\":{}}\n{\"a\":2}\n");
  std::string session = k_miniclaw_head + "]}";
  session.replace(session.find(R"("chat_id":"1")"), 13, "\"chat_id\":\"\x13\"");
  const RepairPlan planned = plan_of(session, Format::json, "miniclaw");
  CHECK(planned.content.find("chat_id") == Bytes::npos);
  CHECK(planned.after.verdict == Verdict::damaged);
}

TEST_CASE("a line break in an id or a time parted it, wherever it stands and however often") {
  const auto record = [](const std::string& id, const std::string& time) {
    return R"({"id":")" + id + R"(","time":")" + time + R"(","text":"a b"})" + "\n";
  };
  const std::string whole = record("m 1", "2026-01-01T00:00:00Z");
  check_lines(record("m 1\n", "2026-01-01T00:00:00Z"), whole);
  check_lines(record("m 1", "2026-01-01T00:00:00Z\n"), whole);
  check_lines(record("m 1", "\n2026-01-01T0\n0:00:00Z"), whole);
  check_lines(record("m\n 1", "2026-01-01T0\n0:00:00Z"), whole);
}

TEST_CASE("a version that begins right behind a key is told by its indentation, and no key stands twice") {
  const std::string whole =
      "{\n  \"chat\": [\n    {\n      \"who\": \"a\"\n    }\n  ],\n  \"model\": \"m\"\n}\n";
  check_repair("{\n  \"chat\":" + whole, whole);
  check_repair("{\n  \"chat\": [" + whole, whole);
  check_repair("{\n  \"chat\": [\n    {\n      \"who\": " + whole, whole);
}

TEST_CASE("a key that comes again far behind the place that broke ends what is one object") {
  std::string rest;
  for (int i = 0; i < 40; ++i) rest += R"(,"k)" + std::to_string(i) + R"(":"some text")";
  const std::string first = R"({"spans":[{"id":"a","list":[{"name":"x")";
  check_repair(first + R"(,"status""y","n":1)" + rest + R"(,"name":"z","n":2}]}]})",
               first + R"(,"status":"y","n":1)" + rest + "}]}]}");
}

TEST_CASE("of a member that was begun and written again the whole one stays") {
  check_repair(R"({"v":1,"x":{"a":1,},"x":{"a":1,"b":2}})", R"({"v":1,"x":{"a":1,"b":2}})");
  check_repair(R"({"x":{"a":1,},"x":{"a":1,"b":2},"y":3})", R"({"x":{"a":1,"b":2},"y":3})");
  CHECK_FALSE(is_lossless(R"({"x":{"a":1,},"x":{"a":1,"b":2}})"));
  // Keys that the text has twice where nothing is wrong are its own.
  check_repair(R"({"x":1,"x":2,"y":{"a":1,}})", R"({"x":1,"x":2,"y":{"a":1}})");
}

TEST_CASE("a mark in place of the closing quote of a key costs nothing") {
  for (const std::string mark : {"}", "]", ",", "{", "["}) {
    for (const std::string value : {R"({"x":1})", "[1,2]", "1", R"("text")", "null"}) {
      CAPTURE(value);
      check_repair(R"({"de)" + mark + ":" + value + R"(,"fr":{"x":2},"it":3})",
                   R"({"de":)" + value + R"(,"fr":{"x":2},"it":3})");
      check_repair(R"({"m":{"de)" + mark + ": " + value + R"(,"fr":{"x":2}},"it":3})",
                   R"({"m":{"de": )" + value + R"(,"fr":{"x":2}},"it":3})");
    }
  }
}
