#pragma once
// What documents are made of: words, ids, rising times, from one seed.

#include <cstdint>
#include <random>
#include <string>

namespace quality {

class Author {
 public:
  explicit Author(unsigned seed) : random_(seed) {}

  std::size_t below(std::size_t count) { return random_() % count; }
  bool chance(int percent) { return static_cast<int>(below(100)) < percent; }
  std::string words(std::size_t least, std::size_t most);
  std::string hex(std::size_t digits);
  std::string uuid() { return hex(8) + "-" + hex(4) + "-4" + hex(3) + "-a" + hex(3) + "-" + hex(12); }
  /// Rising times.
  std::string time();
  std::uint64_t epoch() { return 1'760'000'000'000ULL + clock_ * 1000 + below(1000); }

 private:
  std::mt19937 random_;
  std::size_t clock_ = 3'000'000;
};

}  // namespace quality
