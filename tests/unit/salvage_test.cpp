// What is made of damage that leaves more than one reading: documents behind a cut, halves of two values,
// brackets that one byte took.

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>

#include "session/repair.h"
#include "support/repair_case.h"

using namespace session;
using namespace session::test;
using namespace std::string_literals;

TEST_CASE("an array that was cut with a whole version of itself behind it is that version") {
  const std::string strings = R"(["a","b","c","d","e"])";
  for (std::size_t length = 2; length < strings.size(); ++length) {
    // Behind its first element only, what follows may be its second.
    if (length == 5) continue;
    check_repair(strings.substr(0, length) + strings, strings);
  }
  const std::string messages =
      R"([{"role":"user","content":"x"},{"role":"assistant","content":"y"},{"role":"user","content":"z"}])";
  for (std::size_t length = 18; length < messages.size(); ++length) {
    check_repair(messages.substr(0, length) + messages, messages);
  }
  check_repair("[1,2,[1,2,3,4]", "[1,2,3,4]");
  check_repair("[[1,2],[3,4],[5[[1,2],[3,4],[5,6]]", "[[1,2],[3,4],[5,6]]");
  // Of two that were cut the later one, if nearly as much is left of it.
  check_repair(R"(["first","second","third","fo["first","second","third","fourth","fif)",
               R"(["first","second","third","fourth"])");
  check_repair(R"({"id":"s-1","n":[[10,20],[30,{"id":"s-1","n":[[10,20],[30,40],[5)",
               R"({"id":"s-1","n":[[10,20],[30,40],[]]})");
}

TEST_CASE("of two versions that were cut the fuller one stays, unless the later is nearly as full") {
  const auto list = [](int last) {
    std::string text = R"({"id":"s-1","n":[)";
    for (int i = 1; i <= last; ++i) text += R"("word )" + std::to_string(i) + "\",";
    return text;
  };
  const std::string cut = R"("wo)";
  const auto kept = [&](int last) {
    const std::string text = list(last);
    return text.substr(0, text.size() - 1) + "]}";
  };
  check_repair(list(40) + cut + list(25) + cut, kept(40));
  check_repair(list(40) + cut + list(38) + cut, kept(38));
  check_repair(list(25) + cut + list(40) + cut, kept(40));
  // One that is whole stays even with less in it.
  check_repair(list(40) + cut + kept(25), kept(25));
}

TEST_CASE("a value that looks like its document is one where nothing else stands before it") {
  check_repair(R"({"id":1,"children":[{"id":2,"children":[]})",
               R"({"id":1,"children":[{"id":2,"children":[]}]})");
  check_repair(R"(["a",["a","b"])", R"(["a",["a","b"]])");
}

TEST_CASE("a tree that was cut behind one of its nodes is one document") {
  const auto check_cut = [](const std::string& tree, const std::string& closers) {
    check_repair(tree, tree + closers);
  };
  const std::string leaf = R"({"left":null,"right":null,"v":8})";
  check_cut(R"({"left":{"left":)" + leaf + R"(,"right":)" + leaf + R"(,"v":0})", "}");
  check_cut(R"({"left":null,"right":{"left":{"left":null,"right":{"left":)" + leaf + R"(,"right":)" + leaf +
                R"(,"v":7})",
            "}}}");
  check_cut(R"({"tag":"div","of":[{"tag":"div","of":[{"tag":"div","of":[{"tag":"p","of":["t"]}]}]})", "]}");
  check_cut(R"({"state":{"state":{"state":{"x":1,"y":2},"y":3},"y":4,"x":5})", "}");
  // Of another version, which begins where no value may, the nodes say nothing.
  const std::string whole = R"({"id":"s-1","of":[{"id":"n-1","of":[{"id":"n-2","of":[]}]}],"n":1})";
  check_repair(R"({"id":"s-1","of":[{"id":"n-1","of":[{"id":"n-2",)" + whole, whole);
}

TEST_CASE("a tree that was cut is one document, however alike its nodes are") {
  check_repair(R"({"type":"a","left":{"type":"b","left":{"type":"a","left":{"type":"b","le)",
               R"({"type":"a","left":{"type":"b","left":{"type":"a","left":{"type":"b"}}}})");
  const std::string list = R"({"type":"list","content":[{"type":"item","n":1},)";
  check_repair(list + list + list + R"({"type":"item","n":)",
               list + list + list + R"({"type":"item"}]}]}]})");
  const std::string node = R"({"kind":"node","title":"a long enough title","then":)";
  check_repair(
      R"({"kind":"node","title":"a long enough title","first":1,"then":)" + node + node + R"({"kind":"no)",
      R"({"kind":"node","title":"a long enough title","first":1,"then":)" + node + node + "{}}}}");
}

