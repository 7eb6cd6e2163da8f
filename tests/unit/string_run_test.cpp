#include "json/string_run.h"

#include <doctest/doctest.h>

#include <random>
#include <string>

#include "json/scanner.h"

namespace {

using namespace session::json;

/// How long the escape at `at` is, if it is whole and means a character by itself; else 0.
std::size_t plain_escape(std::string_view text, std::size_t at) {
  if (at + 1 >= text.size()) return 0;
  if (text[at + 1] != 'u')
    return std::string_view("\"\\/bfnrt").find(text[at + 1]) == std::string_view::npos ? 0 : 2;
  const std::string digits(text.substr(at + 2, 4));
  const bool whole =
      digits.size() == 4 && digits.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
  const unsigned long unit = whole ? std::stoul(digits, nullptr, 16) : 0xD800;
  return unit < 0xD800 || unit > 0xDFFF ? 6 : 0;
}

/// Byte by byte, as the grammar says it: where a string's content that begins at 0 stops being plain bytes
/// and escapes that mean a character by themselves.
std::size_t plain_end(const std::string& text) {
  std::size_t i = 0;
  while (i < text.size()) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte == '"' || byte < 0x20) return i;
    const std::size_t length = byte == '\\' ? plain_escape(text, i) : 1;
    if (length == 0) return i;
    i += length;
  }
  return i;
}

/// The blocks may stop early only for want of a block, and never behind the true end.
void check_run(const std::string& text) {
  const StringRun run = pass_string_blocks(text.data(), text.data() + text.size());
  const auto passed = static_cast<std::size_t>(run.end - text.data());
  const std::size_t end = plain_end(text);
  CHECK(passed <= end);
  if (passed < end) CHECK(plain_end(text.substr(passed)) == end - passed);
  // The backslash of an escape that stopped it may count.
  const bool passed_escape = text.substr(0, passed).find('\\') != std::string::npos;
  CHECK((run.escaped || !passed_escape));
  CHECK((!run.escaped || text.substr(0, passed + 1).find('\\') != std::string::npos));
}

TEST_CASE("every byte at every place of a block, escaped and not") {
  for (int byte = 0; byte < 256; ++byte) {
    for (std::size_t at = 0; at < 140; ++at) {
      std::string text(200, 'x');
      text[at] = static_cast<char>(byte);
      check_run(text);
      if (at != 0) text[at - 1] = '\\';
      check_run(text);
    }
  }
}

TEST_CASE("runs of backslashes of every length across the border of blocks") {
  for (std::size_t length = 0; length < 130; ++length) {
    for (std::size_t begin = 0; begin < 70; ++begin) {
      std::string text(begin, 'x');
      text += std::string(length, '\\') + "\"" + std::string(130, 'n');
      check_run(text);
    }
  }
}

TEST_CASE("escapes of characters and of halves, whole, wrong and cut, across the border of blocks") {
  for (const std::string_view escape : {"\\u00e9", "\\uD7FF", "\\ud800", "\\uDfff", "\\uE000", "\\uFFFF",
                                        "\\u12g4", "\\u12\"4", "\\u\\u0041", "\\u004"}) {
    for (std::size_t at = 0; at < 140; ++at) {
      check_run(std::string(at, 'x') + std::string(escape) + std::string(140, 'y'));
      check_run(std::string(at, 'x') + "\\" + std::string(escape) + std::string(140, 'y'));
      check_run(std::string(at, 'x') + std::string(escape));
      check_run(std::string(at, 'x') + std::string(escape) + "\"" + std::string(140, '\\'));
    }
  }
}

TEST_CASE("random content dense in escapes") {
  std::mt19937 random(7);
  constexpr std::string_view k_letters = "\\\\\\\"nrtbfu/u0x aD8\x01\xC3\xA9";
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    const std::size_t size = random() % 300;
    while (text.size() < size) text += k_letters[random() % (round % 2 == 0 ? 3 : k_letters.size())];
    check_run(text);
  }
}

}  // namespace
