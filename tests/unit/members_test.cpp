#include "session/members.h"

#include <doctest/doctest.h>

using namespace session;

TEST_CASE("an object's members are the bytes that stand there") {
  const std::string text =
      " { \"a\" : 12345678901234567890 ,\"b\\u0063\":[1, {\"x\":2}],\"d\":{\"a\":[]}, \"s\":\"q\\\"\" } \n";
  const Result<Outline> outline = outline_of(text);
  REQUIRE(outline);
  CHECK(outline->type == ValueType::object);
  CHECK(outline->value.front() == '{');
  CHECK(outline->value.back() == '}');
  REQUIRE(outline->members.size() == 4);
  CHECK(outline->members[0].key == "a");
  CHECK(outline->members[0].value == "12345678901234567890");
  CHECK(outline->members[0].type == ValueType::number);
  CHECK(outline->members[1].key == "bc");
  CHECK(outline->members[1].key_text == "\"b\\u0063\"");
  CHECK(outline->members[1].value == "[1, {\"x\":2}]");
  CHECK(outline->members[1].type == ValueType::array);
  CHECK(outline->members[2].value == "{\"a\":[]}");
  CHECK(outline->members[3].value == "\"q\\\"\"");
  CHECK(string_content(outline->members[3].value) == "q\"");
}

TEST_CASE("an array's elements have no keys") {
  const Result<Outline> outline = outline_of("[true,null,[[]],{\"k\":[]},\"\"]");
  REQUIRE(outline);
  REQUIRE(outline->members.size() == 5);
  const ValueType types[] = {ValueType::boolean, ValueType::null, ValueType::array, ValueType::object,
                             ValueType::string};
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(outline->members[i].type == types[i]);
    CHECK(outline->members[i].key.empty());
  }
  CHECK(outline->members[3].value == "{\"k\":[]}");
}

TEST_CASE("a pointer leads through objects, the last of duplicate keys, and nothing else") {
  const std::string text = R"({"a":{"b":1,"b":[2]},"c/d":{"~":"x"},"l":[{"b":3}]})";
  CHECK(outline_at(text, "")->members.size() == 3);
  CHECK(outline_at(text, "/a/b")->value == "[2]");
  CHECK(outline_at(text, "/c~1d/~0")->value == "\"x\"");
  CHECK_FALSE(outline_at(text, "/a/c"));
  CHECK_FALSE(outline_at(text, "/a/b/0"));
  CHECK_FALSE(outline_at(text, "/l/b"));
  CHECK_FALSE(outline_at("{", ""));
}

TEST_CASE("scalars have no members, numbers end with the text") {
  CHECK(outline_of("1e400")->type == ValueType::number);
  CHECK(outline_of(" \"x\" ")->value == "\"x\"");
  CHECK(outline_of("null")->members.empty());
  CHECK(outline_of("{}")->members.empty());
}

TEST_CASE("keys longer than any buffer are whole") {
  const std::string key(100'000, 'k');
  const std::string text = "{\"" + key + "\":1}";
  const Result<Outline> outline = outline_of(text);
  REQUIRE(outline);
  CHECK(outline->members[0].key == key);
}

TEST_CASE("the last of duplicate keys is found, lone surrogates stay apart") {
  const std::string text = R"({"a":1,"a":2,"\ud800":3,"\ud801":4,"b\ud83d\ude00":5})";
  const Result<Outline> outline = outline_of(text);
  REQUIRE(outline);
  CHECK(find_member(*outline, "a")->value == "2");
  CHECK(find_member(*outline, "b\U0001F600")->value == "5");
  CHECK(find_member(*outline, "c") == nullptr);
  CHECK(outline->members[2].key != outline->members[3].key);
}

TEST_CASE("what is not one valid value is refused") {
  for (const char* text : {"", "  ", "{", "{\"a\":}", "[1,]", "1 2", "{} x", "\"", "nul"}) {
    CAPTURE(text);
    const Result<Outline> outline = outline_of(text);
    REQUIRE_FALSE(outline);
    CHECK(outline.error().code == Errc::invalid_content);
  }
}