TEST_CASE("scalars behind a small hole stay in their array, though the text breaks again") {
  // Words of 6 bytes with their quotes.
  const auto words = [](int first, int last) {
    std::string text;
    for (int i = first; i <= last; ++i) text += (i > first ? ",\"" : "\"") + std::to_string(1000 + i) + '"';
    return text;
  };
  const std::string head = R"({"a":1,"list":[)";
  const std::string tail = R"(],"b":[1,2]})";
  const std::string hole(10, '\0');
  // The hole takes two words but for the ends of both, and behind 49 a comma is missing and a quote is too
  // many.
  const std::string rest = words(62, 119) + ",xx," + words(120, 130);
  check_repair(head + words(0, 59) + ",\"10" + hole + "1\"," + rest + tail,
               head + words(0, 59) + "," + words(62, 119) + "," + words(120, 130) + tail);
  // Not where it is as large as what is left on one side.
  check_repair(head + words(0, 3) + ",\"10" + hole + "1\"," + rest + tail, head + words(0, 3) + tail);
}

TEST_CASE("a closer in place of a comma is told by the closers up to the end") {
  check_repair(R"({"id":"a","n":{"x":1}"y":2},"m":3})", R"({"id":"a","n":{"x":1,"y":2},"m":3})");
  check_repair(R"({"id":"a","n":{"x":1,"in":{"p":1}"q":2},"y":2},"m":3})",
               R"({"id":"a","n":{"x":1,"in":{"p":1,"q":2},"y":2},"m":3})");
  check_repair(R"({"id":"a","n":["u","v"]"w","x"],"m":3})", R"({"id":"a","n":["u","v","w","x"],"m":3})");
  check_repair(R"({"id":"a"}"n":1,"m":3})", R"({"id":"a","n":1,"m":3})");
  // A key that is there already is no member of it, and a number may have had a digit there.
  check_repair(R"({"id":"a","n":{"x":1}"x":2},"m":3})", R"({"id":"a","n":{"x":1},"x":2,"m":3})");
  check_repair(R"({"id":"a"}"id":"b","m":3})", R"({"id":"a"})");
  check_repair(R"({"id":"a","n":[1,2]3,4],"m":3})", R"({"id":"a","n":[1,2],"m":3})");
}

TEST_CASE("an opener that one byte took is told by its closer and by what stands behind it") {
  const std::string object = R"({"id":"a","messages":[{"role":"user"},{"role":"x"}],"n":3})";
  const std::string objects = R"([{"a":1},{"b":2}])";
  const std::string rest = object.substr(1);
  for (const char* const wrong : {"[", ";", "_", "\x7f", "\xff", "0", "a", "\"", ":", "]", "}"}) {
    check_repair(wrong + rest, object);
    if (*wrong != '[') check_repair(wrong + objects.substr(1), objects);
    if (*wrong != '[') check_repair(wrong + R"("a","b"])"s, R"(["a","b"])");
  }
  check_repair("{1,2,3]", "[1,2,3]");
  check_repair(";1,2,3]", "[1,2,3]");
  check_repair(R"({"a":1,"b":{1,2],"c":3})", R"({"a":1,"b":[1,2],"c":3})");
  check_repair(R"({"a":1,"b":["x":1,"y":2},"c":3})", R"({"a":1,"b":{"x":1,"y":2},"c":3})");
  check_repair(R"({"rows":z[1,2],[3,4]],"n":1})", R"({"rows":[[1,2],[3,4]],"n":1})");
  check_repair(R"({"m":{"a":}"k":1},"b":{"k":2}}})", R"({"m":{"a":{"k":1},"b":{"k":2}}})");
  check_repair(R"({"m":[]"k":1},{"k":2}],"n":1})", R"({"m":[{"k":1},{"k":2}],"n":1})");
  // Behind a second break too.
  check_repair(R"(["a":1,"b":[1,2~],"c":"x"})", R"({"a":1,"b":[1],"c":"x"})");
  check_repair(";\"type\":\"user\",\"n\":1}\n{\"type\":\"user\",\"n\":2}\n",
               "{\"type\":\"user\",\"n\":1}\n{\"type\":\"user\",\"n\":2}\n", Format::json_lines);
  // Half a number is no opener, and neither is the comma behind what is lost.
  check_repair("91,2,3]", "[2,3]");
  check_repair(R"(,"a":1,"b":2})", R"({"a":1,"b":2})");
}

