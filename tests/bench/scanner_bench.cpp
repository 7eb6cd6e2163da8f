// What judging JSON in memory costs, part by part, beside simdjson's DOM parser: each line is the best of
// many passes over the same document, alone on one thread.
//   scanner_bench FILE [LAYOUT]

#include <simdjson.h>

#include <cstdio>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>

#include "bench/best_of.h"
#include "json/gate.h"
#include "json/line_index.h"
#include "json/scanner.h"
#include "json/utf8.h"
#include "session/check.h"
#include "session/facts.h"

namespace {

using namespace session;

constexpr std::size_t k_piece = 128 * 1024;

/// The pieces a file is read in.
void for_pieces(const std::string& bytes, const std::function<void(ByteView, std::uint64_t)>& take) {
  for (std::size_t at = 0; at < bytes.size(); at += k_piece) take(ByteView(bytes).substr(at, k_piece), at);
}

class Bench {
 public:
  explicit Bench(const std::string& bytes) : bytes_(bytes) {}
  void measure(const char* name, const std::function<void()>& pass) {
    const double seconds = bench::best_seconds(pass);
    if (base_ == 0) base_ = seconds;
    std::printf("  %-28s %6.2f GB/s  %5.2f x simdjson's time\n", name,
                static_cast<double>(bytes_.size()) / seconds / 1e9, seconds / base_);
  }

 private:
  const std::string& bytes_;
  double base_ = 0;
};

CheckOptions options_for(const Layout* layout, Format format) {
  CheckOptions options;
  options.format = format;
  options.layout = layout;
  return options;
}

void measure_all(const std::string& bytes, const Layout* layout) {
  Bench bench(bytes);
  simdjson::dom::parser parser;
  bench.measure("simdjson DOM", [&] { (void)parser.parse(bytes).error(); });
  bench.measure("gate", [&] { (void)json::passes_gate(bytes); });
  bench.measure("UTF-8", [&] {
    json::Utf8Walker walker;
    walker.valid_end(bytes.data(), bytes.data() + bytes.size());
  });
  bench.measure("lines and columns", [&] {
    json::LineIndex lines;
    for_pieces(bytes, [&](ByteView piece, std::uint64_t at) {
      lines.begin_piece(piece.data(), piece.data() + piece.size(), at);
      lines.call_valid();
      lines.end_piece();
    });
  });
  bench.measure("scanner", [&] {
    json::SilentSink sink;
    json::Scanner<json::SilentSink> scanner(sink);
    for_pieces(bytes, [&](ByteView piece, std::uint64_t at) {
      scanner.feed(piece.data(), piece.data() + piece.size(), at);
    });
  });
  Checker checker{CheckOptions()};
  const auto check = [&](const CheckOptions& options) {
    checker.reset(options);
    for_pieces(bytes, [&](ByteView piece, std::uint64_t) { checker.feed(piece); });
    (void)checker.finish();
  };
  bench.measure("checker, syntax", [&] { check(options_for(nullptr, Format::json)); });
  if (layout == nullptr) return;
  bench.measure("checker, layout", [&] { check(options_for(layout, layout->format)); });
  FactsReader reader(*layout);
  bench.measure("facts", [&] {
    reader.reset();
    for_pieces(bytes, [&](ByteView piece, std::uint64_t) { reader.feed(piece); });
    (void)reader.finish();
  });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  std::ifstream file(argv[1], std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const Layout* const layout = argc > 2 ? find_layout(argv[2]) : nullptr;
  std::printf("%s, %zu bytes\n", argv[1], bytes.size());
  measure_all(bytes, layout);
  return 0;
}
