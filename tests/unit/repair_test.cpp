#include "session/repair.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "support/repair_case.h"

using namespace session;
using namespace session::test;
using namespace std::string_literals;

TEST_CASE("a text that parses is left alone") {
  for (const char* text : {"{}", "[1,2]\n", "{\"a\":1,\"a\":2}", " {\"a\" : 1e400}", "{\"a\":\"\\ud800\"}"}) {
    CHECK(plan_of(text).status == RepairStatus::healthy);
  }
  CHECK(plan_of("{\"a\":1}\n\n{\"b\":2}", Format::json_lines).status == RepairStatus::healthy);
}

TEST_CASE("a cut document is closed behind its last whole value") {
  check_repair(R"({"a":1,"b":[1,2,{"c":"x)", R"({"a":1,"b":[1,2,{}]})");
  check_repair(R"({"a":"x","b":tr)", R"({"a":"x"})");
  check_repair(R"({"a":"x","b":12)", R"({"a":"x"})");
  check_repair(R"({"a":"x","b":true)", R"({"a":"x","b":true})");
  check_repair(R"({"a":"x","b)", R"({"a":"x"})");
  check_repair("\r\n {\"a\":\"x\",\"b", "\r\n {\"a\":\"x\"}");
}

TEST_CASE("a message that its owner could not load goes with what was cut from it") {
  check_repair(k_miniclaw_head + miniclaw_message("one") + "," + R"({"role":"user","content":"tw)",
               k_miniclaw_head + miniclaw_message("one") + "]}", Format::json, "miniclaw");
}

TEST_CASE("a cut string is kept as its prefix where that is asked for") {
  RepairOptions options;
  options.cut_values = CutValues::keep_prefix;
  options.format = Format::json;
  CHECK(plan_repair(R"({"a":"hel)", {}, options).content == R"({"a":"hel"})");
  CHECK(plan_repair(R"({"a":"hel\u00)", {}, options).content == R"({"a":"hel"})");
  CHECK(plan_repair(R"({"a":"hel\ud83d)", {}, options).content == R"({"a":"hel"})");
  CHECK(plan_repair("{\"a\":\"hel\xC3", {}, options).content == R"({"a":"hel"})");
}

TEST_CASE("padding, marks and encodings cost nothing") {
  check_repair("{\"a\":1}\n"s + std::string(500, '\0'), "{\"a\":1}\n");
  check_repair("\xEF\xBB\xBF{\"a\":1}", "{\"a\":1}");
  check_repair("\xEF\xBB\xBF{\"a\":1}\n{\"b\":2}\n", "{\"a\":1}\n{\"b\":2}\n", Format::json_lines);
  const RepairPlan wide = plan_of("\xFF\xFE{\0\"\0a\0\"\0:\0001\0}\0"s);
  CHECK(wide.content == "{\"a\":1}");
  CHECK(wide.loss.lossless);
}

TEST_CASE("UTF-16 and UTF-32 are told without a mark, whatever script the text is in") {
  const auto widen = [](std::u32string_view text, std::size_t unit, bool big_endian) {
    std::string wide;
    for (const char32_t character : text) {
      for (std::size_t i = 0; i < unit; ++i) {
        wide += static_cast<char>(character >> (8 * (big_endian ? unit - 1 - i : i)));
      }
    }
    return wide;
  };
  std::u32string cyrillic = U"{\"title\":\"";
  std::u32string ideographs = U"{\"a\":\"";
  for (char32_t i = 0; i < 400; ++i) {
    cyrillic += 0x410 + i % 0x40;
    ideographs += 0x4E00 + 37 * i;
  }
  for (const std::u32string& open : {cyrillic, ideographs, std::u32string(U"{\"a\":\"\u65E5\u672C"),
                                     std::u32string(U"[{\"\u0438\":\"\u0439")}) {
    const std::u32string text = open + (open[0] == U'[' ? U"\"}]" : U"\"}");
    const RepairPlan expected = plan_of("\xFF\xFE" + widen(text, 2, false));
    REQUIRE(expected.status == RepairStatus::repaired);
    for (const std::size_t unit : {std::size_t{2}, std::size_t{4}}) {
      for (const bool big_endian : {false, true}) {
        const RepairPlan planned = plan_of(widen(text, unit, big_endian));
        CHECK(planned.content == expected.content);
        CHECK(planned.strategy == "decode");
        CHECK(planned.loss.lossless);
      }
    }
  }
}

TEST_CASE("a text in which bytes became NULs is no wide one") {
  const std::string text = R"(name":"a word","x":"{)" + std::string(300, 'y') + R"(","b":[1,2]})";
  CHECK(plan_of("{\0\"\0"s + text).strategy != "decode");
  CHECK(plan_of("{\0\0\0"s + text).strategy != "decode");
}

TEST_CASE("of several versions the last whole one stays") {
  check_repair(R"({"id":1,"n":"old"}{"id":1,"n":"new"})", R"({"id":1,"n":"new"})");
  check_repair(R"({"id":1,"n":"new"}{"id":1,"n":"cu)", R"({"id":1,"n":"new"})");
  check_repair(R"({"id":1,"n":"cu{"id":1,"n":"new"})", R"({"id":1,"n":"new"})");
  check_repair("{\"id\":1,\"n\":\"new\"}\nold\"}\n}", "{\"id\":1,\"n\":\"new\"}\n");
  check_repair(
      "<<<<<<< a\n{\"id\":1,\"at\":\"2026-01-02T00:00:00Z\"}\n=======\n"
      "{\"id\":1,\"at\":\"2026-01-01T00:00:00Z\"}\n>>>>>>> b\n",
      "{\"id\":1,\"at\":\"2026-01-02T00:00:00Z\"}\n");
}

TEST_CASE("punctuation that one byte took is put back") {
  check_repair(R"({"a":1 "b":2})", R"({"a":1, "b":2})");
  check_repair(R"({"a":"x";"b":2})", R"({"a":"x","b":2})");
  check_repair(R"({"a":[{"k":1},{"k":2}X{"k":3}]})", R"({"a":[{"k":1},{"k":2},{"k":3}]})");
  check_repair(R"({"a":[{"k":{"m":1},"l":2},{"k":{"m":2}},"l":3}],"z":0})",
               R"({"a":[{"k":{"m":1},"l":2},{"k":{"m":2},"l":3}],"z":0})");
  check_repair(R"({"a":1,})", R"({"a":1})");
  check_repair(R"({"a":[{"k":1},{"k":2],{"k":3}],"z":0})", R"({"a":[{"k":1},{"k":2},{"k":3}],"z":0})");
  check_repair(R"({"a":[{"k":"x"},{"k":"y"{,{"k":"z"}]})", R"({"a":[{"k":"x"},{"k":"y"},{"k":"z"}]})");
  check_repair("{\"a\":\"x\ny\"}", R"({"a":"x\ny"})");
}

TEST_CASE("a hole costs the messages it hit and nothing else") {
  const std::string hole(512, '\0');
  check_repair(k_miniclaw_head + miniclaw_message("one") + "," + R"({"role":"user","content":"tw)" + hole +
                   R"(ee","timestamp":"2026-01-01T00:00:00Z"},)" + miniclaw_message("four") + "]}",
               k_miniclaw_head + miniclaw_message("one") + "," + miniclaw_message("four") + "]}",
               Format::json, "miniclaw");
}