TEST_CASE("a closer that became an opener is one by the closers up to the end") {
  check_repair(R"({"a":{"f":["x","y"{},"b":{"f":["z"]}})", R"({"a":{"f":["x","y"]},"b":{"f":["z"]}})");
  check_repair(R"({"a":[1,2{,"n":1})", R"({"a":[1,2],"n":1})");
}

TEST_CASE("a comma is missing where the blanks beside an element are those of the others") {
  check_repair("[1 2 3]", "[1, 2, 3]");
  check_repair("[1, 2 3, 4]", "[1, 2, 3, 4]");
  check_repair("[\n  10,\n  20\n  30\n]", "[\n  10,\n  20,\n  30\n]");
  check_repair(R"({"a":[true false],"b":1})", R"({"a":[true, false],"b":1})");
  check_repair(R"(["a" "b" "c"])", R"(["a", "b", "c"])");
  // A digit may have stood there.
  check_repair("[1,2,10 3,4]", "[1,2,4]");
}

TEST_CASE("no message is made of the beginning of one and the end of another") {
  const std::string kept =
      k_miniclaw_head + miniclaw_message("zero") + "," + miniclaw_message("three") + "]}";
  const auto check_fused = [&](const std::string& fused) {
    check_repair(
        k_miniclaw_head + miniclaw_message("zero") + "," + fused + "," + miniclaw_message("three") + "]}",
        kept, Format::json, "miniclaw");
  };
  // A value that ends as a key, a key that no value follows, what stands between two strings.
  check_fused(R"({"role":"user","content":"one","timestamp":"2026-01-01T0content":"two","timestamp":"x"})");
  check_fused(R"({"role":"user","content":"one","time cut after two","timestamp":"2026-01-01T00:00:01Z"})");
  check_fused(R"({"role":"user","content":"one",01Z"},{"role":"user","timestamp":"2026-01-01T00:00:01Z"})");
  // A number that goes on as a text, where only numbers stood.
  const std::string plain = R"({"m":[{"r":"u","c":"one","t":1},{"r":"u","c":"two","t":2},)";
  check_repair(plain + R"({"r":"u","c":"three","t":17 ok] end","t":4},{"r":"u","c":"five","t":5}]})",
               plain + R"({"r":"u","c":"five","t":5}]})");
}

TEST_CASE("a digit before a string is one byte gone bad unless only numbers stood there before") {
  check_repair(R"({"h":[{"role":0"user","id":0},{"role":"user","id":1}]})",
               R"({"h":[{"role":"user","id":0},{"role":"user","id":1}]})");
  check_repair(R"({"h":[{"role":"user","id":0},{"role":"user","id":1,"name":0"x","n":2}]})",
               R"({"h":[{"role":"user","id":0},{"role":"user","id":1,"name":"x","n":2}]})");
  check_repair(R"({"h":[{"role":00"user","id":0},{"role":"user","id":1}]})",
               R"({"h":[{"id":0},{"role":"user","id":1}]})");
  check_repair(R"({"h":[{"id":0},{"id":1,"n":0 x","m":2}]})", R"({"h":[{"id":0},{"id":1,"m":2}]})");
}

TEST_CASE("a key whose closing quote is doubled is that key, known or not") {
  check_repair("{\"a\":\"b\",\"g\"\":{\"c\":\"d\"}}\n{\"a\":\"x\",\"g\":{\"c\":\"d\"}}\n",
               "{\"a\":\"b\",\"g\":{\"c\":\"d\"}}\n{\"a\":\"x\",\"g\":{\"c\":\"d\"}}\n", Format::json_lines);
  check_repair(R"({"a":1,"g"":[1,2],"b":"x"})", R"({"a":1,"g":[1,2],"b":"x"})");
  check_repair(R"({"g"":"x","b":"y"})", R"({"g":"x","b":"y"})");
}

TEST_CASE("of a string that lost its opening quote nothing becomes a number or another string") {
  check_repair(R"({"k":["a b c", 27922 \"inner\", file 9","dd"]})", R"({"k":["a b c","dd"]})");
  check_repair(R"({"k":["a b c",27922\"inner\", file 9","dd"]})", R"({"k":["a b c","dd"]})");
  check_repair(R"({"k":["a b c", true \"inner\"","dd"],"n":1})", R"({"k":["a b c","dd"],"n":1})");
  check_repair(R"({"k": 27922 \"inner\": file 9","dd":1})", R"({"dd":1})");
  check_repair(R"({"k": 27922 \"inner\" file 9","dd":1})", R"({"dd":1})");
}

