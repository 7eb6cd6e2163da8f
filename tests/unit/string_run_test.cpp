#include "json/string_run.h"

#include <doctest/doctest.h>

#include <random>
#include <string>

#include "json/scanner.h"

namespace {

using namespace session::json;

/// Byte by byte, as the grammar says it: where a string's content that begins at 0 stops being plain bytes
/// and escapes of one letter.
std::size_t plain_end(const std::string& text) {
  std::size_t i = 0;
  while (i < text.size()) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte == '"' || byte < 0x20) return i;
    if (byte != '\\') {
      ++i;
      continue;
    }
    if (i + 1 == text.size() || std::string_view("\"\\/bfnrt").find(text[i + 1]) == std::string_view::npos)
      return i;
    i += 2;
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

TEST_CASE("random content dense in escapes") {
  std::mt19937 random(7);
  constexpr std::string_view k_letters = "\\\\\\\"nrtbfu/x a\x01\xC3\xA9";
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    const std::size_t size = random() % 300;
    while (text.size() < size) text += k_letters[random() % (round % 2 == 0 ? 3 : k_letters.size())];
    check_run(text);
  }
}

}  // namespace