TEST_CASE("a value never lands off its own path, wherever bytes are gone unseen") {
  const std::string whole = k_miniclaw_head + miniclaw_message("one") + "," + miniclaw_message("two") + "," +
                            miniclaw_message("three") + "]}";
  // From the middle of a value of the head into the middle of a message.
  for (std::size_t from = whole.find("01-02"); from < k_miniclaw_head.size(); ++from) {
    const std::size_t to = whole.find("wo\"");
    const std::string damaged = whole.substr(0, from) + whole.substr(to);
    CAPTURE(damaged);
    RepairOptions options;
    options.format = Format::json;
    options.layout = find_layout("miniclaw");
    options.level = Level::syntax;
    const RepairPlan planned = plan_repair(damaged, {}, options);
    REQUIRE(planned.status == RepairStatus::repaired);
    CHECK(planned.content.find("wo\"") == Bytes::npos);
    CHECK(planned.content.ends_with("\"messages\":[" + miniclaw_message("three") + "]}"));
  }
  // From one call of a tool into the message behind it.
  const std::string call = R"(,"tool_calls":[{"id":"c1","name":"read","arguments":"{}"}])";
  std::string with_call = miniclaw_message("one");
  with_call.insert(with_call.size() - 1, call);
  const std::string called =
      k_miniclaw_head + with_call + "," + miniclaw_message("two") + "," + miniclaw_message("three") + "]}";
  const std::size_t in_name = called.find("read") + 2;
  const std::size_t in_content = called.find("two") + 1;
  check_repair(called.substr(0, in_name) + called.substr(in_content),
               k_miniclaw_head + miniclaw_message("three") + "]}", Format::json, "miniclaw");
}