TEST_CASE("half a string before half a key makes no object of a value") {
  const std::string records =
      "{\"timestamp\":\"2026-01-01T00:00:00Z\",\"type\":\"x\",\"payload\":{\"type\":\"a\"}}\n";
  check_repair(records + "{\"timestamp\":\"202ype\":\"message\",\"role\":\"user\"}}\n" + records,
               records + records, Format::json_lines);
  check_repair(R"({"a":1,"b":["cut":2,"a":3,"b":["x"]})", R"({"a":1,"b":[]})");
  check_repair(R"({"a":1,"b":["x","cut":2,"a":3,"b":["x"]})", R"({"a":1,"b":["x"]})");
  // One bracket is missing, and the key is whole.
  check_repair(R"({"a":1,"b":["x","y","z":0})", R"({"a":1,"b":["x","y"],"z":0})");
  // One byte took the opener: the document has such an object there, or nothing that says otherwise.
  check_repair(R"({"m":[{"p":{"k":1}},{"p":"k":2}},{"p":{"k":3}}]})",
               R"({"m":[{"p":{"k":1}},{"p":{"k":2}},{"p":{"k":3}}]})");
}

TEST_CASE("behind damage the indentation tells what lies deeper and what was closed") {
  const std::string first = "{\n  \"a\": {\n    \"k\": 1\n  },\n  \"b\": 2";
  const std::string rest = ",\n  \"d\": 4\n}\n";
  check_repair(first + ",\n  \"c~:25:14.658Z\",\n    \"l\": 2\n  }" + rest, first + rest);
  const std::string list = ",\n  \"c\": {\n    \"x\": [\n      1,\n      2";
  check_repair(first + list + "~\n  }" + rest, first + list + "]\n  }" + rest);
  check_repair(first + list + "~~\n  }" + rest, first + ",\n  \"c\": {\n    \"x\": [\n      1]}" + rest);
}

TEST_CASE("openers that went in the middle of an array cost the element they are of") {
  const auto element = [](const std::string& text) {
    return R"({"role":"user","content":[{"type":"text","text":")" + text + R"("}],"ts":1})";
  };
  const std::string before = element("a") + "," + element("b");
  for (const auto& [open, close] : {std::pair{"["s, "]"s}, std::pair{R"({"id":"x","messages":[)"s, "]}"s}}) {
    const std::string kept = open + before + "," + element("d") + close;
    check_repair(
        open + before + R"(,{"role":"assi"},{"type":"text","text":"c"}],"ts":2},)" + element("d") + close,
        kept);
    check_repair(open + before + R"(,{"role":"assi"}],"ts":2},)" + element("d") + close, kept);
  }
}

TEST_CASE("a container that went is not opened again") {
  check_repair("{\"turns\"[\"who\":m,\"turns\":[]{\"who\":", "{\"turns\":[{\"turns\":[]},{}]}");
}

TEST_CASE("a tool's call or result in which bytes went bad goes with them") {
  const std::string head =
      R"({"type":"assistant","uuid":"a","parentUuid":null,"timestamp":"2026-01-01T00:00:00Z",)"
      R"("message":{"role":"assistant","content":[{"type":"text","text":"x"})";
  const std::string call = R"(,{"type":"tool_use","id":"t","name":"Bash","input":{"command":"l)";
  check_repair(head + call + "\xff" + R"(s"}}]}})" + "\n", head + "]}}\n", Format::json_lines, "claude-code");
  // A bracket that one byte took loses nothing of it.
  check_repair(head + call + R"(s"}]}})" + "\n", head + call + R"(s"}}]}})" + "\n", Format::json_lines,
               "claude-code");
}

