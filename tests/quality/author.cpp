#include "quality/author.h"

#include <cstdio>
#include <iterator>

namespace quality {
namespace {

const char* const k_words[] = {
    "the",    "store",  "session",  "writes",     "after",      "power", "cut",      "file",
    "reads",  "again",  "message",  "tool",       "result",     "was",   "found",    "line",
    "of",     "with",   "disk",     "full",       "resume",     "agent", "calls",    "shell",
    "повтор", "запись", "été",      "naïve",      "メッセージ", "保存",  "😀",        "🚀",
    "Straße", "x=1;",   "{a: 2}",   "[ok]",       "a,b",        "100%",  "c:\\temp", "\"quoted\"",
    "it's",   "</tag>", "/usr/bin", "key: value", "e.g.",       "end."};

}  // namespace

std::string Author::words(std::size_t least, std::size_t most) {
  std::string text;
  const std::size_t count = least + below(most - least + 1);
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) text += chance(6) ? "\n" : chance(2) ? "\t" : " ";
    text += k_words[below(std::size(k_words))];
  }
  return text;
}

std::string Author::hex(std::size_t digits) {
  std::string text;
  for (std::size_t i = 0; i < digits; ++i) text += "0123456789abcdef"[below(16)];
  return text;
}

std::string Author::time() {
  clock_ += 1 + below(90);
  char text[40];
  std::snprintf(text, sizeof text, "2026-%02zu-%02zuT%02zu:%02zu:%02zu.%03zuZ", 1 + clock_ / 2'592'000 % 12,
                1 + clock_ / 86'400 % 28, clock_ / 3'600 % 24, clock_ / 60 % 60, clock_ % 60, below(1000));
  return text;
}

}  // namespace quality