TEST_CASE("a record behind a cut is a record, wherever grammar would take it for a value") {
  const std::string cut =
      R"({"type":"user","uuid":"u1","parentUuid":null,"message":{"role":"user","content":"hi"}})";
  const std::string next =
      R"({"type":"user","uuid":"u2","parentUuid":"u1","message":{"role":"user","content":"so"}})";
  // What is left of the cut record: by where it was cut, up to the first that fits.
  const std::pair<std::string_view, std::string_view> left[] = {
      {R"({"type":"user)", ""},
      {R"({"type":"user","uuid":"u1)", "{\"type\":\"user\"}\n"},
      {R"({"type":"user","uuid":"u1","parentUuid":nul)", "{\"type\":\"user\",\"uuid\":\"u1\"}\n"},
      {R"({"type":"user","uuid":"u1","parentUuid":null,"message":)",
       "{\"type\":\"user\",\"uuid\":\"u1\",\"parentUuid\":null}\n"},
      {R"({"type":"user","uuid":"u1","parentUuid":null,"message":{"role":"user)",
       "{\"type\":\"user\",\"uuid\":\"u1\",\"parentUuid\":null,\"message\":{}}\n"},
      {R"({"type":"user","uuid":"u1","parentUuid":null,"message":{"role":"user","content":"hi)",
       "{\"type\":\"user\",\"uuid\":\"u1\",\"parentUuid\":null,\"message\":{\"role\":\"user\"}}\n"},
      {cut,
       "{\"type\":\"user\",\"uuid\":\"u1\",\"parentUuid\":null,\"message\":{\"role\":\"user\",\"content\":"
       "\"hi\"}}\n"}};
  for (std::size_t length = 9; length < cut.size(); ++length) {
    CAPTURE(length);
    const auto* const fits =
        std::ranges::find_if(left, [&](const auto& each) { return length <= each.first.size(); });
    const std::string torn = cut.substr(0, length) + next + "\n";
    check_repair(torn, std::string(fits->second) + next + "\n", Format::json_lines);
    // Half a message reads as a whole one to the program that it belongs to.
    check_repair(torn, next + "\n", Format::json_lines, "jsonl");
  }
  // A value that looks like its parent, and is one.
  const std::string tree = R"({"id":1,"name":"a","left":{"id":2,"name":"b"})";
  check_repair(tree, tree + "}", Format::json, "");
}

TEST_CASE("a whole version behind a cut one is the session") {
  const std::string whole = k_miniclaw_head + miniclaw_message("one") + "," + miniclaw_message("two") + "]}";
  for (std::size_t length = 14; length < whole.size(); length += 3) {
    CAPTURE(length);
    check_repair(whole.substr(0, length) + whole, whole, Format::json, "miniclaw");
  }
}

TEST_CASE("of what the owner would refuse only a document without its beginning takes nobody's place") {
  const std::string headless = R"(er","content":"x","timestamp":"2026-01-01T00:00:00Z"},)" +
                               miniclaw_message("two") + R"(],"extra":1})";
  const RepairPlan refused = plan_of(headless, Format::json, "miniclaw");
  CHECK(refused.status == RepairStatus::unloadable);
  CHECK(refused.content.empty());
  CHECK(refused.after.verdict == Verdict::damaged);
  // Nothing is dropped here, and yet most is missing.
  const std::string husk = R"({"session_id": "telegram_42")";
  for (const std::string& cut : {k_miniclaw_head.substr(0, 60), husk}) {
    const RepairPlan planned = plan_of(cut, Format::json, "miniclaw");
    CHECK(planned.status == RepairStatus::repaired);
    CHECK(planned.after.verdict == Verdict::damaged);
    RepairOptions strict;
    strict.format = Format::json;
    strict.layout = find_layout("miniclaw");
    strict.level = Level::layout;
    const RepairPlan left = plan_repair(cut, {}, strict);
    CHECK(left.status == RepairStatus::unloadable);
    CHECK(left.content.empty());
  }
  CHECK(plan_of(husk, Format::json, "miniclaw").content == husk + "}");
  // What lost nothing is no worse than it was.
  CHECK(plan_of("\xEF\xBB\xBF{\"session_id\":\"t_1\",}", Format::json, "miniclaw").status ==
        RepairStatus::repaired);
}

TEST_CASE("a document without its beginning finds its place by the layout") {
  RepairOptions options;
  options.format = Format::json;
  options.layout = find_layout("miniclaw");
  options.level = Level::syntax;
  const std::string headless = R"(er","content":"x","timestamp":"2026-01-01T00:00:00Z"},)" +
                               miniclaw_message("two") + R"(],"extra":1})";
  const RepairPlan planned = plan_repair(headless, {}, options);
  CHECK(planned.content == R"({"messages":[)" + miniclaw_message("two") + R"(],"extra":1})");
  test::check_account(planned, headless);
}

