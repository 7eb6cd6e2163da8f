#include "json/line_index.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>

#include "json/utf8.h"

namespace {

using namespace session::json;

/// As the contract says it, a character at a time.
Position by_hand(const std::string& text, std::size_t offset) {
  Position position;
  for (std::size_t i = 0; i < offset;) {
    const std::size_t length = utf8_character(text.data() + i, text.data() + text.size());
    const std::size_t step = length == 0 ? 1 : length;
    if (i + step > offset) break;
    if (text[i] == '\n') {
      position = {position.line + 1, 1};
    } else {
      ++position.column;
    }
    i += step;
  }
  return position;
}

std::string random_text(std::mt19937& random, bool valid) {
  static const std::string k_pieces[] = {"a",       "\n",   "é",        "€",   "\U0001F600",
                                         "bcdefgh", "\x80", "\xE2\x82", "\xFF"};
  std::string text;
  const std::size_t size = random() % (random() % 8 == 0 ? 9'000 : 400);
  while (text.size() < size) text += k_pieces[random() % (valid ? 6 : 9)];
  return text;
}

TEST_CASE("positions in any piece, its window and behind a pin are those of the text as a whole") {
  std::mt19937 random(3);
  for (int round = 0; round < 600; ++round) {
    const bool valid = round % 2 == 0;
    const std::string text = random_text(random, valid);
    LineIndex index;
    std::size_t begin = 0;
    while (begin < text.size()) {
      std::size_t end = std::min(text.size(), begin + 1 + random() % (round % 3 == 0 ? 3'000 : 150));
      end = static_cast<std::size_t>(utf8_whole_end(text.data(), text.data() + end) - text.data());
      if (end == begin) end = text.size();
      index.begin_piece(text.data() + begin, text.data() + end, begin);
      if (valid && round % 4 == 0) index.call_valid();
      const std::size_t pinned = begin + random() % (end - begin);
      index.pin(pinned);
      const std::size_t oldest = begin > LineIndex::k_window ? begin - LineIndex::k_window : 0;
      const std::size_t asked = oldest + random() % (end + 1 - oldest);
      CHECK(index.at(asked) == by_hand(text, asked));
      if (valid) index.call_valid();
      index.end_piece();
      index.begin_piece(nullptr, nullptr, end);
      CHECK(index.at(pinned) == by_hand(text, pinned));
      CHECK(index.at(end) == by_hand(text, end));
      begin = end;
    }
  }
}

}  // namespace
