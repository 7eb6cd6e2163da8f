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
      {Format::json, "[\"\\ud83d" + std::string(100, '\xA5') + "\"]", Kind::invalid_utf8, 8, 1, 9},
      {Format::json_lines,
       "{\"id\":1,\"v\":\"a\"}\n{\"id\":2,\"v\" junk {\"id\":3,\"v\":\"" + std::string(100, 'z') + "\"}\n",
       Kind::splice, 34, 2, 18},
      {Format::json_lines, "\t9" + std::string(64, '\0') + "[\0\0"s, Kind::bad_syntax, 1, 1, 2},
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
      {Format::json, "[\"\\ud83d\\n" + std::string(200, 'x') + "\"]", Kind::lone_surrogate, 2, 1, 3},
      {Format::json, "[\"\\ud83d\\u00e9\\ude00" + std::string(200, 'x') + "\"]", Kind::lone_surrogate, 2, 1,
       3},
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
      // A document that runs into another: cut in a string, before a value, behind one.
      {Format::json, "{\"a\":[\"pr{\"id\":1,\"b\":[]}", Kind::splice, 9, 1, 10},
      {Format::json, "{\"a\":[1,2{\"id\":1}\n", Kind::splice, 9, 1, 10},
      {Format::json, "{\n \"a\": \"pr{\n \"id\": 1\n}\n", Kind::splice, 11, 2, 10},
      {Format::json, "{\"a\":1,}", Kind::bad_syntax, 7, 1, 8},
      {Format::json, "[1,2,]", Kind::bad_syntax, 5, 1, 6},
      {Format::json, "[1 2]", Kind::bad_syntax, 3, 1, 4},
      {Format::json, "[\n1,\n<<<<<<< ours\n2\n=======\n3\n>>>>>>> theirs\n]", Kind::merge_conflict, 5, 3, 1},
      {Format::json, "[1,2]\n<<<<<<<", Kind::merge_conflict, 6, 2, 1},
      {Format::json, "plain words, no JSON", Kind::bad_syntax, 0, 1, 1},
      {Format::json, "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822c", Kind::not_json, 0, 1, 1},
      // Lines.
      {Format::json_lines, "{\"id\":1}\n{\"t\":\"prNu{\"id\":2}\n", Kind::splice, 19, 2, 11},
      {Format::json_lines, "{\"id\":1}\n{\"t\":[1,{\"id\":2}\n", Kind::splice, 17, 2, 9},
      {Format::json_lines, "{\"id\":1}\n{\"t\":tr{\"id\":2}\n", Kind::splice, 16, 2, 8},
      {Format::json_lines, "{\"id\":1}\n{\"t\":x,,{\"id\":2}\n", Kind::splice, 17, 2, 9},
      {Format::json_lines, "{\"id\":1}\n{\"t\":\"a\nb\nc\"}\n{}\n", Kind::split_record, 16, 2, 8},
      {Format::json_lines, "{\n \"id\": 1\n}\n{\n \"id\": 2\n}\n", Kind::split_record, 1, 1, 2},
      {Format::json_lines, "{\"a\":\"f()\n{\n}\"}\n", Kind::split_record, 9, 1, 10},
      {Format::json_lines, "{\"a\":1}\n{\"a\":\n{\"a\":2}\n", Kind::torn_record, 13, 2, 6},
      {Format::json_lines, "{\"a\":1}\nle\":\"x\"}\n{\"a\":2}\n", Kind::headless, 8, 2, 1},
      {Format::json_lines, "{\"a\":1}\nole\":", Kind::stale_tail, 8, 2, 1},
      {Format::json_lines, "{\"a\":1}}\n{\"a\":2}\n", Kind::stale_tail, 7, 1, 8},
      {Format::json_lines, "{\"a\":1}\n<<<<<<< a\n{}\n=======\n{}\n>>>>>>> b\n", Kind::merge_conflict, 8, 2,
       1},
      {Format::json_lines, "{\"a\":1}\n{\"a\":\"x\0\0\0\"}\n{}\n"s, Kind::nul_interior, 15, 2, 8},
      {Format::json_lines, "{\"a\":1}\n{\"a\":\"\xE2\x82\"}\n", Kind::invalid_utf8, 14, 2, 7},
      {Format::json_lines, "{\"a\":1}\n{\"a\":\"\x01\"}\n", Kind::raw_control, 14, 2, 7},
      {Format::json_lines, "{\"a\":1}\n{\"a\" 1}\n", Kind::bad_syntax, 13, 2, 6},
      {Format::json_lines, "{\"a\":1}\n\n{}\n", Kind::blank_line, 8, 2, 1},
      {Format::json_lines, "\xEF\xBB\xBF{}\n", Kind::bom, 0, 1, 1},
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

TEST_CASE("one bad line hides no other") {
  const std::string text =
      "{\"id\":1}\n{\"id\":\n{\"id\":2}{\"id\":3}\nnonsense\n{\"id\":\"x{\"id\":4}\n{\"id\":5}\n{\"id";
  const Diagnosis diagnosis = check(text, Format::json_lines);
  std::vector<std::string_view> ids;
  for (const Finding& finding : diagnosis.findings) ids.push_back(id_of(finding.kind));
  CHECK(ids == std::vector<std::string_view>{"torn-record", "glued", "bad-syntax", "splice", "torn-tail"});
  CHECK(diagnosis.records == 5);
}

TEST_CASE("the format is found by content") {
  const auto format_of = [](std::string_view text) { return diagnose(text, {}).format; };
  CHECK(format_of("{\"a\":1}\n{\"a\":2}\n") == Format::json_lines);
  CHECK(format_of("{\"a\":\n{\"a\":2}\n") == Format::json_lines);
  CHECK(format_of("{\"a\":1}\n") == Format::json);
  CHECK(format_of("{\n\"a\":1\n}\n") == Format::json);
  CHECK(format_of("[\n{\"a\":1}\n]\n") == Format::json);
  CHECK(format_of("") == Format::json);
}

