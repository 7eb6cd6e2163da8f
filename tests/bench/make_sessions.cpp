// Makes session data for benchmarks: the same bytes each time.
//   make_sessions small DIR     10,000 documents of 4 KB
//   make_sessions one FILE      one document of 1 MB
//   make_sessions mid DIR       200 documents of 1 MB
//   make_sessions document FILE one document of 200 MB
//   make_sessions lines FILE    JSON Lines of 500 MB

#include <cstdio>
#include <fstream>
#include <iostream>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

/// A message as agents store it: prose with escapes and some characters beyond ASCII.
std::string make_message(std::mt19937& random, int number) {
  static constexpr std::string_view k_parts[] = {"the ",          "quick ",           "brown fox ",
                                                 "jumps\\n",      "over \\\"it\\\" ", "caf\xc3\xa9 ",
                                                 "src/main.cpp ", "\\u00e9 ",         "0123456789 "};
  static constexpr std::string_view k_roles[] = {"user", "assistant", "tool_result"};
  std::string content;
  for (auto words = random() % 120; words > 0; --words) content += k_parts[random() % std::size(k_parts)];
  char time[32];
  std::snprintf(time, sizeof time, "2026-01-01T%02d:%02d:00.000Z", number / 60 % 24, number % 60);
  return R"({"role":")" + std::string(k_roles[random() % 3]) + R"(","content":")" + content +
         R"(","timestamp":")" + time + R"(","n":)" + std::to_string(number) + R"(,"score":)" +
         std::to_string(number % 97) + R"(.5,"ok":true})";
}

std::vector<std::string> make_messages() {
  std::mt19937 random(1);
  std::vector<std::string> messages;
  for (int number = 0; number < 2'000; ++number) messages.push_back(make_message(random, number));
  return messages;
}

void write_document(const std::string& path, const std::vector<std::string>& messages, std::size_t first,
                    std::size_t bytes) {
  std::ofstream out(path, std::ios::binary);
  out << R"({"session_id":"telegram_1","messages":[)";
  std::size_t written = 0;
  for (std::size_t index = first; written < bytes; ++index) {
    const std::string& message = messages[index % messages.size()];
    if (written > 0) out << ",\n";
    out << message;
    written += message.size() + 2;
  }
  out << "]}\n";
}

void write_lines(const std::string& path, const std::vector<std::string>& messages, std::size_t bytes) {
  std::ofstream out(path, std::ios::binary);
  std::size_t written = 0;
  for (std::size_t index = 0; written < bytes; ++index) {
    const std::string& message = messages[index % messages.size()];
    out << message << '\n';
    written += message.size() + 1;
  }
}

}  // namespace

int main(int argc, char** argv) {
  constexpr std::size_t k_mega = 1'000'000;
  const std::string_view what = argc == 3 ? argv[1] : "";
  const std::string path = argc == 3 ? argv[2] : "";
  const std::vector<std::string> messages = make_messages();
  if (what == "small") {
    for (std::size_t n = 0; n < 10'000; ++n) {
      write_document(path + "/s" + std::to_string(10'000 + n) + ".json", messages, n, 3'400);
    }
  } else if (what == "mid") {
    for (std::size_t n = 0; n < 200; ++n) {
      write_document(path + "/m" + std::to_string(1'000 + n) + ".json", messages, n, k_mega);
    }
  } else if (what == "one") {
    write_document(path, messages, 0, k_mega);
  } else if (what == "document") {
    write_document(path, messages, 0, 200 * k_mega);
  } else if (what == "lines") {
    write_lines(path, messages, 500 * k_mega);
  } else {
    std::cerr << "usage: make_sessions small|one|mid|document|lines PATH\n";
    return 1;
  }
  return 0;
}