TEST_CASE("a cut leaves whole text before it as it is, whatever keys the objects in each other share") {
  const std::string reused =
      R"([{"in":{"a":{"a":[]},"b":{"a":1}}},{"in":{"c":{"a":1,"b":{"a":"x","b":"y"}}}})";
  check_repair(reused + R"(,"cut)", reused + "]");
  check_repair(reused + std::string(600, '\0'), reused + "]");
  const std::string schemas =
      R"({"tools":[{"name": "a", "properties": {"type": {"type": "string"}, "id": {"type": "string"}}}, )"
      R"({"name": "b", "properties": {"spec": {"type": "object", "properties": {"type": {"type": "string"}, )"
      R"("id": {"type": "number"}}}}}],"messages":[])";
  check_repair(schemas, schemas + "}");
  const std::string tree =
      R"({"type":"a","left":{"type":"b","left":{"type":"c","left":{"type":"d","right":{"type":"e"}}},)"
      R"("right":{"type":"f","right":{"type":"g"}}},"right":{"type":"h","left":{"type":"i"}}})";
  for (std::size_t cut = 1; cut < 4; ++cut) {
    const std::string closed = tree.substr(0, tree.size() - cut);
    check_repair(closed, tree);
  }
  // Wherever the cut is, what is left of the result without its closers is the beginning of the text.
  for (const std::string& whole : {reused + "]", schemas + "}"}) {
    for (std::size_t length = 16; length < whole.size(); ++length) {
      const std::string cut = whole.substr(0, length);
      CAPTURE(cut);
      const RepairPlan planned = plan_of(cut, Format::json, nullptr);
      REQUIRE(planned.status == RepairStatus::repaired);
      std::string kept(planned.content);
      kept.erase(kept.find_last_not_of("]}") + 1);
      CHECK(whole.starts_with(kept));
    }
  }
  // Of brackets of one kind the last may be the one that is missing.
  check_repair("[[1,[2,3]]", "[[1,[2,3]]]");
  check_repair("[[[1,2],[3]]", "[[[1,2],[3]]]");
}

TEST_CASE("a closer too many, by which more are closed than are open, is no cut") {
  const std::string input =
      R"([{"in":"word, more","a":null,"b":[{}},{"in":{},"b":{"b":"y"},"a":"y"}]},[[[{},"x"]],)"
      R"({"type":"word, more","in":"x","properties":{},"c":{"properties":1}}],[]])";
  const RepairPlan planned = plan_of(input, Format::json, nullptr);
  CHECK(planned.status == RepairStatus::repaired);
  test::check_account(planned, input);
}

TEST_CASE(
    "an object around a hole goes on where the keys of what it holds are behind it, and nothing beside") {
  std::string whole = R"({"log":{"version":"1.2","pages":[],"entries":[)";
  for (int i = 0; i < 300; ++i) {
    whole +=
        (i > 0 ? "," : "") + ("{\"started\":" + std::to_string(1000 + i)) + R"(,"request":{"method":"GET"}})";
  }
  whole += "]}}";
  std::string input = whole;
  input.replace(4096, 4096, 4096, '\0');
  const RepairPlan planned = plan_of(input);
  CHECK(planned.status == RepairStatus::repaired);
  CHECK(planned.content.starts_with(whole.substr(0, 4000)));
  CHECK(planned.content.ends_with(whole.substr(8192 + 60)));
}

TEST_CASE("a quote too many before text that looks like JSON ends no object") {
  const std::string rest = R"(,"parent":null},"b":{"id":2,"message":{"role":"user","n":1},"parent":1}})";
  check_repair(R"({"a":{"id":1,"message":{"role":"user","text":""{\"k\": \"v\"}","n":1})" + rest,
               R"({"a":{"id":1,"message":{"role":"user","n":1})" + rest);
  check_repair(R"({"a":{"id":1,"message":{"role":"user","text":"one"[\"k\"]","n":1})" + rest,
               R"({"a":{"id":1,"message":{"role":"user","n":1})" + rest);
}

TEST_CASE("an opener in place of a colon opens nothing") {
  for (const std::string opener : {"[", "{"}) {
    check_repair(R"({"a":{"id":1},"b")" + opener + R"({"id":2},"c":{"id":3}})",
                 R"({"a":{"id":1},"b":{"id":2},"c":{"id":3}})");
    check_repair(R"({"a":[1,2],"b")" + opener + R"([3,4],"c":[]})", R"({"a":[1,2],"b":[3,4],"c":[]})");
  }
  check_repair(R"({"a": [1], "b"{ [3, 4], "c": []})", R"({"a": [1], "b": [3, 4], "c": []})");
  check_repair(R"({"a":[[1]],"b"[[3,4]],"c":[]})", R"({"a":[[1]],"b":[[3,4]],"c":[]})");
}

