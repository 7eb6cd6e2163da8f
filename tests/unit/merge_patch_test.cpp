#include <doctest/doctest.h>

#include "session/patch.h"

using namespace session;

namespace {

std::string patched(ByteView target, ByteView patch) {
  const Result<Bytes> result = merge_patch(target, patch);
  REQUIRE(result);
  return *result;
}

}  // namespace

TEST_CASE("the examples of RFC 7396, appendix A") {
  struct Row {
    const char *original, *patch, *result;
  };
  const Row rows[] = {
      {R"({"a":"b"})", R"({"a":"c"})", R"({"a":"c"})"},
      {R"({"a":"b"})", R"({"b":"c"})", R"({"a":"b","b":"c"})"},
      {R"({"a":"b"})", R"({"a":null})", R"({})"},
      {R"({"a":"b","b":"c"})", R"({"a":null})", R"({"b":"c"})"},
      {R"({"a":["b"]})", R"({"a":"c"})", R"({"a":"c"})"},
      {R"({"a":"c"})", R"({"a":["b"]})", R"({"a":["b"]})"},
      {R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})", R"({"a":{"b":"d"}})"},
      {R"({"a":[{"b":"c"}]})", R"({"a":[1]})", R"({"a":[1]})"},
      {R"(["a","b"])", R"(["c","d"])", R"(["c","d"])"},
      {R"({"a":"b"})", R"(["c"])", R"(["c"])"},
      {R"({"a":"foo"})", R"(null)", R"(null)"},
      {R"({"a":"foo"})", R"("bar")", R"("bar")"},
      {R"({"e":null})", R"({"a":1})", R"({"e":null,"a":1})"},
      {R"([1,2])", R"({"a":"b","c":null})", R"({"a":"b"})"},
      {R"({})", R"({"a":{"bb":{"ccc":null}}})", R"({"a":{"bb":{}}})"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.original);
    CAPTURE(row.patch);
    CHECK(patched(row.original, row.patch) == row.result);
  }
}

TEST_CASE("a byte order mark is none of the value, and stays") {
  CHECK(*merge_patch("\xEF\xBB\xBF{\"a\":1}", "{\"a\":2}") == "\xEF\xBB\xBF{\"a\":2}");
}

TEST_CASE("what the patch does not name keeps its bytes") {
  const std::string target =
      "{\n  \"id\" : 12345678901234567890,\n  \"big\": 1e400, "
      "\"z\":1,\r\n\t\"a\\u0062\":\"\\ud83d\\u002f\\/\",\n"
      "  \"n\": 1\n}\n";
  CHECK(patched(target, R"({"n": 2})") ==
        "{\n  \"id\" : 12345678901234567890,\n  \"big\": 1e400, "
        "\"z\":1,\r\n\t\"a\\u0062\":\"\\ud83d\\u002f\\/\",\n"
        "  \"n\": 2\n}\n");
  CHECK(patched(target, "{}") == target);
}

TEST_CASE("values of the patch keep their bytes too") {
  CHECK(patched(R"({"a":1})", R"({"a":98765432109876543210.50, "b":{"k" : "\u0041"}})") ==
        R"({"a":98765432109876543210.50,"b":{"k" : "\u0041"}})");
}

TEST_CASE("keys are the same however they are escaped") {
  CHECK(patched(R"({"\u0061":1,"b":2})", R"({"a":3})") == R"({"\u0061":3,"b":2})");
  CHECK(patched(R"({"a":1,"b":2})", R"({"\u0061":null})") == R"({"b":2})");
}

TEST_CASE("added members stand last and are spaced like the member before") {
  CHECK(patched("{\n  \"a\": 1\n}\n", R"({"b":2,"c":[3]})") ==
        "{\n  \"a\": 1,\n  \"b\": 2,\n  \"c\": [3]\n}\n");
  CHECK(patched("{\n  \"o\": {\n    \"x\": 1\n  }\n}", R"({"o":{"y":2}})") ==
        "{\n  \"o\": {\n    \"x\": 1,\n    \"y\": 2\n  }\n}");
  CHECK(patched("{ }", R"({"a":1,"b":2})") == R"({"a":1,"b":2})");
}

TEST_CASE("removing members takes the commas along, wherever they stand") {
  const char* target = "{ \"a\": 1, \"b\": 2, \"c\": 3 }";
  CHECK(patched(target, R"({"a":null})") == "{ \"b\": 2, \"c\": 3 }");
  CHECK(patched(target, R"({"b":null})") == "{ \"a\": 1, \"c\": 3 }");
  CHECK(patched(target, R"({"c":null})") == "{ \"a\": 1, \"b\": 2 }");
  CHECK(patched(target, R"({"a":null,"b":null})") == "{ \"c\": 3 }");
  CHECK(patched(target, R"({"b":null,"c":null})") == "{ \"a\": 1 }");
  CHECK(patched(target, R"({"a":null,"c":null})") == "{ \"b\": 2 }");
  CHECK(patched(target, R"({"a":null,"b":null,"c":null})") == "{}");
  CHECK(patched(target, R"({"a":null,"b":null,"c":null,"d":4})") == "{ \"d\": 4 }");
  CHECK(patched(target, R"({"c":null,"d":4})") == "{ \"a\": 1, \"b\": 2, \"d\": 4 }");
  CHECK(patched(target, R"({"a":null,"d":4})") == "{ \"b\": 2, \"c\": 3, \"d\": 4 }");
}

TEST_CASE("of duplicate keys the last counts, a removal removes all") {
  CHECK(patched(R"({"a":1,"b":0,"a":2})", R"({"a":3})") == R"({"a":1,"b":0,"a":3})");
  CHECK(patched(R"({"a":1,"b":0,"a":2})", R"({"a":null})") == R"({"b":0})");
  CHECK(patched(R"({"a":1})", R"({"a":2,"a":3})") == R"({"a":3})");
  CHECK(patched(R"({"a":1})", R"({"a":2,"a":null})") == R"({})");
}

TEST_CASE("nulls within arrays and under replaced values") {
  CHECK(patched(R"({"a":1})", R"({"b":[null,{"c":null}]})") == R"({"a":1,"b":[null,{"c":null}]})");
  CHECK(patched(R"({"a":1})", R"({"a":{"x":null,"y":{"z":null,"w":1}}})") == R"({"a":{"y":{"w":1}}})");
}

TEST_CASE("what is not JSON is refused, and says which of the two it is") {
  CHECK(merge_patch("{", "{}").error().subject == "session");
  CHECK(merge_patch("{}", "{\"a\":}").error().subject == "patch");
  CHECK(merge_patch("{}", "{\"a\":}").error().code == Errc::invalid_content);
}

TEST_CASE("a patch that nests too deep is refused, at any depth of the target") {
  std::string deep;
  for (unsigned i = 0; i < k_max_patch_depth; ++i) deep += R"({"a":)";
  const std::string closed = deep + "1" + std::string(k_max_patch_depth, '}');
  CHECK(merge_patch("{}", closed));
  CHECK(merge_patch(closed, closed));
  const std::string deeper = R"({"a":)" + closed + "}";
  CHECK(merge_patch("{}", deeper).error().code == Errc::bad_argument);
  CHECK(merge_patch(deeper, deeper).error().code == Errc::bad_argument);
  CHECK(patched(deeper, R"({"b":1})").ends_with(R"(,"b":1})"));
}
