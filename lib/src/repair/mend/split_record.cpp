#include "repair/mend/split_record.h"

#include <algorithm>

#include "json/scanner.h"
#include "repair/salvage/identity.h"
#include "repair/salvage/lexing.h"

namespace session::repair {
namespace {

using Scanner = json::Scanner<json::SilentSink>;

// So far away a word counts as one of the text's.
constexpr std::size_t k_nearby = std::size_t{64} << 10;

/// Where the text of the line from `begin` on ends whose line feed stands at `at`: a carriage return is of
/// the break.
std::size_t end_of_text(ByteView bytes, std::size_t begin, std::size_t at) {
  return at > begin && bytes[at - 1] == '\r' ? at - 1 : at;
}

/// Digits alone stand everywhere.
bool has_letter(ByteView word) {
  return std::ranges::any_of(word, [](char c) { return is_of_word(c) && !is_digit(c) && c != '-'; });
}

/// The token that a line break stands in.
struct Token {
  std::size_t begin = 0;
  std::size_t end = 0;  ///< of a string: behind its closing quote
  bool is_key = false;
  bool is_parted_once = false;
  bool has_empty_line = false;
  bool is_identity = false;  ///< an id or a time, which has no line breaks of its own
};

Token string_at(ByteView bytes, std::size_t begin, std::size_t limit) {
  Token token = {begin, read_string(bytes, begin, limit).end};
  const std::size_t next = skip_blanks(bytes, token.end, limit);
  token.is_key = next < limit && bytes[next] == ':';
  const ByteView text = bytes.substr(begin, token.end - begin);
  token.is_parted_once = text.find('\n') == text.rfind('\n');
  token.has_empty_line = text.find("\n\n") != ByteView::npos || text.find("\n\r\n") != ByteView::npos;
  constexpr std::size_t k_longest = 64;
  if (text.size() <= k_longest) {
    Bytes joined(text);
    std::erase_if(joined, [](char c) { return c == '\n' || c == '\r' || c == '"'; });
    token.is_identity = reads_as_identity(joined) || is_name_of_id(unquoted(key_before(bytes, begin)));
  }
  return token;
}

/// Whether an escape or a character of several bytes goes on behind a break, [before, behind).
bool is_in_character(ByteView bytes, std::size_t begin, std::size_t before, std::size_t behind) {
  if ((static_cast<unsigned char>(bytes[behind]) & 0xC0U) == 0x80) return true;
  constexpr std::size_t k_longest_escape = 6;
  const std::size_t from = std::max(begin + 1, before - std::min(before, k_longest_escape - 1));
  const std::size_t found = bytes.substr(from, before - from).rfind('\\');
  if (found == ByteView::npos) return false;
  const std::size_t last = from + found;
  std::size_t first = last;
  while (first > begin + 1 && bytes[first - 1] == '\\') --first;
  return (last - first) % 2 == 0 && escape_length(bytes, last, before) == 0;
}

/// Says which of the breaks between the tokens of a record, and within them, are part of it.
class Judge {
 public:
  Judge(ByteView bytes, std::size_t limit, std::size_t& look_around)
      : bytes_(bytes), limit_(limit), look_around_(look_around) {}

  /// What the break [before, behind) in the token that begins at `begin` was.
  LineBreak::Was judge(std::size_t begin, std::size_t before, std::size_t behind) {
    if (bytes_[begin] != '"') {
      const bool goes_on = is_of_word(bytes_[behind]) || bytes_[behind] == '.' || bytes_[behind] == '+';
      is_found_out_ = is_found_out_ || goes_on;
      return goes_on ? LineBreak::Was::split : LineBreak::Was::blank;
    }
    if (token_.end == 0 || token_.begin != begin) token_ = string_at(bytes_, begin, limit_);
    if (is_in_character(bytes_, begin, before, behind)) return LineBreak::Was::split;
    if (token_.is_identity && !token_.is_key) {
      is_found_out_ = true;
      return LineBreak::Was::split;
    }
    if (token_.is_key) {
      // A name that is a sentence may have a line break in it.
      is_found_out_ = is_found_out_ || !is_without_blanks(before, behind);
      return LineBreak::Was::split;
    }
    return judge_text(before, behind);
  }
  /// Whether what a break was is told by the words beside it, or by nothing.
  [[nodiscard]] bool is_found_out() const { return is_found_out_; }

 private:
  /// What the words beside a break are.
  enum class Words : std::uint8_t { none, one, two, either, unknown };
  static bool are_two(Words words) { return words == Words::two || words == Words::either; }