TEST_CASE("between two commas of an array something may have stood: that is not called lossless") {
  const RepairPlan planned = plan_of("[[1,2,3],[1,,3],[1,2,3]]", Format::json, nullptr);
  CHECK(planned.content == "[[1,2,3],[1,3],[1,2,3]]");
  CHECK_FALSE(planned.loss.lossless);
  CHECK(plan_of(R"({"a":"x",,"b":"y"})", Format::json, nullptr).loss.lossless);
  // Nor behind the last one, in an array of numbers.
  CHECK_FALSE(plan_of("[[1,2,3],[1,2,],[1,2,3]]", Format::json, nullptr).loss.lossless);
  CHECK(plan_of(R"(["a","b",])", Format::json, nullptr).loss.lossless);
}

TEST_CASE("an array of messages behind a cut older version of it is told by its start, though that changed") {
  const std::string start = R"([{"ts":1760000000000,"type":"ask","say":"text","text":"what is to be done")";
  const std::string rest = R"(},{"ts":1760000001234,"type":"say","text":"look for, the, place"}])";
  const std::string older = start + rest;
  const std::string newer = start + R"(,"partial":false)" + rest;
  const std::size_t text = older.find("look");
  for (std::size_t length = text; length < text + 20; ++length) {
    check_repair(older.substr(0, length) + newer, newer);
  }
}

TEST_CASE("the opener of rows that one byte took is put back before the first of them") {
  check_repair(R"({"rows":["a",1],["b",2],["c",3]],"n":1})", R"({"rows":[["a",1],["b",2],["c",3]],"n":1})");
  check_repair("{\n  \"rows\": [\n 1,\n 2 ], [ 3 ], [ ] ],\n  \"n\": {\"x\":1}\n}",
               "{\n  \"rows\": [[\n 1,\n 2 ], [ 3 ], [ ] ],\n  \"n\": {\"x\":1}\n}");
  check_repair(R"(["a",1],["b",2],["c",3]])", R"([["a",1],["b",2],["c",3]])");
  // A closer too many, where what follows is none of the kind.
  check_repair(R"({"id":"a","n":["u","v"],{"w":1}],"m":3})", R"({"id":"a","n":["u","v",{"w":1}],"m":3})");
}

TEST_CASE("an opener too many within the first element costs nothing of what follows") {
  std::string rest = R"("uuid":"a","n":0})";
  for (int i = 1; i < 6; ++i) rest += R"(,{"type":"user","uuid":"b","n":)" + std::to_string(i) + "}";
  rest += "]}";
  const std::string begin = R"({"a":[{"type":"user")";
  check_repair(begin + ",{" + rest, begin + "," + rest);
  check_repair(begin + "{," + rest, begin + "," + rest);
  // In a later one as well, where its neighbours show how it goes on.
  const std::string later = R"([{"type":"user","uuid":"a","n":0},{"type":"user",)";
  const std::string onwards = R"("uuid":"b","n":1},{"type":"user","uuid":"c","n":2}])";
  check_repair(later + "{" + onwards, later + onwards);
  // What has its keys is the next element: there a closer is lost.
  check_repair(R"([{"a":1,{"a":2,"b":3},{"a":3,"b":4}])", R"([{"a":1},{"a":2,"b":3},{"a":3,"b":4}])");
}

TEST_CASE("a closer in place of the first byte of a value, or before it, costs that value at most") {
  const std::string before = R"({"id":1,"list":[{"id":1,"m":"ok"},{"id":2,"m":)";
  const std::string behind = R"(},{"id":3,"m":"ok"},{"id":4,"m":"ok"}]})";
  const std::string without = R"({"id":1,"list":[{"id":1,"m":"ok"},{"id":2)" + behind;
  for (const char closer : {']', '}'}) {
    check_repair(before + closer + R"(beta")" + behind, without);
    check_repair(before + closer + R"("beta")" + behind, before + R"("beta")" + behind);
  }
}

TEST_CASE("a node of a tree whose members its parent has too stays where it is") {
  const auto node = [](const std::string& name, const std::string& open, const std::string& children) {
    return R"({"name":")" + name + "\"" + open + R"(,"children":[)" + children + "]}";
  };
  const std::string open = R"(,"open":true)";
  const auto pair = [&](const std::string& name, const std::string& within) {
    return node(name + "1", open, within) + "," + node(name + "2", open, within);
  };
  const auto tree = [&](const std::string& own) {
    const std::string within = pair("c", pair("d", ""));
    return R"({"root":)" + node("a", open, node("b1", own, within) + "," + node("b2", open, within)) +
           R"(,"v":1})";
  };
  check_repair(tree(R"(,"open":ttrue)"), tree(""));
}