TEST_CASE("a text without its beginning lies in the containers that its closers close") {
  const auto at_syntax = [](ByteView bytes, const char* layout) {
    RepairOptions options;
    options.format = Format::json;
    options.layout = find_layout(layout);
    options.level = Level::syntax;
    const RepairPlan planned = plan_repair(bytes, {}, options);
    test::check_account(planned, bytes);
    return planned.content;
  };
  // Cut in a string, in a number, in a key, behind a comma; the names are the layout's.
  CHECK(at_syntax(R"(lo","b":[1,2]},"c":3})", "") == R"({"c":3})");
  CHECK(at_syntax(R"(23,"b":[1,2],"c":3})", "") == R"({"b":[1,2],"c":3})");
  CHECK(at_syntax(R"(ey":{"x":1},"c":3})", "") == R"({"c":3})");
  CHECK(at_syntax(R"("b":1,"c":3})", "") == R"({"b":1,"c":3})");
  CHECK(at_syntax(R"(x"],"agents_activated":[]},"own":1})", "synapse") ==
        R"({"history":{"agents_activated":[]},"own":1})");
  CHECK(at_syntax(R"(x","y"],"domains_loaded_last":["z"],"agents_activated":[]}})", "synapse") ==
        R"({"history":{"star_commands_used":["y"],"domains_loaded_last":["z"],"agents_activated":[]}})");
}

TEST_CASE("a string in which bytes went bad goes, or keeps what stands before them") {
  const std::string damaged = "{\"a\":\"so\xFEme\",\"b\":\"t\\qwo\",\"c\":\"li\tne\"}";
  check_repair(damaged, R"({"c":"li\tne"})");
  RepairOptions options;
  options.format = Format::json;
  options.cut_values = CutValues::keep_prefix;
  const RepairPlan planned = plan_repair(damaged, {}, options);
  CHECK(planned.content == R"({"a":"so","b":"t","c":"li\tne"})");
  test::check_account(planned, damaged);
}

TEST_CASE("the members of a map stay on their level when a bracket is lost or doubled") {
  std::string map = R"({"sessions":{)";
  std::vector<std::size_t> ends;
  for (int i = 0; i < 8; ++i) {
    map += (i > 0 ? "," : "") + ("\"id" + std::to_string(i)) + R"(":{"title":"t","usage":{"in":1,"out":2}})";
    ends.push_back(map.size());
  }
  map += R"(},"current":"id1"})";
  for (std::size_t i = 3; i < 7; ++i) {
    CAPTURE(i);
    std::string lost = map;
    lost.erase(ends[i] - 1, 1);
    check_repair(lost, map);
    std::string doubled = map;
    doubled.insert(ends[i], 1, '}');
    check_repair(doubled, map);
  }
  const std::string keyless = R"({"a":{"x":1,"usagep:{"in":1,"out":2},"y":2},"b":3})";
  check_repair(keyless, R"({"a":{"x":1,"y":2},"b":3})");
}

