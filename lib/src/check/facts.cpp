#include "session/facts.h"

#include <cstring>
#include <utility>

#include "check/facts_sink.h"
#include "json/utf8.h"
#include "session/bytes.h"

namespace session {

using json::Progress;

class FactsReader::Impl {
 public:
  explicit Impl(const Layout& layout);
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void reset();
  void feed(ByteView chunk);
  [[nodiscard]] std::optional<TimePoint> activity_so_far() const;
  Facts finish();

 private:
  /// Whole characters, and what is none.
  void text(const char* begin, const char* end);
  void valid_text(const char* begin, const char* end);
  void not_text();
  const char* step(const char* p, const char* end);
  const char* behind(const char* p, const char* end);
  void begin_value();
  void value_ended();

  enum class Phase : std::uint8_t { front, value, behind, skip };

  check::FactsSink sink_;
  json::Scanner<check::FactsSink> scanner_;
  json::Utf8Walker walker_;
  json::CutCharacter cut_;
  Format format_;
  Phase phase_ = Phase::front;
  bool damaged_ = false;
  json::Offset offset_ = 0;
  Facts facts_;
};

FactsReader::Impl::Impl(const Layout& layout) : sink_(layout), scanner_(sink_), format_(layout.format) {
  scanner_.set_newline(format_ == Format::json ? json::Newline::blank : json::Newline::violation);
  reset();
}

void FactsReader::Impl::reset() {
  sink_.begin_value();
  scanner_.reset();
  cut_.clear();
  phase_ = Phase::front;
  damaged_ = false;
  offset_ = 0;
  facts_ = {};
}

void FactsReader::Impl::feed(ByteView chunk) {
  if (damaged_ && format_ == Format::json) return;
  const char* p = chunk.data();
  const char* const end = p + chunk.size();
  p = cut_.complete(p, end, [this](const char* from, const char* to) { text(from, to); });
  if (p == end) return;
  const char* const whole = json::utf8_whole_end(p, end);
  text(p, whole);
  cut_.keep(whole, end);
}

void FactsReader::Impl::text(const char* begin, const char* end) {
  if (offset_ == 0 && ByteView(begin, end).starts_with(k_byte_order_mark)) {
    begin += k_byte_order_mark.size();
    offset_ = k_byte_order_mark.size();
  }
  walker_.reset();
  while (begin != end) {
    const char* const valid = walker_.valid_end(begin, end);
    valid_text(begin, valid);
    begin = valid;
    if (begin == end) break;
    not_text();
    const std::size_t length = json::utf8_mistake(begin, end);
    begin += length;
    offset_ += length;
  }
}

void FactsReader::Impl::not_text() {
  damaged_ = true;
  phase_ = Phase::skip;
}

void FactsReader::Impl::valid_text(const char* p, const char* end) {
  while (p != end) {
    const char* const next = step(p, end);
    offset_ += static_cast<json::Offset>(next - p);
    p = next;
  }
}

const char* FactsReader::Impl::step(const char* p, const char* end) {
  switch (phase_) {
    case Phase::front:
      while (p != end && json::is_blank(*p)) ++p;
      if (p != end) begin_value();
      return p;
    case Phase::value:
      p = scanner_.feed(p, end, offset_);
      if (scanner_.progress() == Progress::complete) value_ended();
      if (scanner_.progress() == Progress::failed) not_text();
      return p;
    case Phase::behind: return behind(p, end);
    case Phase::skip: break;
  }
  if (format_ == Format::json) return end;
  const void* newline = std::memchr(p, '\n', static_cast<std::size_t>(end - p));
  if (newline == nullptr) return end;
  phase_ = Phase::front;
  return static_cast<const char*>(newline) + 1;
}

const char* FactsReader::Impl::behind(const char* p, const char* end) {
  while (p != end && json::is_blank(*p)) {
    if (*p == '\n' && format_ == Format::json_lines) {
      phase_ = Phase::front;
      return p + 1;
    }
    ++p;
  }
  if (p != end) not_text();
  return p;
}

void FactsReader::Impl::begin_value() {
  scanner_.reset();
  sink_.begin_value();
  phase_ = Phase::value;
}

void FactsReader::Impl::value_ended() {
  phase_ = Phase::behind;
  ++facts_.records;
  if (format_ == Format::json) {
    sink_.take_document(facts_);
  } else {
    sink_.take_record(facts_);
  }
}

std::optional<TimePoint> FactsReader::Impl::activity_so_far() const {
  if (format_ == Format::json_lines) return facts_.activity;
  if (damaged_) return std::nullopt;
  Facts so_far;
  sink_.take_document(so_far);
  return so_far.activity;
}

Facts FactsReader::Impl::finish() {
  if (!cut_.empty()) damaged_ = true;
  if (phase_ == Phase::value) {
    scanner_.finish(offset_);
    if (scanner_.progress() == Progress::complete) {
      value_ended();
    } else {
      damaged_ = true;
    }
  }
  const bool parses = !damaged_ && facts_.records != 0;
  // Of a damaged document nothing counts; of JSON Lines the whole records do.
  if (!parses && format_ == Format::json) facts_ = {};
  facts_.parses = parses;
  return std::exchange(facts_, {});
}

FactsReader::FactsReader(const Layout& layout) : impl_(std::make_unique<Impl>(layout)) {}
FactsReader::FactsReader(FactsReader&&) noexcept = default;
FactsReader& FactsReader::operator=(FactsReader&&) noexcept = default;
FactsReader::~FactsReader() = default;
void FactsReader::feed(ByteView chunk) { impl_->feed(chunk); }
std::optional<TimePoint> FactsReader::activity_so_far() const { return impl_->activity_so_far(); }
Facts FactsReader::finish() { return impl_->finish(); }
void FactsReader::reset() { impl_->reset(); }

Facts read_facts(ByteView bytes, const Layout& layout) {
  FactsReader reader(layout);
  reader.feed(bytes);
  return reader.finish();
}

}  // namespace session
