#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "session/check.h"

namespace {

using namespace session;

Diagnosis check(std::string_view bytes, Format format) {
  CheckOptions options;
  options.format = format;
  return diagnose(bytes, options);
}

struct Case {
  Format format;
  std::string bytes;
  Kind kind;
  std::uint64_t offset, line, column;
};

using namespace std::string_literals;

const std::vector<Case>& cases() {
  static const std::vector<Case> all{
      {Format::json, "", Kind::empty, 0, 1, 1},
      {Format::json, " \n ", Kind::empty, 0, 1, 1},
      {Format::json, std::string(413, '\0'), Kind::nul_file, 0, 1, 1},
      {Format::json, "<!DOCTYPE html><html></html>", Kind::not_json, 0, 1, 1},
      {Format::json, "\x1F\x8B\x08\0\0\0"s, Kind::not_json, 0, 1, 1},
      {Format::json,
       "{\0\"\0a\0\"\0:\0"
       "1\0}\0"s,
       Kind::utf16, 0, 1, 1},
      {Format::json, "\xEF\xBB\xBF{}", Kind::bom, 0, 1, 1},
      {Format::json, "{\n \"a\": [1, \"x", Kind::torn_tail, 14, 2, 13},
      {Format::json, "{\"a\":1}\0\0"s, Kind::nul_tail, 7, 1, 8},
      {Format::json, "\0\0{\"a\":1}"s, Kind::nul_prefix, 0, 1, 1},
      {Format::json, "{\"a\":\"x\0\0y\"}"s, Kind::nul_interior, 7, 1, 8},
      {Format::json, "{\"a\":1}\nity\":\"b\"}\n}", Kind::stale_tail, 8, 2, 1},
      {Format::json, "{\"a\":1}]", Kind::stale_tail, 7, 1, 8},
      {Format::json, "{\"a\":1}{\"b\":2}", Kind::glued, 7, 1, 8},
      {Format::json, "ole\":\"user\",\"content\":\"x\"}]}", Kind::headless, 0, 1, 1},
      {Format::json, "{\"é\":\"\xFF\"}", Kind::invalid_utf8, 7, 1, 7},
      {Format::json, "{\"a\":\"x\ty\"}", Kind::raw_control, 7, 1, 8},
      {Format::json, "{\"a\" 1}", Kind::bad_syntax, 5, 1, 6},
      {Format::json, "{\"a\":1,\n\"a\":2}", Kind::duplicate_key, 8, 2, 1},
      {Format::json, "[\"\\ud83d\"]", Kind::lone_surrogate, 2, 1, 3},
      {Format::json, "[1,123456789012345678901]", Kind::number_limits, 3, 1, 4},
      {Format::json, "[1e400]", Kind::number_limits, 1, 1, 2},
      {Format::json, std::string(1025, '[') + std::string(1025, ']'), Kind::depth_limits, 1024, 1, 1025},
      {Format::json_lines, "{}\n{\"a\":", Kind::torn_tail, 8, 2, 6},
      {Format::json_lines, "{}\n{\"a\":\n{}\n", Kind::torn_record, 8, 2, 6},
      {Format::json_lines, "{}\n{}", Kind::missing_newline, 5, 2, 3},
      {Format::json_lines, "{}{}\n", Kind::glued, 2, 1, 3},
      {Format::json_lines, "ole\":\"x\"}\n{}\n", Kind::headless, 0, 1, 1},
      {Format::json_lines, "{}\n\0\0{}\n"s, Kind::nul_prefix, 3, 2, 1},
      {Format::json_lines, "{}\n\0\0\0"s, Kind::nul_tail, 3, 2, 1},
  };
  return all;
}

TEST_CASE("each kind is named first, at its byte, line and column") {
  for (const Case& c : cases()) {
    CAPTURE(c.bytes);
    const Diagnosis diagnosis = check(c.bytes, c.format);
    REQUIRE_FALSE(diagnosis.findings.empty());
    const Finding& first = diagnosis.findings.front();
    CHECK(id_of(first.kind) == id_of(c.kind));
    CHECK(first.offset == c.offset);
    CHECK(first.line == c.line);
    CHECK(first.column == c.column);
  }
}

TEST_CASE("wherever the input is cut into chunks, the diagnosis is the same") {
  for (const Case& c : cases()) {
    CAPTURE(c.bytes);
    CheckOptions options;
    options.format = c.format;
    const Diagnosis whole = diagnose(c.bytes, options);
    for (std::size_t size = 1; size < 40 && size < c.bytes.size(); ++size) {
      Checker checker(options);
      for (std::size_t at = 0; at < c.bytes.size(); at += size) {
        checker.feed(std::string_view(c.bytes).substr(at, size));
      }
      const Diagnosis pieces = checker.finish();
      CAPTURE(size);
      CHECK(pieces.verdict == whole.verdict);
      CHECK(pieces.findings == whole.findings);
      CHECK(pieces.records == whole.records);
    }
  }
}

TEST_CASE("valid documents are ok") {
  for (const char* text : {"{}", "[]", " 1 ", "\"x\"", "null\n", "{\"a\":[true,false,null,-0.5e+3]}",
                           "[\"\\u2028 \xE2\x80\xA8 \\ud83d\\ude00\"]"}) {
    CAPTURE(text);
    CHECK(check(text, Format::json).verdict == Verdict::ok);
  }
}

}  // namespace