TEST_CASE("whole text before and behind damage stays as it is, however much of it there is") {
  std::string messages;
  for (int i = 0; i < 3'000; ++i) messages += miniclaw_message("number " + std::to_string(i)) + ",";
  const std::string whole = k_miniclaw_head + messages + miniclaw_message("last") + "]}";
  check_repair(whole.substr(0, whole.size() - 40),
               k_miniclaw_head + messages.substr(0, messages.size() - 1) + "]}", Format::json, "miniclaw");
  // Damage in one message of each thousand costs those, and nothing else.
  std::string damaged = whole;
  std::string expected = whole;
  for (const char* text : {"number 400\"", "number 1400\"", "number 2400\""}) {
    damaged.replace(damaged.find(text), 3, 3, '\0');
    const std::size_t begin = expected.rfind(",{", expected.find(text));
    expected.erase(begin, expected.find(",{", begin + 1) - begin);
  }
  check_repair(damaged, expected, Format::json, "miniclaw");
}

TEST_CASE("a time or an id with bytes gone bad is none, and goes") {
  std::string damaged = k_miniclaw_head + miniclaw_message("one") + "," + miniclaw_message("two") + "]}";
  damaged[damaged.rfind("01-01T") + 2] = '\x02';
  check_repair(damaged, k_miniclaw_head + miniclaw_message("one") + "]}", Format::json, "miniclaw");
  damaged[damaged.rfind("01\x02") + 2] = '\xFE';
  check_repair(damaged, k_miniclaw_head + miniclaw_message("one") + "]}", Format::json, "miniclaw");
}

TEST_CASE("a document nested too deeply is one document") {
  const RepairPlan planned = plan_of(Bytes(200'000, '['));
  CHECK(planned.strategy == "close-cut-tail");
  REQUIRE(planned.dropped.size() == 1);
  CHECK(planned.dropped[0].because == Kind::depth_limits);
}

TEST_CASE("brackets that one byte cost are told by the closers up to the end") {
  const auto check_json = [](ByteView input, ByteView expected, const char* layout = nullptr) {
    check_repair(input, expected, Format::json, layout);
  };
  // An opener turned into something else, or gone.
  check_json(R"({"a":"b","list":b{"n":0},{"n":1}]})", R"({"a":"b","list":[{"n":0},{"n":1}]})");
  check_json("{\"rows\":[[1,2],x3,4],[5,6]]}", "{\"rows\":[[1,2],[3,4],[5,6]]}");
  check_json(R"({"m":{"a":{"n":1},"b":"n":2},"c":{"n":3}}})",
             R"({"m":{"a":{"n":1},"b":{"n":2},"c":{"n":3}}})");
  // A closer: in numbers no key tells where the next row begins.
  check_json("{\"rows\":[[1,\"x\"b,[3,4],[5,6]],\"n\":1}", "{\"rows\":[[1,\"x\"],[3,4],[5,6]],\"n\":1}");
  check_json("{\"rows\":[[1,\"x\"bb,[3,4],[5,6]],\"n\":1}", "{\"rows\":[[1],[3,4],[5,6]],\"n\":1}");
  check_json("[[1,[\"a\",true x,[2,[\"b\",true]]]", "[[1,[\"a\"]],[2,[\"b\",true]]]");
  // Of members of a map no layout knows the name: none is made up, but for one that others have.
  const std::string head = R"({"agentId":"dev","timestamp":"2026-01-01T00:00:00Z","loaders":{"x":{)";
  check_json(
      head +
          R"("durationd:1,"status":"ok"},"y":{"duration":2,"status":"ok"},"z":{"duration":3,"status":"ok"}}})",
      head +
          R"("duration":1,"status":"ok"},"y":{"duration":2,"status":"ok"},"z":{"duration":3,"status":"ok"}}})",
      "metrics");
  check_json(
      head +
          R"("durationdd:1,"status":"ok"},"y":{"duration":2,"status":"ok"},"z":{"duration":3,"status":"ok"}}})",
      head + R"("status":"ok"},"y":{"duration":2,"status":"ok"},"z":{"duration":3,"status":"ok"}}})",
      "metrics");
}

TEST_CASE("what lies on both sides of a hole is one object only where something says so") {
  const auto hole = [](std::size_t bytes) { return std::string(bytes, '\0'); };
  // In a map of objects the member behind the hole may be another than the one before it.
  check_repair(R"({"rooms":{"r1":{"name":"a","y":1},"r2":{"name":"b",)" + hole(24) +
                   R"("name":"d","y":4},"r5":{"name":"e","y":5}},"n":1})",
               R"({"rooms":{"r1":{"name":"a","y":1},"r2":{"name":"b"},"r5":{"name":"e","y":5}},"n":1})");
  check_repair(R"({"rooms":{"r1":{"name":"a",)" + hole(8) + R"("r2":{"name":"b","y":2}}})",
               R"({"rooms":{"r1":{"name":"a"},"r2":{"name":"b","y":2}}})");
  // There is no room for two of those that stand around it.
  check_repair(R"({"m":{"a":{"id":11,"n":1,"w":"xx"},"b":{"id":12,"n":2,"w":"xx"},"c":{"id":13,)" + hole(8) +
                   R"("w":"xx"},"d":{"id":14,"n":4,"w":"xx"}}})",
               R"({"m":{"a":{"id":11,"n":1,"w":"xx"},"b":{"id":12,"n":2,"w":"xx"},"c":{"id":13,"w":"xx"},)"
               R"("d":{"id":14,"n":4,"w":"xx"}}})");
  // A map goes on where what it holds looks alike, and its name is lost with it where it does not.
  check_repair(R"({"keys":{"a":{"run":1},"b":{"run":2},"c":{"run":3},"d":{"ru)" + hole(40) +
                   R"(":{"run":6},"g":{"run":7}},"n":1})",
               R"({"keys":{"a":{"run":1},"b":{"run":2},"c":{"run":3},"d":{},"g":{"run":7}},"n":1})");
  check_repair(R"({"keys":{"a":{"run":1},"b":{"run":2},"c":{"run":3},"d":{"ru)" + hole(40) +
                   R"(":{"on":6},"g":{"on":7}},"n":1})",
               R"({"keys":{"a":{"run":1},"b":{"run":2},"c":{"run":3},"d":{}},"n":1})");
}