  /// The same in a string that is no key. Nobody breaks a line twice in one place; and beside blanks or
  /// punctuation lines are wrapped as well as begun.
  LineBreak::Was judge_text(std::size_t before, std::size_t behind) {
    if (token_.has_empty_line) return LineBreak::Was::text;
    if (!token_.is_parted_once) {
      is_found_out_ = is_found_out_ || words_at(before, behind) != Words::two;
      return LineBreak::Was::text;
    }
    const Words words = words_at(before, behind);
    const bool is_split = words == Words::one || (!are_two(words) && is_without_blanks(before, behind));
    is_found_out_ = is_found_out_ || is_split || words != Words::two;
    return is_split ? LineBreak::Was::split : LineBreak::Was::text;
  }

  [[nodiscard]] Words words_at(std::size_t before, std::size_t behind) {
    std::size_t begin = before;
    while (is_of_word(bytes_[begin - 1])) --begin;
    std::size_t end = behind;
    while (end < token_.end && is_of_word(bytes_[end])) ++end;
    if (begin == before || end == behind) return Words::none;
    const ByteView left = bytes_.substr(begin, before - begin);
    const ByteView right = bytes_.substr(behind, end - behind);
    const Halves own = {begin, behind};
    const bool are_words =
        has_letter(left) && has_letter(right) && is_nearby(left, own) && is_nearby(right, own);
    const bool is_word = is_nearby(Bytes(left).append(right), own);
    if (are_words) return is_word ? Words::either : Words::two;
    return is_word ? Words::one : Words::unknown;
  }

  /// Where the two that are asked about begin.
  struct Halves {
    std::size_t left;
    std::size_t right;
  };

  /// Whether `word` stands nearby as one, and is none of `own`.
  [[nodiscard]] bool is_nearby(ByteView word, const Halves& own) {
    const std::size_t from = own.left - std::min(own.left, k_nearby);
    const ByteView window = bytes_.substr(from, 2 * k_nearby);
    if (look_around_ < window.size()) return false;
    look_around_ -= window.size();
    for (std::size_t at = window.find(word); at != ByteView::npos; at = window.find(word, at + 1)) {
      const std::size_t behind = at + word.size();
      const bool begins = at == 0 || !is_of_word(window[at - 1]);
      const bool ends = behind == window.size() || !is_of_word(window[behind]);
      if (begins && ends && from + at != own.left && from + at != own.right) return true;
    }
    return false;
  }

  /// Whether the string has no other blank than the break, which neither begins nor ends it.
  [[nodiscard]] bool is_without_blanks(std::size_t before, std::size_t behind) const {
    const ByteView text = bytes_.substr(token_.begin, token_.end - token_.begin);
    const bool has_blanks = text.find(' ') != ByteView::npos || text.find("\\n") != ByteView::npos;
    return !has_blanks && before > token_.begin + 1 && behind + 1 < token_.end;
  }

  ByteView bytes_;
  std::size_t limit_;
  std::size_t& look_around_;
  Token token_;
  bool is_found_out_ = false;
};

}  // namespace

std::optional<SplitRecord> read_split_record(ByteView bytes, std::size_t begin, std::size_t limit,
                                             std::size_t& look_around) {
  json::SilentSink sink;
  Scanner scanner(sink);
  Judge judge(bytes, limit, look_around);
  SplitRecord record;
  for (std::size_t at = begin; at < limit;) {
    const std::size_t line_end = std::min(bytes.find('\n', at), limit);
    const std::size_t text_end = end_of_text(bytes, at, line_end);
    const char* const stopped = scanner.feed(bytes.data() + at, bytes.data() + text_end, at);
    if (scanner.progress() == json::Progress::failed) return std::nullopt;
    if (scanner.progress() == json::Progress::complete) {
      record.end = static_cast<std::size_t>(stopped - bytes.data());
      record.is_found_out = judge.is_found_out();
      const bool is_last = skip_blanks(bytes, record.end, line_end) == line_end;
      return is_last && !record.breaks.empty() ? std::optional(std::move(record)) : std::nullopt;
    }
    at = line_end + 1;
    if (at >= limit) break;
    const std::optional<json::Offset> token = scanner.open_token();
    record.breaks.push_back({line_end, token ? judge.judge(*token, text_end, at) : LineBreak::Was::blank});
  }
  return std::nullopt;
}

Pieces without_breaks(ByteView bytes, std::size_t begin, const SplitRecord& record) {
  Pieces pieces;
  std::size_t from = begin;
  for (const LineBreak& broken : record.breaks) {
    const std::size_t text_end = end_of_text(bytes, from, broken.at);
    const bool is_text = broken.was == LineBreak::Was::text;
    pieces.keep(from, text_end);
    from = broken.at + 1;
    if (!is_text) pieces.because(text_end, Kind::split_record, Harm::none);
    for (std::size_t at = text_end; is_text && at < from; ++at) {
      pieces.insert(bytes[at] == '\r' ? "\\r" : "\\n");
      pieces.because(at, Kind::raw_control, Harm::none);
    }
  }
  pieces.keep(from, record.end);
  return pieces;
}

}  // namespace session::repair
