#include "cli/line_splitter.h"

#include <doctest/doctest.h>

#include <vector>

using session::ByteView;
using session::cli::LineSplitter;
using Fed = LineSplitter::Fed;
using Lines = std::vector<std::string>;

namespace {

Lines lines_of(const std::string& text, std::size_t piece_bytes) {
  Lines lines;
  const auto take = [&](ByteView line) {
    lines.emplace_back(line);
    return true;
  };
  LineSplitter splitter(100);
  for (std::size_t at = 0; at < text.size(); at += piece_bytes) {
    CHECK(splitter.feed(ByteView(text).substr(at, piece_bytes), take) == Fed::all);
  }
  splitter.finish(take);
  return lines;
}

}  // namespace

TEST_CASE("lines come out the same however the stream is cut") {
  const std::string text = "one\n\ntwo three\r\n\xE2\x80\xA8 four\nlast";
  const Lines expected = {"one", "", "two three\r", "\xE2\x80\xA8 four", "last"};
  for (const std::size_t piece : {1U, 2U, 3U, 7U, 100U}) CHECK(lines_of(text, piece) == expected);
  CHECK(lines_of("a\n", 1) == Lines{"a"});
  CHECK(lines_of("", 1).empty());
}

TEST_CASE("a line beyond the limit is refused as soon as it is too long") {
  const auto take = [](ByteView) { return true; };
  LineSplitter exact(4);
  CHECK(exact.feed("1234\n1234", take) == Fed::all);
  CHECK(exact.feed("5", take) == Fed::line_too_long);
  LineSplitter whole(4);
  CHECK(whole.feed("12345\n", take) == Fed::line_too_long);
}

TEST_CASE("a reader that stops gets the rest later") {
  Lines lines;
  const auto take_one = [&](ByteView line) {
    lines.emplace_back(line);
    return false;
  };
  LineSplitter splitter(100);
  CHECK(splitter.feed("a\nb\nc", take_one) == Fed::stopped);
  CHECK(lines == Lines{"a"});
  CHECK(splitter.feed("", take_one) == Fed::stopped);
  CHECK(splitter.feed("", take_one) == Fed::all);
  CHECK(lines == Lines{"a", "b"});
  CHECK(splitter.pending_bytes() == 1);
  splitter.finish(take_one);
  CHECK(lines.back() == "c");
  CHECK(splitter.feed("d\ne\nf", take_one) == Fed::stopped);
  splitter.finish(take_one);
  CHECK(lines == Lines{"a", "b", "c", "d", "e", "f"});
}