TEST_CASE("rows behind a hole are those of another array where they look it") {
  const std::string hole(32, '\0');
  check_repair(R"({"rows":[[1,2],[3,4],)" + hole + R"("x","y","z"],"n":1})",
               R"({"rows":[[1,2],[3,4]],"n":1})");
  check_repair(R"({"weights":[1,2,3,4,5,6,)" + hole + R"(21,22,23,24],"ranks":[7,8,9]})",
               R"({"weights":[1,2,3,4,5,6],"ranks":[7,8,9]})");
  check_repair(R"({"list":[{"a":1},{"a":2},)" + hole + R"({"b":3},{"b":4}],"n":1})",
               R"({"list":[{"a":1},{"a":2}],"n":1})");
}

TEST_CASE("a key of which bytes are lost is not made up from other objects") {
  const std::string hole(16, '\0');
  check_repair(R"({"people":[{"name":"a","usage":{"in":1,"out":2}},{"name":"b",")" + hole +
                   R"(age":{"in":3,"out":4}},{"name":"c","usage":{"in":5,"out":6}}]})",
               R"({"people":[{"name":"a","usage":{"in":1,"out":2}},{"name":"b"},)"
               R"({"name":"c","usage":{"in":5,"out":6}}]})");
  // A colon behind the hole is not that of the key before it.
  check_repair(
      R"({"m":{"a":{"v":"1"},"b":{"v":"2","deps":{"al)" + hole + R"(c":{"v":"3"},"d":{"v":"4"}},"n":1})",
      R"({"m":{"a":{"v":"1"},"b":{"v":"2","deps":{}},"d":{"v":"4"}},"n":1})");
}

TEST_CASE("rows stay rows when one of their brackets is lost or doubled") {
  check_repair(R"({"rows":[[1,2],[3,4,[5,6],[7,8]],"n":1})", R"({"rows":[[1,2],[3,4],[5,6],[7,8]],"n":1})");
  check_repair(R"({"rows":[[1,2],3,4],[5,6]],"n":1})", R"({"rows":[[1,2],[3,4],[5,6]],"n":1})");
  check_repair(R"({"rows":[[[1,2],[3,4],[5,6]],"n":1})", R"({"rows":[[1,2],[3,4],[5,6]],"n":1})");
  check_repair(R"({"rows":[[1,2],[3,4]],[5,6]],"n":1})", R"({"rows":[[1,2],[3,4],[5,6]],"n":1})");
  check_repair(R"({"list":[{"a":1},{"a":2},"keys":{"x":1}})", R"({"list":[{"a":1},{"a":2}],"keys":{"x":1}})");
}

TEST_CASE("a doubled backslash costs the string that it stands in and nothing else") {
  check_repair(R"({"a":"say \\"hi\" there","b":[1,2],"c":3})", R"({"b":[1,2],"c":3})");
  check_repair(R"({"a":1,"s":"say \\", he said","c":3})", R"({"a":1,"c":3})");
  check_repair(R"({"a":["x","say \\", he said","y"],"c":3})", R"({"a":["x","y"],"c":3})");
}

TEST_CASE("a repair puts no key twice into one object") {
  // Both halves are of objects in an array: the one behind the seam goes.
  check_repair(
      R"({"list":[{"id":1,"t":"a","n":1},{"id":2,"t":"b"x"id":3,"t":"c","n":3},{"id":4,"t":"d","n":4}]})",
      R"({"list":[{"id":1,"t":"a","n":1},{"id":2,"t":"b"},{"id":4,"t":"d","n":4}]})");
}

TEST_CASE("behind a hole an array goes on only where its elements look alike") {
  const std::string hole(64, '\0');
  std::string numbers;
  for (int i = 100; i < 300; ++i) numbers += std::to_string(i) + ",";
  // Numbers in the one array of the document are its own.
  check_repair("[" + numbers + "3" + hole + "4," + numbers + "5]",
               "[" + numbers + numbers.substr(0, numbers.size() - 1) + ",5]");
  // Objects are no commands: the list that they stood in lost its name.
  check_repair(R"({"commands":["a","b",")" + hole + R"(x"},{"task":"t"},{"task":"u"}],"story":"s"})",
               R"({"commands":["a","b"],"story":"s"})");
}

TEST_CASE("what was dropped is named as the diagnosis names it") {
  const auto kind = [](ByteView bytes, Format format) {
    const RepairPlan planned = plan_of(bytes, format);
    REQUIRE(planned.dropped.size() == 1);
    CHECK(planned.loss.lossless);
    return id_of(planned.dropped[0].because);
  };
  CHECK(kind("{\"a\":1}\n"s + std::string(500, '\0'), Format::json) == "nul-tail");
  CHECK(kind("{\"a\":1}"s + std::string(3, '\0'), Format::json) == "nul-tail");
  CHECK(kind("{\"a\":1}\n"s + std::string(500, '\0'), Format::json_lines) == "nul-tail");
}

