#include "repair/surrogates.h"

#include "json/scanner.h"

namespace session::repair {
namespace {

constexpr std::size_t k_escape_length = 6;

class SurrogateSink : public json::SilentSink {
 public:
  SurrogateSink(std::vector<TextEdit>& edits, InKeys in_keys) : edits_(edits), in_keys_(in_keys) {}

  // The scanner tells of the halves before it tells of the string they stand in.
  void on_lone_surrogate(json::Offset offset) {
    edits_.push_back({static_cast<std::size_t>(offset), k_escape_length, "\\uFFFD", Kind::lone_surrogate});
  }
  void on_key(const json::Token&) {
    if (in_keys_ == InKeys::no) edits_.resize(settled_);
    settled_ = edits_.size();
  }
  void on_scalar(json::Scalar, const json::Token&) { settled_ = edits_.size(); }

 private:
  std::vector<TextEdit>& edits_;
  InKeys in_keys_;
  std::size_t settled_ = 0;
};

}  // namespace

std::vector<TextEdit> replace_lone_surrogates(ByteView text, Format format, InKeys in_keys) {
  std::vector<TextEdit> edits;
  SurrogateSink sink(edits, in_keys);
  json::Scanner<SurrogateSink> scanner(sink);
  for (const RecordText& record : records_of(text, format)) {
    if (format == Format::json_lines && record.value.find("\\u") == ByteView::npos) continue;
    scanner.reset();
    scanner.feed(record.value.data(), record.value.data() + record.value.size(),
                 offset_in(text, record.value));
    scanner.finish(offset_in(text, record.value) + record.value.size());
  }
  return edits;
}

}  // namespace session::repair
