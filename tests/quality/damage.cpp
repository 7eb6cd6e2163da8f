#include "quality/damage.h"

#include <algorithm>

namespace quality {
namespace {

/// Texts pieced together with the origin of each byte.
class Builder {
 public:
  explicit Builder(const Document& document) : truth_(document.text) {}
  Builder& keep(std::size_t from, std::size_t to) {
    to = std::min(to, truth_.size());
    for (std::size_t i = from; i < to; ++i) damaged_.origin.push_back(static_cast<std::int64_t>(i));
    if (from < to) damaged_.text.append(truth_, from, to - from);
    return *this;
  }
  Builder& rest(std::size_t from) { return keep(from, truth_.size()); }
  Builder& add(std::string_view text) {
    damaged_.text += text;
    damaged_.origin.resize(damaged_.text.size(), k_foreign);
    return *this;
  }
  Damaged done() { return std::move(damaged_); }

 private:
  const std::string& truth_;
  Damaged damaged_;
};

/// A place between the first and the last byte; the offset scatters the places over the kinds of token.
std::size_t place(const Document& document, std::size_t step, std::size_t steps, std::size_t room = 0) {
  const std::size_t size = document.text.size() > room + 2 ? document.text.size() - room - 2 : 1;
  return 1 + std::min(size - 1, step * size / steps + (step * 7919) % std::max<std::size_t>(size / steps, 1));
}

Damaged cut(const Document& d, std::size_t step, std::size_t steps) {
  return Builder(d).keep(0, place(d, step, steps)).done();
}
Damaged nul_tail(const Document& d, std::size_t step, std::size_t steps) {
  const std::size_t at = place(d, step, steps);
  return Builder(d)
      .keep(0, at)
      .add(std::string(std::min<std::size_t>(d.text.size() - at, 4096) + 3, '\0'))
      .done();
}
Damaged nul_padding(const Document& d, std::size_t step, std::size_t /*steps*/) {
  return Builder(d).rest(0).add(std::string(1 + step * 37, '\0')).done();
}
Damaged zero_block(const Document& d, std::size_t step, std::size_t steps, std::size_t block) {
  const std::size_t blocks = d.text.size() / block;
  if (blocks < 3) return {};
  const std::size_t at = (step * blocks / steps) * block;
  if (at == 0) return {};
  return Builder(d)
      .keep(0, at)
      .add(std::string(std::min(block, d.text.size() - at), '\0'))
      .rest(at + block)
      .done();
}
Damaged zero_512(const Document& d, std::size_t step, std::size_t steps) {
  return zero_block(d, step, steps, 512);
}
Damaged zero_4096(const Document& d, std::size_t step, std::size_t steps) {
  return zero_block(d, step, steps, 4096);
}
Damaged old_block(const Document& d, std::size_t step, std::size_t steps) {
  constexpr std::size_t k_block = 512;
  if (d.older.size() < k_block) return {};
  // The older version begins with a message more, so that its blocks do not line up with the newer's.
  const std::string old = d.older.substr(0, d.older.size() / 3) + d.older.substr(d.older.size() / 3 - 211);
  const std::size_t blocks = std::min(d.text.size(), old.size()) / k_block;
  if (blocks < 3) return {};
  const std::size_t at = std::max<std::size_t>((step * blocks / steps), 1) * k_block;
  if (at + k_block > old.size() || old.substr(at, k_block) == d.text.substr(at, k_block)) return {};
  return Builder(d).keep(0, at).add(old.substr(at, k_block)).rest(at + k_block).done();
}
Damaged stale_tail(const Document& d, std::size_t step, std::size_t steps) {
  // The end of a longer text of the same kind: the document's own, some bytes of it doubled in the middle.
  const std::size_t length = 2 + step * (d.text.size() / 2) / steps;
  return Builder(d).rest(0).add(d.text.substr(d.text.size() - length)).done();
}
Damaged glued(const Document& d, std::size_t step, std::size_t /*steps*/) {
  constexpr std::string_view k_between[] = {"", "\n", " ", "\r\n"};
  return Builder(d).add(d.older).add(k_between[step % 4]).rest(0).done();
}
Damaged doubled_write(const Document& d, std::size_t step, std::size_t steps) {
  if (step % 2 == 0) return Builder(d).rest(0).add(d.text).done();
  return Builder(d).rest(0).add(d.text.substr(0, place(d, step, steps))).done();
}
Damaged head_missing(const Document& d, std::size_t step, std::size_t steps) {
  return Builder(d).rest(place(d, step, steps * 2)).done();
}
Damaged raw_newlines(const Document& d, std::size_t step, std::size_t steps) {
  Builder builder(d);
  const std::size_t from = place(d, step, steps);
  std::size_t at = 0;
  std::size_t count = 0;
  for (std::size_t i = from; i + 1 < d.text.size() && count <= step % 3; ++i) {
    if (d.text[i] != '\\') continue;
    if (d.text[i + 1] == 'n') {
      builder.keep(at, i).add("\n");
      at = i + 2;
      ++count;
    }
    ++i;
  }
  if (count == 0) return {};
  return builder.rest(at).done();
}
Damaged flip(const Document& d, std::size_t step, std::size_t steps) {
  const std::size_t at = place(d, step, steps);
  const char c = static_cast<char>(d.text[at] ^ (1 << (step % 8)));
  return Builder(d).keep(0, at).add(std::string(1, c)).rest(at + 1).done();
}
/// The n-th byte of the document's punctuation, where a wrong byte hurts most.
std::size_t mark(const Document& d, std::size_t step, std::size_t steps) {
  const std::size_t from = place(d, step, steps);
  const std::string_view marks = step % 3 == 0 ? "\"" : step % 3 == 1 ? "{}[]" : ",:";
  const std::size_t at = d.text.find_first_of(marks, from);
  return at == std::string::npos || at + 1 >= d.text.size() ? from : at;
}
Damaged flip_mark(const Document& d, std::size_t step, std::size_t steps) {
  const std::size_t at = mark(d, step, steps);
  return Builder(d).keep(0, at).add(std::string(1, static_cast<char>('a' + step % 26))).rest(at + 1).done();
}
Damaged dropped(const Document& d, std::size_t step, std::size_t steps) {
  const std::size_t at = step % 2 == 0 ? place(d, step, steps) : mark(d, step, steps);
  return Builder(d).keep(0, at).rest(at + 1).done();
}
Damaged doubled(const Document& d, std::size_t step, std::size_t steps) {
  const std::size_t at = step % 2 == 0 ? place(d, step, steps) : mark(d, step, steps);
  return Builder(d).keep(0, at + 1).add(d.text.substr(at, 1)).rest(at + 1).done();
}
Damaged merge_markers(const Document& d, std::size_t step, std::size_t steps) {
  const std::string& text = d.text;
  const bool by_lines = text.find('\n') < text.size() - 1;
  std::size_t from = 0;
  std::size_t to = text.size();
  std::string old = d.older;
  if (by_lines) {
    // What both begin with stays outside, the rest is in conflict.
    const auto common = std::mismatch(text.begin(), text.end(), old.begin(), old.end());
    from = static_cast<std::size_t>(common.first - text.begin());
    from = from == 0 ? 0 : text.rfind('\n', from - 1) + 1;
    old = old.substr(from);
  }
  (void)steps;
  const auto line = [](std::string s) { return s.empty() || s.back() == '\n' ? s : s + '\n'; };
  Builder builder(d);
  builder.keep(0, from).add("<<<<<<< HEAD\n");
  if (step % 2 == 0) {
    builder.add(line(old)).add("=======\n").keep(from, to);
  } else {
    builder.keep(from, to).add(text.back() == '\n' ? "" : "\n").add("=======\n").add(line(old));
  }
  if (step % 2 == 0 && text.back() != '\n') builder.add("\n");
  return builder.add(">>>>>>> feature\n").done();
}
Damaged mark_before(const Document& d, std::size_t step, std::size_t /*steps*/) {
  if (step > 0) return {};
  return Builder(d).add("\xEF\xBB\xBF").rest(0).done();
}
Damaged utf16(const Document& d, std::size_t step, std::size_t /*steps*/) {
  if (step > 3) return {};
  const bool big = step % 2 == 1;
  Damaged damaged;
  const auto put = [&](std::uint32_t unit, std::int64_t origin) {
    const char low = static_cast<char>(unit & 0xFF);
    const char high = static_cast<char>(unit >> 8);
    damaged.text += big ? high : low;
    damaged.text += big ? low : high;
    damaged.origin.resize(damaged.text.size(), origin);
  };
  if (step < 2) put(0xFEFF, k_foreign);
  for (std::size_t i = 0; i < d.text.size();) {
    const auto lead = static_cast<unsigned char>(d.text[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    std::uint32_t code = length == 1 ? lead : lead & (0xFFU >> (length + 1));
    for (std::size_t k = 1; k < length; ++k)
      code = (code << 6) | (static_cast<unsigned char>(d.text[i + k]) & 0x3FU);
    const auto origin = static_cast<std::int64_t>(i);
    if (code >= 0x10000) {
      put(0xD800 + ((code - 0x10000) >> 10), origin);
      put(0xDC00 + ((code - 0x10000) & 0x3FF), origin);
    } else {
      put(code, origin);
    }
    i += length;
  }
  return damaged;
}

/// Where line number `line` begins.
std::size_t line_begin(const Document& d, std::size_t line) {
  std::size_t at = 0;
  for (; line > 0 && at < d.text.size(); --line) at = d.text.find('\n', at) + 1;
  return at;
}
std::size_t line_count(const Document& d) {
  return static_cast<std::size_t>(std::count(d.text.begin(), d.text.end(), '\n'));
}
struct Line {
  std::size_t begin, end;
};
Line line(const Document& d, std::size_t number) {
  const std::size_t begin = line_begin(d, number);
  return {begin, d.text.find('\n', begin)};
}
Damaged torn_record(const Document& d, std::size_t step, std::size_t steps) {
  const Line last = line(d, line_count(d) - 1);
  return Builder(d).keep(0, last.begin + 1 + step * (last.end - last.begin - 2) / steps).done();
}
Damaged splice(const Document& d, std::size_t step, std::size_t steps) {
  const Line cut_line = line(d, 1 + step * (line_count(d) - 3) / steps);
  const std::size_t at = cut_line.begin + 1 + (step * 131) % (cut_line.end - cut_line.begin - 1);
  return Builder(d).keep(0, at).rest(cut_line.end + 1).done();
}
Damaged interleaved(const Document& d, std::size_t step, std::size_t steps) {
  const std::size_t number = 1 + step * (line_count(d) - 3) / steps;
  const Line outer = line(d, number);
  const Line inner = line(d, number + 1);
  const std::size_t at = outer.begin + 1 + (step * 131) % (outer.end - outer.begin - 1);
  Builder builder(d);
  builder.keep(0, at).keep(inner.begin, inner.end);
  if (step % 2 == 1) builder.add("\n");
  return builder.keep(at, outer.end + 1).rest(inner.end + 1).done();
}
Damaged glued_lines(const Document& d, std::size_t step, std::size_t steps) {
  const Line at = line(d, step * (line_count(d) - 2) / steps);
  return Builder(d).keep(0, at.end).rest(at.end + 1).done();
}
Damaged split_line(const Document& d, std::size_t step, std::size_t steps) {
  const Line at = line(d, step * (line_count(d) - 2) / steps);
  const std::size_t first = at.begin + 1 + (step * 131) % (at.end - at.begin - 1);
  return Builder(d).keep(0, first).add("\n").rest(first).done();
}
Damaged nuls_between(const Document& d, std::size_t step, std::size_t steps) {
  const Line at = line(d, step * (line_count(d) - 2) / steps);
  const std::string nuls(20 + step * 11, '\0');
  return Builder(d).keep(0, at.end + 1).add(step % 2 == 0 ? nuls : nuls + "\n").rest(at.end + 1).done();
}
Damaged blank_lines(const Document& d, std::size_t step, std::size_t steps) {
  const Line at = line(d, step * (line_count(d) - 2) / steps);
  return Builder(d).keep(0, at.end + 1).add("\n\n").rest(at.end + 1).done();
}
Damaged carriage_returns(const Document& d, std::size_t step, std::size_t /*steps*/) {
  if (step > 0) return {};
  Builder builder(d);
  std::size_t at = 0;
  for (std::size_t end = d.text.find('\n'); end != std::string::npos; end = d.text.find('\n', at)) {
    builder.keep(at, end).add("\r").keep(end, end + 1);
    at = end + 1;
  }
  return builder.done();
}

}  // namespace

const std::vector<Family>& families() {
  static const std::vector<Family> k_families = {
      {"cut", true, false, cut, true},
      {"nul-tail", true, true, nul_tail, true},
      {"nul-padding", true, true, nul_padding},
      {"zero-512", true, true, zero_512},
      {"zero-4096", true, true, zero_4096},
      {"old-block", true, true, old_block},
      {"stale-tail", true, false, stale_tail},
      {"glued", true, false, glued},
      {"doubled-write", true, false, doubled_write},
      {"head-missing", true, true, head_missing},
      {"raw-newline", true, true, raw_newlines},
      {"flip", true, true, flip},
      {"flip-mark", true, true, flip_mark},
      {"byte-dropped", true, true, dropped},
      {"byte-doubled", true, true, doubled},
      {"merge-markers", true, true, merge_markers},
      {"mark", true, true, mark_before},
      {"utf16", true, true, utf16},
      {"torn-record", false, true, torn_record, true},
      {"splice", false, true, splice},
      {"interleaved", false, true, interleaved},
      {"glued-lines", false, true, glued_lines},
      {"split-line", false, true, split_line},
      {"nuls-between", false, true, nuls_between},
      {"blank-lines", false, true, blank_lines},
      {"carriage-returns", false, true, carriage_returns},
  };
  return k_families;
}

}  // namespace quality