TEST_CASE("records of JSON Lines are kept as they are, and damaged ones by what they hold") {
  const auto check_lines = [](ByteView input, ByteView expected) {
    check_repair(input, expected, Format::json_lines);
  };
  check_lines("{\"a\": 1}\r\n{\"a\":2}{\"a\":3}\n", "{\"a\": 1}\r\n{\"a\":2}\n{\"a\":3}\n");
  // A cut record stays as far as its values are whole: 2 may have been 20.
  check_lines("{\"a\":1}\n{\"a\":2,\"b", "{\"a\":1}\n{\"a\":2}\n");
  check_lines("{\"a\":1}\n{\"a\":2", "{\"a\":1}\n");
  check_lines("{\"a\":1}\n{\"a\":\"2\"", "{\"a\":1}\n{\"a\":\"2\"}\n");
  CHECK_FALSE(plan_of("{\"a\":1}\n{\"a\":\"2\"", Format::json_lines).loss.lossless);
  // A hole may have had the end of a record and the beginning of another.
  check_lines("{\"id\":1,\"n\":1}\n{\"id\":2,\"x\":\"h"s + std::string(300, '\0') + "t\",\"n\":3}\n",
              "{\"id\":1,\"n\":1}\n");
  check_lines("{\"a\":1,\"b\":2", "{\"a\":1}\n");
  CHECK(plan_of("{\"a\":1", Format::json_lines).status == RepairStatus::unrepairable);
  check_lines("{\"a\":1}\n"s + std::string(700, '\0') + "{\"a\":2}\n", "{\"a\":1}\n{\"a\":2}\n");
  check_lines("{\"a\":\"on{\"a\":\"two\"}\n", "{\"a\":\"two\"}\n");
  check_lines("{\"a\":1,\n\"b\":2}\n{\"a\":3}\n", "{\"a\":1,\"b\":2}\n{\"a\":3}\n");
}

TEST_CASE("of bytes that are all lost nothing is made") {
  CHECK(plan_of(""s).status == RepairStatus::unrepairable);
  CHECK(plan_of(std::string(413, '\0')).status == RepairStatus::unrepairable);
  CHECK(plan_of("<html>").status == RepairStatus::unrepairable);
  CHECK(plan_of("{\"a").status == RepairStatus::unrepairable);
}

TEST_CASE("what breaks in a container that has nothing yet takes nothing with it") {
  for (const std::string& text : {"{{}[}\n[1111}}{\n[}\"\""s, "[\"\"{[]\\0a\":\"x\"[\"a\":\0\0\0\t\0"s}) {
    CAPTURE(text);
    const RepairPlan first = plan_of(text);
    REQUIRE(first.status == RepairStatus::repaired);
    CHECK(plan_of(first.content).status == RepairStatus::healthy);
  }
}

TEST_CASE("no more is lost than accepted") {
  RepairOptions options;
  options.format = Format::json;
  options.accept_loss = LossBudget::none;
  CHECK(plan_repair("{\"a\":1,\"b\":\"x", {}, options).status == RepairStatus::over_budget);
  CHECK(plan_repair("\xEF\xBB\xBF{\"a\":1}", {}, options).status == RepairStatus::repaired);
  options.accept_loss = LossBudget::tail;
  CHECK(plan_repair("{\"a\":1,\"b\":\"x", {}, options).status == RepairStatus::repaired);
  CHECK(plan_repair("{\"a\":tru,\"b\":\"x\"}", {}, options).status == RepairStatus::over_budget);
}

TEST_CASE("a newer whole candidate of the same session is taken, an older one is not") {
  RepairOptions options;
  options.layout = find_layout("miniclaw");
  options.format = Format::json;
  const std::string damaged = k_miniclaw_head + miniclaw_message("one") + ",{\"role\"";
  std::string newer = k_miniclaw_head + miniclaw_message("one") + "," + miniclaw_message("two") + "]}";
  newer.replace(newer.find("01-02T"), 6, "01-03T");
  std::string older = k_miniclaw_head + miniclaw_message("zero") + "]}";
  older.replace(older.find("01-02T"), 6, "01-01T");
  std::string foreign = newer;
  foreign.replace(foreign.find("t_1"), 3, "t_2");
  const auto temporary = [](const char* name, const std::string& bytes) {
    return Candidate{name, [bytes] { return bytes; }, Candidate::Origin::temporary};
  };
  const Candidate candidates[] = {temporary("x.tmp.1", foreign), temporary("x.tmp.2", older),
                                  temporary("x.tmp.3", newer)};
  const RepairPlan planned = plan_repair(damaged, candidates, options);
  CHECK(planned.status == RepairStatus::repaired);
  CHECK(planned.source == "x.tmp.3");
  CHECK(planned.content == newer);
  CHECK(plan_repair(damaged, std::span(candidates).first(2), options).source.empty());
  CHECK(plan_repair("", candidates, options).source != "");
}

