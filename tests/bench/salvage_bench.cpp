// What planning a repair costs in memory, by kind of damage, beside simdjson's DOM parser on the undamaged
// document: each line is the best of many passes, alone on one thread. Diagnosis of the damaged text and the
// proof of the result are part of it, as they are of session-repair; reading and writing are not.
//   salvage_bench DOCUMENT

#include <simdjson.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "bench/best_of.h"
#include "session/repair.h"

namespace {

using namespace session;

std::string with_places(std::string text, std::size_t places, std::string_view bytes) {
  for (std::size_t place = 1; place <= places; ++place) {
    text.replace(place * (text.size() / (places + 2)), bytes.size(), bytes);
  }
  return text;
}

class SalvageBench {
 public:
  explicit SalvageBench(const std::string& whole) : whole_(whole.size()) {
    simdjson::dom::parser parser;
    base_ = bench::best_seconds([&] { (void)parser.parse(whole).error(); });
    print("simdjson DOM, undamaged", base_, whole_);
  }
  void measure(const char* name, const std::string& damaged) const {
    RepairStatus status = RepairStatus::healthy;
    const double seconds =
        bench::best_seconds([&] { status = plan_repair(damaged, {}, RepairOptions()).status; });
    if (status != RepairStatus::repaired) {
      std::fprintf(stderr, "salvage_bench: %s: not repaired\n", name);
      std::exit(1);
    }
    print(name, seconds, damaged.size());
  }

 private:
  void print(const char* name, double seconds, std::size_t bytes) const {
    const double rate = static_cast<double>(bytes) / seconds;
    const double base_rate = static_cast<double>(whole_) / base_;
    std::printf("  %-36s %6.0f MB/s  %6.2f x simdjson's time a byte\n", name, rate / 1e6, base_rate / rate);
  }

  std::size_t whole_;
  double base_ = 0;
};

void measure_all(const std::string& whole) {
  const SalvageBench bench(whole);
  const std::string cut = whole.substr(0, whole.size() * 9 / 10);
  std::string block = cut;
  block.replace(block.size() / 2, 4'096, 4'096, '\0');
  bench.measure("cut", cut);
  bench.measure("cut, NUL tail", cut + std::string(65'536, '\0'));
  bench.measure("cut, a zeroed block", block);
  bench.measure("cut, 100 holes", with_places(cut, 100, std::string(32, '\0')));
  bench.measure("cut, 100 bytes turned into brackets", with_places(cut, 100, "}"));
  bench.measure("head missing", whole.substr(whole.size() / 10));
  bench.measure("two cut versions, glued", cut + cut);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  std::ifstream file(argv[1], std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (whole.size() < 100'000) {
    std::fprintf(stderr, "salvage_bench: %s is missing or too small to be damaged in all ways\n", argv[1]);
    return 2;
  }
  std::printf("%s, %zu bytes\n", argv[1], whole.size());
  measure_all(whole);
  return 0;
}
