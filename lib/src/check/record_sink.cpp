#include "check/record_sink.h"

#include "json/text.h"

namespace session::check {

void RecordSink::reset(const CheckOptions& options) {
  layout_level_ = options.level != Level::syntax && options.layout != nullptr;
  schema_walk_.reset({options.file_stem, options.as_of,
                      options.layout == nullptr ? Format::json : options.layout->format,
                      options.layout == nullptr ? Reading::lenient : options.layout->reading});
  const Layout* const layout = layout_level_ ? options.layout : nullptr;
  if (layout != nullptr && layout_ != layout) {
    layout_ = layout;
    schema_.compile(layout->fields, {});
    header_.compile(layout->fields, layout->header_fields);
  }
  links_level_ = layout != nullptr && options.level == Level::links && !layout->links.empty();
  if (links_level_) {
    links_walk_.compile(layout->links);
    links_walk_.reset();
  }
  begin_value(false);
}

void RecordSink::finish() {
  if (links_level_) links_walk_.finish();
}

void RecordSink::begin_value(bool first) {
  if (layout_level_) schema_walk_.begin_value(first ? &header_ : &schema_);
  if (links_level_) links_walk_.begin_value();
  depth_ = 0;
  muted_ = too_deep_ = false;
  closed_end_ = 0;
  frames_.clear();
  keys_.clear();
  index_.clear();
}

void RecordSink::end_value() {
  if (layout_level_) schema_walk_.end_value();
  if (links_level_) links_walk_.end_value();
}

void RecordSink::place(Frame& frame) {
  if (frame.positioned) return;
  frame.position = report_->at(frame.begin);
  frame.positioned = true;
}

void RecordSink::piece_ends() {
  schema_walk_.piece_ends();
  for (Frame& frame : frames_) place(frame);
  if (closed_end_ != 0) place(closed_);
}

RecordSink::Closed RecordSink::last_object() {
  if (closed_end_ == 0) return {};
  place(closed_);
  return {closed_.begin, closed_end_, closed_.position, closed_.signature};
}

void RecordSink::on_open(json::Container container, json::Offset offset) {
  if (muted_) return;
  if (layout_level_) schema_walk_.on_open(container, offset);
  if (links_level_) links_walk_.on_open(container, offset);
  if (++depth_ > k_common_depth && !too_deep_) {
    too_deep_ = true;
    report_->add(Kind::depth_limits, offset, 1);
  }
  if (depth_ > k_key_depth) return;
  Frame& frame = frames_.emplace_back();
  frame.first_key = static_cast<std::uint32_t>(keys_.size());
  frame.object = container == json::Container::object;
  frame.begin = offset;
}

void RecordSink::on_close(json::Container, json::Offset offset) {
  if (muted_) return;
  if (layout_level_) schema_walk_.on_close();
  if (links_level_) links_walk_.on_close();
  if (depth_-- > k_key_depth) return;
  closed_ = frames_.back();
  closed_end_ = offset + 1;
  frames_.pop_back();
  if (closed_.indexed) {
    const std::uint64_t salt = frames_.size() + 1;
    for (std::size_t i = closed_.first_key; i < keys_.size(); ++i) index_.erase(keys_[i] * 31 + salt);
  }
  keys_.resize(closed_.first_key);
}

bool RecordSink::is_new_among_many(Frame& frame, std::uint64_t hash) {
  const std::size_t count = keys_.size() - frame.first_key;
  if (count >= k_keys_of_object || keys_.size() >= k_keys_open) return true;
  const std::uint64_t salt = frames_.size();
  if (!frame.indexed) {
    for (std::size_t i = frame.first_key; i < keys_.size(); ++i) index_.insert(keys_[i] * 31 + salt);
    frame.indexed = true;
  }
  if (!index_.insert(hash * 31 + salt).second) return false;
  keys_.push_back(hash);
  return true;
}

bool RecordSink::is_new(const json::Token& key) {
  if (depth_ > k_key_depth || !key.whole(json::Scalar::string)) return true;
  const std::uint64_t hash = hash_of_string(key);
  Frame& frame = frames_.back();
  const std::size_t count = keys_.size() - frame.first_key;
  if (count >= k_few_keys || keys_.size() >= k_keys_open) return is_new_among_many(frame, hash);
  // A loop of its own: among so few, what std::find does to be fast with many takes longer than looking.
  const std::uint64_t* const end = keys_.data() + keys_.size();
  for (const std::uint64_t* known = end - count; known != end; ++known) {
    if (*known == hash) return false;
  }
  if (count < 2) frame.signature = (frame.signature ^ hash) * 0x9E3779B97F4A7C15U;
  keys_.push_back(hash);
  return true;
}

void RecordSink::on_key_of_layout(const json::Token& key) {
  const bool refused = schema_walk_.on_key(key);
  if (links_level_) links_walk_.on_key(key);
  if (is_new(key)) return;
  if (!refused) return report_->add(Kind::duplicate_key, key.offset, key.length);
  const json::Position position = report_->at(key.offset);
  report_->add({Kind::duplicate_key, key.offset, key.length, position.line, position.column, {}, refused});
}

void RecordSink::check_number(json::Scalar type, const json::Token& number) {
  const bool fits = type == json::Scalar::integer ? fits_64_bits(number) : fits_double(number);
  if (!fits) report_->add(Kind::number_limits, number.offset, number.length);
}

void RecordSink::on_lone_surrogate(json::Offset offset) {
  if (!muted_) report_->add(Kind::lone_surrogate, offset, 6);
}

}  // namespace session::check