TEST_CASE("a number that touches a hole is dropped: digits may have stood there") {
  const std::string hole(64, '\0');
  check_repair("[100,200,300,40" + hole + ",900]", "[100,200,300,900]");
  check_repair("[100,200,40"s + '\0' + ",900]", "[100,200,900]");
  check_repair(R"({"a":"x","n":12)" + hole + R"(,"b":"y"})", R"({"a":"x","b":"y"})");
  for (const std::string& text : {"[1,2," + hole + ",900]", "[100,200,300,40" + hole + ",900]"}) {
    CHECK_FALSE(plan_of(text).loss.lossless);
  }
}

TEST_CASE("what ends too early, and what brackets were put into or taken from, is never called lossless") {
  for (const char* const text : {
           R"({"a":1,"xs":[1,2,)",
           R"({"a":{"x":1},"b":{"x":2,"c":{"x":3}})",
           R"({"a":[[{"x":1},{"x":2}]})",
           R"({"a":1,"b":{"x":2}},"c":3})",
       }) {
    CAPTURE(text);
    CHECK(plan_of(text).status == RepairStatus::repaired);
    CHECK_FALSE(plan_of(text).loss.lossless);
  }
  CHECK(plan_of("\xEF\xBB\xBF{\"a\":1}").loss.lossless);
  CHECK(plan_of("{\"a\":1}{\"b\":2}\n", Format::json_lines).loss.lossless);
}

TEST_CASE("a closer too many does not make a document the rest of another of which less is there") {
  check_repair(R"({"a":1,"b":{"x":2},"c":[1,2,3],"d":4},"e":5,"f":6})",
               R"({"a":1,"b":{"x":2},"c":[1,2,3],"d":4,"e":5,"f":6})");
}

TEST_CASE("a doubled opener goes where the array is a member too") {
  check_repair(R"({"a":[[{"x":1},{"x":2}]})", R"({"a":[{"x":1},{"x":2}]})");
}

TEST_CASE("a byte that stands where a separator did goes to the sidecar: nobody knows what it was") {
  for (const auto& [text, repaired, offset] : {std::tuple{R"({"a":1x"b":2})", R"({"a":1,"b":2})", 6U},
                                               std::tuple{R"(["a"l"b"])", R"(["a","b"])", 4U}}) {
    CAPTURE(text);
    const RepairPlan planned = plan_of(text);
    CHECK(planned.content == repaired);
    REQUIRE(planned.dropped.size() == 1);
    CHECK(planned.dropped[0].offset == offset);
    CHECK(planned.dropped[0].length == 1);
    CHECK(planned.dropped[0].lost);
    CHECK(planned.lost_bytes() == 1);
    CHECK_FALSE(planned.loss.lossless);
  }
  // A separator that stands there twice does not.
  const RepairPlan doubled = plan_of(R"({"a":"x",,"b":"y"})");
  CHECK(doubled.content == R"({"a":"x","b":"y"})");
  CHECK(doubled.lost_bytes() == 0);
}

TEST_CASE("a file that must be set aside is not called lossless") {
  for (const std::string& text : {"nothing of the kind"s, std::string(70, '\0'), "{\"a\":1"s}) {
    CAPTURE(text);
    const RepairPlan planned = plan_of(text, Format::json_lines);
    REQUIRE(planned.status == RepairStatus::unrepairable);
    CHECK_FALSE(planned.loss.lossless);
    CHECK(planned.loss.bytes_dropped == text.size());
    CHECK(planned.lost_bytes() == text.size());
  }
}

TEST_CASE("long strings are read to the same end whatever is in them") {
  const std::string plain(40, 'x');
  for (std::size_t length = 0; length < 140; ++length) {
    CAPTURE(length);
    const std::string begin = plain.substr(0, length % 7) + std::string(length, 'y') + R"(\u00e9\"\\)";
    const std::string whole = '"' + begin + plain + plain + '"';
    check_repair("{\"a\":" + whole + ",\"b\":1,\"c", "{\"a\":" + whole + ",\"b\":1}");
    // A malformed escape makes the string bad, and hides no quote.
    const std::string bad = '"' + begin + R"(\q)" + plain + plain + '"';
    check_repair("{\"a\":" + bad + ",\"b\":1,\"c\":2}", "{\"b\":1,\"c\":2}");
    const std::string half = '"' + begin + R"(\ud83d)" + plain + plain + '"';
    check_repair("{\"a\":" + half + ",\"b\":1,\"c", "{\"a\":" + half + ",\"b\":1}");
  }
}
