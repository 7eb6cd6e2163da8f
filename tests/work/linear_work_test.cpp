// The work of a diagnosis and of a repair grows with the size of the text and with the number of damages,
// whatever they are, and not with their product. Counted, not timed: scanner, judges and repair are compiled
// once more so that every step of theirs (a basic block) is counted, which is the same on any machine and
// under any load.

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "session/check.h"
#include "session/repair.h"

namespace {

std::uint64_t steps = 0;

// As many bytes as are looked at in one step where several are looked at together.
constexpr std::size_t k_bytes_per_step = 16;

}  // namespace

// What the compiler calls in every basic block (-fsanitize-coverage=trace-pc).
extern "C" void __sanitizer_cov_trace_pc();
extern "C" void __sanitizer_cov_trace_pc() { ++steps; }

// What looks for a byte or compares is one call there, however far it goes: the linker has it come by here.
extern "C" void* __real_memchr(const void* bytes, int byte, std::size_t size);
extern "C" void* __wrap_memchr(const void* bytes, int byte, std::size_t size);
extern "C" void* __wrap_memchr(const void* bytes, int byte, std::size_t size) {
  void* const found = __real_memchr(bytes, byte, size);
  const char* const begin = static_cast<const char*>(bytes);
  const std::size_t read =
      found == nullptr ? size : static_cast<std::size_t>(static_cast<const char*>(found) - begin);
  steps += read / k_bytes_per_step;
  return found;
}

extern "C" int __real_memcmp(const void* one, const void* other, std::size_t size);
extern "C" int __wrap_memcmp(const void* one, const void* other, std::size_t size);
extern "C" int __wrap_memcmp(const void* one, const void* other, std::size_t size) {
  const char* const begin = static_cast<const char*>(one);
  const char* const differs = std::mismatch(begin, begin + size, static_cast<const char*>(other)).first;
  steps += static_cast<std::size_t>(differs - begin) / k_bytes_per_step;
  return __real_memcmp(one, other, size);
}

namespace {

using namespace session;

using MakeText = std::function<std::string(std::size_t size)>;

struct Family {
  std::string name;
  Format format;
  const char* layout;  ///< nullptr: none
  MakeText make;
};

std::string numbered(const std::string& pattern, std::size_t number) {
  std::string text = pattern;
  for (std::size_t at = 0; (at = text.find('#', at)) != std::string::npos;) {
    text.replace(at, 1, std::to_string(number));
  }
  return text;
}

/// `first`, then `pattern` with its number for each '#' until there are `size` bytes, then `last`.
MakeText repeated(std::string pattern, std::string first = "", std::string last = "") {
  return [=](std::size_t size) {
    std::string text = first;
    for (std::size_t number = 1; text.size() < size; ++number) text += numbered(pattern, number);
    return text + last;
  };
}

std::string nested(std::size_t size) { return std::string(size, '['); }

std::string nested_whole(std::size_t size) { return std::string(size / 2, '[') + std::string(size / 2, ']'); }

std::string nested_on_two_lines(std::size_t size) { return nested(size / 2) + "\n" + nested(size / 2 - 1); }

std::string nested_objects(std::size_t size) { return repeated("{\"a\":")(size); }

/// Records whose parents all come later.
std::string parents_behind(std::size_t size) {
  const std::size_t count = size / 40;
  std::string text;
  for (std::size_t n = 1; n < count; ++n) {
    text += R"({"uuid":")" + std::to_string(n) + R"(","parentUuid":")" + std::to_string(n + 1) + "\"}\n";
  }
  return text;
}

/// Records that are each other's parents in one large circle.
std::string parents_in_a_circle(std::size_t size) {
  return parents_behind(size) + R"({"uuid":")" + std::to_string(size / 40) + R"(","parentUuid":"1"})" + "\n";
}

