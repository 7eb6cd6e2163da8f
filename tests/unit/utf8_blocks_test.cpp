#include "json/utf8_blocks.h"

#include <doctest/doctest.h>
#include <simdjson.h>

#include <random>
#include <string>
#include <string_view>

#include "json/utf8.h"

namespace {

using namespace session::json;

bool is_valid(std::string_view text) { return is_valid_utf8(text.data(), text.data() + text.size()); }

/// Character by character, as RFC 3629 has it.
bool is_valid_by_characters(std::string_view text) {
  const char* const end = text.data() + text.size();
  for (const char* p = text.data(); p != end;) {
    const std::size_t length = utf8_character(p, end);
    if (length == 0) return false;
    p += length;
  }
  return true;
}

void check_alike(const std::string& text) {
  const bool valid = is_valid_by_characters(text);
  CHECK(is_valid(text) == valid);
  const auto& simdjson = simdjson::get_active_implementation();
  CHECK(simdjson->validate_utf8(text.data(), text.size()) == valid);
}

constexpr std::string_view k_characters[] = {"a",
                                             std::string_view("\0", 1),
                                             "\x7F",
                                             "\xC2\x80",
                                             "\xC3\xA9",
                                             "\xDF\xBF",
                                             "\xE0\xA0\x80",
                                             "\xE2\x82\xAC",
                                             "\xED\x9F\xBF",
                                             "\xEE\x80\x80",
                                             "\xEF\xBF\xBF",
                                             "\xF0\x90\x80\x80",
                                             "\xF0\x9F\x98\x80",
                                             "\xF4\x8F\xBF\xBF"};

TEST_CASE("every character at every place of the blocks is valid, and cut it is not") {
  for (const std::string_view character : k_characters) {
    for (std::size_t before = 0; before < 200; ++before) {
      for (const std::size_t behind : {0U, 1U, 31U, 64U, 150U}) {
        const std::string head(before, 'x'), tail(behind, 'y');
        CHECK(is_valid(head + std::string(character) + tail));
        for (std::size_t length = 1; length < character.size(); ++length) {
          CHECK_FALSE(is_valid(head + std::string(character.substr(0, length)) + tail));
          CHECK_FALSE(is_valid(head + std::string(character.substr(length)) + tail));
        }
      }
    }
  }
}

TEST_CASE("every two bytes, and a third and fourth that matter, across the border of blocks") {
  constexpr std::string_view k_borders("\x00\x7F\x80\x8F\x90\x9F\xA0\xBF\xC0\xC2\xE0\xED\xF0\xF4\xFF", 15);
  std::string text(40, 'x');
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      text[30] = static_cast<char>(first);
      text[31] = static_cast<char>(second);
      for (const char third : first < 0xE0 ? k_borders.substr(0, 3) : k_borders) {
        text[32] = third;
        for (const char fourth : first < 0xF0 ? k_borders.substr(0, 1) : k_borders) {
          text[33] = fourth;
          if (is_valid(text) != is_valid_by_characters(text))
            FAIL_CHECK(first, " ", second, " ", third, " ", fourth);
        }
      }
    }
  }
}

TEST_CASE("random text with and without mistakes, as simdjson judges it") {
  std::mt19937 random(11);
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    const std::size_t size = random() % 400;
    const bool mostly_ascii = round % 3 == 0;
    while (text.size() < size) {
      const bool plain = mostly_ascii && random() % 64 != 0;
      text += plain ? "z" : k_characters[random() % std::size(k_characters)];
    }
    if (round % 2 == 0 && !text.empty()) text[random() % text.size()] = static_cast<char>(random());
    check_alike(text);
  }
}

}  // namespace
