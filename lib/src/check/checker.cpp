#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "check/document_judge.h"
#include "check/encoding.h"
#include "check/lines_judge.h"
#include "json/utf8.h"
#include "session/check.h"

namespace session {
namespace {

using check::Offset;

/// How much of a file of unknown format is looked at before it is judged: doubled until its first line has
/// ended, so that the answer is that of the content, whatever the pieces it comes in.
constexpr std::size_t k_format_window = std::size_t{64} << 10;
constexpr std::size_t k_widest_format_window = std::size_t{4} << 20;
constexpr std::size_t k_encoding_window = 4;

}  // namespace

class Checker::Impl {
 public:
  explicit Impl(CheckOptions options) : sink_(report_), document_(report_, sink_), lines_(report_, sink_) {
    reset(options);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void reset(CheckOptions options);
  void feed(ByteView chunk);
  void feed_nuls(std::uint64_t count);
  Diagnosis finish(ByteView rest);

 private:
  using Follows = check::Follows;
  [[nodiscard]] bool wants_more_head();
  [[nodiscard]] std::optional<Format> format_of_head() const;
  void begin_judging();
  void judge_as(Format format);
  void take(ByteView chunk, Follows follows);
  void judge(const char* begin, const char* end, Follows follows);
  void judge_whole(const char* begin, const char* end, Follows follows);
  void piece(const char* begin, const char* end);
  void invalid(std::size_t length);

  CheckOptions options_;
  check::Report report_;
  check::RecordSink sink_;
  check::DocumentJudge document_;
  check::LinesJudge lines_;
  check::Outline outline_;
  json::Utf8Walker walker_;
  json::CutCharacter cut_;
  std::size_t format_window_ = k_format_window;
  std::string head_;  ///< what was fed before the format was known; all of a short input
  bool judging_ = false;
  bool last_at_hand_ = false;
  bool foreign_encoding_ = false;
  Format format_ = Format::json;
  Offset offset_ = 0;  ///< of the next byte to judge
  Offset bytes_ = 0;
};

void Checker::Impl::reset(CheckOptions options) {
  options_ = options;
  report_.reset(options_);
  sink_.reset(options_);
  outline_.reset();
  format_window_ = k_format_window;
  head_.clear();
  cut_.clear();
  judging_ = last_at_hand_ = foreign_encoding_ = false;
  format_ = options_.format.value_or(Format::json);
  offset_ = bytes_ = 0;
}

std::optional<Format> Checker::Impl::format_of_head() const {
  std::string_view head = std::string_view(head_).substr(0, format_window_);
  if (head.starts_with(k_byte_order_mark)) head.remove_prefix(k_byte_order_mark.size());
  return check::format_by_content(head);
}

bool Checker::Impl::wants_more_head() {
  if (options_.format) return head_.size() < k_encoding_window;
  for (; head_.size() >= format_window_; format_window_ *= 2) {
    if (format_window_ == k_widest_format_window || format_of_head()) return false;
  }
  return true;
}

void Checker::Impl::feed(ByteView chunk) { take(chunk, Follows::more); }

void Checker::Impl::take(ByteView chunk, Follows follows) {
  bytes_ += chunk.size();
  if (judging_) return judge(chunk.data(), chunk.data() + chunk.size(), follows);
  if (head_.empty() && options_.format && chunk.size() >= k_encoding_window) {
    head_ = chunk.substr(0, k_encoding_window);
    begin_judging();
    return judge(chunk.data() + offset_, chunk.data() + chunk.size(), follows);
  }
  head_ += chunk;
  if (wants_more_head() && follows == Follows::more) return;
  begin_judging();
  const std::size_t from = std::min<std::size_t>(offset_, head_.size());
  judge(head_.data() + from, head_.data() + head_.size(), follows);
}

void Checker::Impl::feed_nuls(std::uint64_t count) {
  // So many bytes are read as any others: until the format is known, the head of the outline is full, and all
  // that may still wait for an end (a character, a number, a marker) has met it. From then on every further
  // NUL only makes the run longer.
  constexpr std::uint64_t k_read = k_format_window + check::Outline::k_head;
  static const std::string nuls(k_read, '\0');
  std::uint64_t rest = count;
  do {
    const std::uint64_t read = std::min(rest, k_read);
    feed(ByteView(nuls).substr(0, read));
    rest -= read;
  } while (rest > 0 && head_.size() < k_widest_format_window && !judging_);
  if (rest == 0) return;
  bytes_ += rest;
  offset_ += rest;
  if (foreign_encoding_) return;
  report_.lines().pass_characters(rest);
  format_ == Format::json ? document_.pass_nuls(rest) : lines_.pass_nuls(rest);
}

void Checker::Impl::begin_judging() {
  judging_ = true;
  if (options_.starts_at == StartsAt::later_record) {
    return judge_as(options_.format.value_or(Format::json_lines));
  }
  const std::string_view encoding = check::foreign_encoding(head_);
  if (!encoding.empty()) {
    foreign_encoding_ = true;
    report_.add_at(Kind::utf16, 0, {}, 0, encoding);
    return;
  }
  if (head_.starts_with(k_byte_order_mark)) {
    report_.add_at(Kind::bom, 0, {}, k_byte_order_mark.size());
    report_.lines().begin_piece(k_byte_order_mark.data(), k_byte_order_mark.data() + k_byte_order_mark.size(),
                                0);
    report_.lines().end_piece();
    offset_ = k_byte_order_mark.size();
  }
  judge_as(options_.format ? *options_.format : format_of_head().value_or(Format::json));
}

void Checker::Impl::judge_as(Format format) {
  format_ = format;
  if (format == Format::json) {
    document_.reset();
  } else {
    lines_.reset(options_.starts_at);
  }
}

void Checker::Impl::judge(const char* begin, const char* end, Follows follows) {
  if (foreign_encoding_) {
    offset_ += static_cast<Offset>(end - begin);
    return;
  }
  outline_.see(begin, end, follows);
  begin = cut_.complete(begin, end,
                        [this](const char* from, const char* to) { judge_whole(from, to, Follows::more); });
  if (begin == end) return;
  const char* const whole = follows == Follows::nothing ? end : json::utf8_whole_end(begin, end);
  judge_whole(begin, whole, follows);
  cut_.keep(whole, end);
}

void Checker::Impl::judge_whole(const char* begin, const char* end, Follows follows) {
  report_.lines().begin_piece(begin, end, offset_);
  walker_.reset();
  bool all_valid = true;
  for (const char* p = begin; p != end;) {
    const char* const valid = walker_.valid_end(p, end);
    piece(p, valid);
    p = valid;
    if (p == end) break;
    all_valid = false;
    const std::size_t length = json::utf8_mistake(p, end);
    invalid(length);
    p += length;
  }
  if (all_valid) report_.lines().call_valid();
  last_at_hand_ = follows == Follows::nothing;
  if (last_at_hand_) return;
  format_ == Format::json ? document_.piece_ends() : lines_.piece_ends();
  report_.lines().end_piece();
}

void Checker::Impl::piece(const char* begin, const char* end) {
  if (format_ == Format::json) {
    document_.feed(begin, end, offset_);
  } else {
    lines_.feed(begin, end, offset_);
  }
  offset_ += static_cast<Offset>(end - begin);
}

void Checker::Impl::invalid(std::size_t length) {
  if (format_ == Format::json) {
    document_.invalid_bytes(offset_, length);
  } else {
    lines_.invalid_bytes(offset_, length);
  }
  offset_ += length;
}

Diagnosis Checker::Impl::finish(ByteView rest) {
  if (!judging_ || !rest.empty()) take(rest, Follows::nothing);
  if (!cut_.empty()) {
    const std::string cut = cut_.release();
    judge_whole(cut.data(), cut.data() + cut.size(), Follows::more);
  }
  if (!last_at_hand_) report_.lines().begin_piece(nullptr, nullptr, offset_);
  Diagnosis diagnosis;
  diagnosis.format = format_;
  diagnosis.bytes = bytes_;
  if (!foreign_encoding_) {
    if (format_ == Format::json) {
      document_.finish(offset_, outline_);
      diagnosis.records = document_.records();
    } else {
      lines_.finish(offset_, outline_);
      diagnosis.records = lines_.records();
    }
  }
  sink_.finish();
  report_.finish(diagnosis);
  return diagnosis;
}

Checker::Checker(CheckOptions options) : impl_(std::make_unique<Impl>(options)) {}
Checker::Checker(Checker&&) noexcept = default;
Checker& Checker::operator=(Checker&&) noexcept = default;
Checker::~Checker() = default;
void Checker::feed(ByteView chunk) { impl_->feed(chunk); }
void Checker::feed_nuls(std::uint64_t count) { impl_->feed_nuls(count); }
Diagnosis Checker::finish(ByteView rest) { return impl_->finish(rest); }
void Checker::reset(CheckOptions options) { impl_->reset(options); }

Severity severity_of(const Finding& finding) {
  return finding.refused ? Severity::error : row_of(finding.kind).severity;
}

Verdict verdict_of(Severity severity) {
  switch (severity) {
    case Severity::note: return Verdict::ok;
    case Severity::limits: return Verdict::beyond_limits;
    case Severity::warning: return Verdict::warn;
    case Severity::error: return Verdict::damaged;
  }
  return Verdict::damaged;
}

Diagnosis diagnose(ByteView bytes, const CheckOptions& options) {
  // In pieces that stay in the cache from one look at them to the next.
  constexpr std::size_t k_piece = std::size_t{128} << 10;
  Checker checker(options);
  for (; bytes.size() > k_piece; bytes.remove_prefix(k_piece)) checker.feed(bytes.substr(0, k_piece));
  return checker.finish(bytes);
}

}  // namespace session
