// The properties that the fuzz targets check, on mutations of small sessions: quick enough for every run.
#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

#include "fuzz/properties.h"

namespace {

using namespace std::string_literals;

const std::vector<std::string>& seeds() {
  static const std::vector<std::string> all{
      R"({"uuid":"a","messages":[{"role":"user","content":"x\n\"y\" \u00e9 é"},{"n":-1.5e+3,"t":true,"z":null}]})",
      "{\n  \"a\": [1, 2, 3],\n  \"b\": {\"c\": \"text\"}\n}\n",
      "{\"id\":1,\"parentUuid\":null}\n{\"id\":2,\"t\":\"long enough to be cut "
      "somewhere\"}\n{\"id\":3,\"a\":[{}]}\n",
      "[\n1,\n<<<<<<< a\n2\n=======\n3\n>>>>>>> b\n]\n",
      "{\"a\":\"prNu{\"id\":1}\n{\"id\":2}{\"id\":3}\n\0\0\0{\"id\":4}\n"s,
      "\xEF\xBB\xBF{\"a\":\"\\ud83d\\ude00\\ud83d\"}",
      "[\"" + std::string(150, 'x') + "\\\"" + std::string(70, '\\') + "\"]",
      "{\"k\":123456789012345678901,\"k\":1e999}\n\n{}\n",
  };
  return all;
}

std::string mutate(std::string text, std::mt19937& random) {
  static const std::vector<std::string> pieces{
      "{\"",  "}",    "]",  ",", ":",     "\"",       "\\",       "\n",      "\0"s,
      "\xFF", "{",    "[",  "1", "\\u",   "nul",      "\xE2\x82", "=======", " ",
      "\x01", "true", "\t", "-", "\\ud8", "<<<<<<< ", ">>>>>>>\n"};
  const std::size_t changes = 1 + random() % 4;
  for (std::size_t i = 0; i < changes && !text.empty(); ++i) {
    const std::size_t at = random() % text.size();
    switch (random() % 5) {
      case 0: text.erase(at, 1 + random() % 8); break;
      case 1: text.insert(at, pieces[random() % pieces.size()]); break;
      case 2: text[at] = static_cast<char>(random() % 256); break;
      case 3: text.resize(at); break;
      default: text.insert(at, text.substr(random() % text.size(), random() % 20)); break;
    }
  }
  return text;
}

TEST_CASE("mutated sessions: total, independent of cuts, and agreed with the other parser") {
  std::mt19937 random(42);
  for (int round = 0; round < 3000; ++round) {
    const std::string text = mutate(seeds()[static_cast<std::size_t>(round) % seeds().size()], random);
    const char* const broken = session::fuzz::diagnosis_holds(text);
    std::string shown;
    for (const char byte : text) shown += byte == 0 ? std::string("<NUL>") : std::string(1, byte);
    CAPTURE(shown);
    CHECK_MESSAGE(broken == nullptr, std::string(broken == nullptr ? "" : broken));
  }
}

}  // namespace