std::vector<Family> families() {
  constexpr auto k_json = Format::json;
  constexpr auto k_lines = Format::json_lines;
  const std::string record = R"({"id":#,"text":"some words of a message, and some more"})";
  const std::string message = R"({"role":"user","content":"x #","timestamp":"2026-01-01T00:00:00Z"},)";
  const std::string miniclaw = R"({"session_id":"a_1","channel":"a","chat_id":"1","messages":[)";
  return {
      {"records", k_lines, "claude-code", repeated(record + "\n")},
      {"a document", k_json, nullptr, repeated(record + ",", "[", "1]")},
      {"a document cut off", k_json, nullptr, repeated(record + ",", "[")},
      {"blanks", k_json, nullptr, repeated(" \n\t ")},
      {"blank lines", k_lines, nullptr, repeated("\n", "{}\n")},
      {"NULs", k_json, nullptr, repeated(std::string(1, '\0'))},
      {"NULs in every line", k_lines, nullptr, repeated(std::string("{\"a\":1}\0\0\0\n", 11))},
      {"NULs in every string", k_json, nullptr, repeated(std::string("\"a\0b\",", 6), "[", "1]")},
      {"cut records", k_lines, nullptr, repeated("{\"id\":#,\"text\":\"some wo\n")},
      {"glued records, line by line", k_lines, nullptr, repeated(record + record + "\n")},
      {"glued records on one line", k_lines, nullptr, repeated(record)},
      {"glued documents", k_json, nullptr, repeated(record)},
      {"spliced records, line by line", k_lines, nullptr, repeated("{\"id\":#,\"te" + record + "\n")},
      {"spliced records on one line", k_lines, nullptr, repeated("{\"id\":#,\"te" + record)},
      {"a record in pieces", k_lines, nullptr, repeated("\"k#\":1,\n", "{\n", "\"k\":1}\n")},
      {"records in pieces", k_lines, nullptr, repeated("{\"id\":#,\n\"text\":\"some\nwords\"}\n")},
      {"members, cut in a string", k_lines, nullptr, repeated("{\"a\":\"x\n")},
      {"objects in objects, cut in a string", k_lines, nullptr, repeated("{\"a\":#,{\"b\":\"some wo\n")},
      {"objects in arrays, cut in a string", k_lines, "claude-code", repeated("{\"id\":[1{\"\"t # of\n")},
      {"closers of other arrays, line by line", k_lines, nullptr, repeated("[[}:\n")},
      {"strings in arrays, closed as objects", k_lines, nullptr, repeated("[[\"a\"}\n")},
      {"keys in arrays, cut in a string", k_lines, "claude-code",
       repeated(R"([[{"id":[[,"b"::"role":"user""t # of)"
                "\n")},
      {"keys in arrays of a document, cut in a string", k_json, "miniclaw",
       repeated(R"([[{"id"::]["a"[k#:["role":"user""t # of)")},
      {"the rest of a document", k_json, nullptr, repeated(record + ",", "", "1],\"x\":1}")},
      {"rests of documents, line by line", k_lines, nullptr,
       repeated(record + "," + record + "],\"x\":#}\n")},
      {"rests of records on one line", k_lines, nullptr, repeated(record + ",1],")},
      {"lines without a beginning", k_lines, nullptr, repeated("rest of # a record\"}\n")},
      {"one old tail", k_json, nullptr, repeated("\"x\":#}]", "{\"a\":1}")},
      {"merge conflicts", k_lines, nullptr,
       repeated("<<<<<<< a\n" + record + "\n=======\n" + record + "\n>>>>>>> b\n")},
      {"merge conflicts without an end", k_lines, nullptr, repeated("<<<<<<< a\n" + record + "\n")},
      {"a colon many times", k_json, nullptr, repeated(":", "{\"a\"")},
      {"bytes that are no UTF-8", k_json, nullptr, repeated("\xff\xc3", "[\"", "\"]")},
      {"one character's beginning", k_json, nullptr, repeated("\xf0")},
      {"control characters", k_json, nullptr, repeated("\x01", "[\"", "\"]")},
      {"halves of pairs", k_json, nullptr, repeated("\\ud83d", "[\"", "\"]")},
      {"backslashes", k_json, nullptr, repeated("\\", "[\"", "\"]")},
      {"quotes", k_json, nullptr, repeated("\"")},
      {"commas", k_json, nullptr, repeated(",", "[")},
      {"one long string", k_json, nullptr, repeated("x", "[\"", "\"]")},
      {"one string without an end", k_lines, nullptr, repeated("x", "{\"a\":\"")},
      {"one long number", k_json, nullptr, repeated("1", "[", "]")},
      {"long numbers", k_json, nullptr, repeated("12345678901234567890123,", "[", "1]")},
      {"one long exponent", k_json, nullptr, repeated("9", "[1e", "]")},
      {"wrong words", k_json, nullptr, repeated("tru,", "[", "1]")},
      {"open brackets", k_json, nullptr, nested},
      {"brackets", k_json, nullptr, nested_whole},
      {"open objects", k_json, nullptr, nested_objects},
      {"closing brackets", k_json, nullptr, repeated("]")},
      {"open brackets, line by line", k_lines, nullptr, repeated("[[[[\n")},
      {"open brackets on two lines", k_json, nullptr, nested_on_two_lines},
      {"open brackets behind a word", k_json, nullptr, repeated(" [[", "x")},
      {"keys without quotes", k_json, nullptr, repeated("{id:1,name:2},", "{\"m\":[", "]}")},
      {"keys without quotes, cut", k_lines, nullptr, repeated("{a\n")},
      {"lines of a log between open objects", k_lines, nullptr,
       repeated("log [x] {y}\n{\n", "", "{\"a\":[{\"b\":1}]}\n")},
      {"many keys", k_json, nullptr, repeated("\"k#\":1,", "{", "\"k\":1}")},
      {"one key again and again", k_json, nullptr, repeated("\"k\":1,", "{", "\"k\":1}")},
      {"objects with a key twice", k_json, nullptr, repeated("{\"k\":1,\"k\":2},", "[", "1]")},
      {"UTF-16", k_json, nullptr, repeated(std::string("x\0", 2), "\xff\xfe")},
      {"words", k_json, nullptr, repeated("words of a text ")},
      {"a layout kept", k_json, "miniclaw", repeated(message, miniclaw, "{}]}")},
      {"a layout broken everywhere", k_json, "miniclaw", repeated("{\"role\":\"x\"},", miniclaw, "{}]}")},
      {"a known key again and again", k_json, "miniclaw", repeated("\"messages\":[1],", "{", "\"k\":1}")},
      {"parents behind", k_lines, "claude-code", parents_behind},
      {"parents in a circle", k_lines, "claude-code", parents_in_a_circle},
      {"parents that are not there", k_lines, "claude-code",
       repeated("{\"uuid\":\"#\",\"parentUuid\":\"x#\"}\n")},
      {"one id", k_lines, "claude-code", repeated("{\"uuid\":\"a\",\"parentUuid\":\"a\"}\n")},
      {"calls without results", k_lines, "claude-code",
       repeated(R"({"message":{"content":[{"type":"tool_use","id":"#"}]}})"
                "\n")},
      {"results without calls", k_lines, "claude-code",
       repeated(R"({"message":{"content":[{"type":"tool_result","tool_use_id":"#"}]}})"
                "\n")},
  };
}

std::uint64_t steps_for(const Family& family, std::size_t size, std::size_t piece) {
  CheckOptions options;
  options.format = family.format;
  options.layout = family.layout == nullptr ? nullptr : find_layout(family.layout);
  options.level = Level::links;
  const std::string text = family.make(size);
  Checker checker(options);
  const std::uint64_t before = steps;
  for (std::size_t at = 0; at < text.size(); at += piece) checker.feed(ByteView(text).substr(at, piece));
  checker.finish();
  return steps - before;
}

/// Texts that ask a repair at every few bytes where what follows belongs.
std::vector<Family> breaks() {
  std::vector<Family> all;
  for (const char* const pattern : {"{\"a\":#", "#~,", "[1,#~],", "[\"a\":", "{\"a\":#~,\"b\":", "{\"a\":~",
                                    "[~", "{\"k\":{~\"a\":", "\"a\":\"b\":{", "}", "]}", "\\\"", "\"~", ",,",
                                    "{\"role\":\"user\",\"content\":\"x # \"y\"},"}) {
    for (const Format format : {Format::json, Format::json_lines}) {
      const std::string lines = format == Format::json ? "" : " as a line";
      all.push_back({pattern + lines, format, nullptr, repeated(pattern, "[")});
    }
  }
  return all;
}

std::uint64_t steps_of_repair(const Family& family, std::size_t size) {
  const std::string text = family.make(size);
  RepairOptions options;
  options.format = family.format;
  options.layout = family.layout == nullptr ? nullptr : find_layout(family.layout);
  options.level = Level::syntax;
  const std::uint64_t before = steps;
  plan_repair(text, {}, options);
  return steps - before;
}

}  // namespace

TEST_CASE("twice the text is at most 2.2 times the work, for every kind of damage and any pieces") {
  constexpr std::size_t k_size = 32 << 10;
  // Most texts are looked at byte by byte; of one that a mark at its beginning tells, nothing more is.
  std::size_t looked_through = 0;
  for (const Family& family : families()) {
    for (const std::size_t piece : {std::size_t{1} << 30, std::size_t{4096}, std::size_t{61}}) {
      CAPTURE(family.name);
      CAPTURE(piece);
      std::uint64_t last = steps_for(family, k_size, piece);
      REQUIRE(last > 0);
      if (last > k_size / 64) ++looked_through;
      for (const std::size_t size : {2 * k_size, 4 * k_size}) {
        const std::uint64_t now = steps_for(family, size, piece);
        CAPTURE(size);
        CHECK(static_cast<double>(now) <= 2.2 * static_cast<double>(last));
        last = now;
      }
    }
  }
  CHECK(looked_through >= 3 * (families().size() - 1));
}

TEST_CASE("twice the text is at most 2.2 times the work of repairing it") {
  // Within one of the pieces that a text is diagnosed in, and on one thread: there is one counter.
  constexpr std::size_t k_size = 31 << 10;
  std::vector<Family> all = families();
  for (Family& each : breaks()) all.push_back(std::move(each));
  for (const Family& family : all) {
    CAPTURE(family.name);
    const std::uint64_t once = steps_of_repair(family, k_size);
    REQUIRE(once > 0);
    CHECK(static_cast<double>(steps_of_repair(family, 2 * k_size)) <= 2.2 * static_cast<double>(once));
  }
}