TEST_CASE("the format is that of the content, whatever pieces it comes in") {
  const auto record = [](std::size_t size) { return "{\"a\":\"" + std::string(size, 'x') + "\"}\n"; };
  struct Text {
    std::string bytes;
    Format format;
  };
  // One first line is longer than any that is waited for.
  const Text all[] = {{record(150'000) + record(3) + record(3), Format::json_lines},
                      {record(65'530) + record(3), Format::json_lines},
                      {record(300'000), Format::json},
                      {record(5'000'000) + record(3), Format::json}};
  for (const Text& c : all) {
    CAPTURE(c.bytes.size());
    const Diagnosis whole = diagnose(c.bytes, {});
    CHECK(whole.format == c.format);
    for (const std::size_t size : {1'000UL, 65'536UL, 131'072UL, 262'144UL, c.bytes.size()}) {
      CAPTURE(size);
      Checker checker({});
      for (std::size_t at = 0; at < c.bytes.size(); at += size) {
        checker.feed(std::string_view(c.bytes).substr(at, size));
      }
      const Diagnosis pieces = checker.finish();
      CHECK(pieces.format == whole.format);
      CHECK(pieces.findings == whole.findings);
    }
  }
}

TEST_CASE("at most max_findings are kept, the most severe") {
  std::string text;
  for (int i = 0; i < 50; ++i) text += "{\"a\":1,\"a\":2}\n";
  for (int i = 0; i < 5; ++i) text += "{\"a\":}\n";
  CheckOptions options;
  options.format = Format::json_lines;
  options.max_findings = 10;
  const Diagnosis diagnosis = diagnose(text, options);
  CHECK(diagnosis.findings.size() == 10);
  CHECK(diagnosis.findings_left_out == 45);
  CHECK(diagnosis.findings[0].kind == Kind::bad_syntax);
  CHECK(diagnosis.findings[4].kind == Kind::bad_syntax);
  CHECK(diagnosis.findings[5].line == 1);
  options.ignored.set(static_cast<std::size_t>(Kind::bad_syntax));
  CHECK(diagnose(text, options).verdict == Verdict::warn);
}

TEST_CASE("bytes left out of a key do not count as its text") {
  using namespace std::string_literals;
  for (const std::string& gap :
       {std::string(40, '\0'), "\n"s, "\x01"s, "\xff"s, "\xff\xfe"s, std::string(9, '\0')}) {
    for (std::size_t length = 1; length <= 40; ++length) {
      const std::string text = "{\"" + std::string(length, 'k') + gap + "end\":1,\"b\":2}";
      CAPTURE(length);
      CHECK(check(text, Format::json).verdict == Verdict::damaged);
      CHECK(check(text + "\n" + text + "\n", Format::json_lines).verdict == Verdict::damaged);
    }
  }
}

TEST_CASE("depth is no damage, whatever it is") {
  for (const std::size_t depth : {std::size_t{1024}, std::size_t{5000}, std::size_t{1000000}}) {
    const std::string text = std::string(depth, '[') + std::string(depth, ']');
    CHECK(check(text, Format::json).verdict == (depth > 1024 ? Verdict::beyond_limits : Verdict::ok));
  }
}

TEST_CASE("valid documents are ok") {
  for (const char* text : {"{}", "[]", " 1 ", "\"x\"", "null\n", "{\"a\":[true,false,null,-0.5e+3]}",
                           "[\"\\u2028 \xE2\x80\xA8 \\ud83d\\ude00\"]"}) {
    CAPTURE(text);
    CHECK(check(text, Format::json).verdict == Verdict::ok);
  }
}

TEST_CASE("NULs that are not fed but told of are judged like any") {
  const std::vector<std::string> before = {"",
                                           " ",
                                           "{\"a\":",
                                           "{\"a\":\"x",
                                           "{\"a\":1",
                                           "[1,2",
                                           "{}",
                                           "{}\n",
                                           "{}\n{\"a\":[1",
                                           "{}\n{\"a\"x",
                                           "{}\n\n",
                                           "<<<<<<< a\n{}\n=====",
                                           "<<<<<<< a\n{}\n=======\n",
                                           "\xC3",
                                           "tru",
                                           "\"\\ud83d",
                                           "\"\\",
                                           "{}{",
                                           "\xFF\xFE",
                                           "<html>"};
  const std::vector<std::string> behind = {"",     "\n",    "{}", "\"}\n{}\n", "1]\n", "\n>>>>>>> b\n",
                                           "\x80", "\n{}\n"};
  constexpr std::uint64_t k_nuls = 300'000;
  for (const std::optional<Format> format :
       {std::optional(Format::json), std::optional(Format::json_lines), std::optional<Format>()}) {
    for (const std::string& first : before) {
      for (const std::string& last : behind) {
        CheckOptions options;
        options.format = format;
        Checker teller(options), reader(options);
        teller.feed(first);
        teller.feed_nuls(k_nuls);
        teller.feed(last);
        reader.feed(first);
        reader.feed(std::string(k_nuls, '\0'));
        reader.feed(last);
        const Diagnosis told = teller.finish();
        const Diagnosis read = reader.finish();
        CAPTURE(first);
        CAPTURE(last);
        CHECK(told.findings == read.findings);
        CHECK(told.records == read.records);
        CHECK(told.bytes == read.bytes);
        CHECK(told.verdict == read.verdict);
      }
    }
  }
}

}  // namespace
