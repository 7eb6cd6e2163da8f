#include "check/record_sink.h"

#include <algorithm>

#include "json/text.h"

namespace session::check {
namespace {

constexpr std::size_t k_few_keys = 24;

}  // namespace

void RecordSink::reset() {
  depth_ = 0;
  too_deep_ = false;
  frames_.clear();
  keys_.clear();
  index_.clear();
}

void RecordSink::on_open(json::Container container, json::Offset offset) {
  if (++depth_ > k_common_depth && !too_deep_) {
    too_deep_ = true;
    report_->add(Kind::depth_limits, offset, 1);
  }
  if (depth_ > k_key_depth) return;
  frames_.push_back({static_cast<std::uint32_t>(keys_.size()), container == json::Container::object, false});
}

void RecordSink::on_close(json::Container, json::Offset) {
  if (depth_-- > k_key_depth) return;
  const Frame frame = frames_.back();
  frames_.pop_back();
  if (frame.indexed) {
    const std::uint64_t salt = frames_.size() + 1;
    for (std::size_t i = frame.first_key; i < keys_.size(); ++i) index_.erase(keys_[i] * 31 + salt);
  }
  keys_.resize(frame.first_key);
}

bool RecordSink::is_new_key(const json::Token& key) {
  Frame& frame = frames_.back();
  const std::size_t count = keys_.size() - frame.first_key;
  if (count >= k_keys_of_object || keys_.size() >= k_keys_open) return true;
  const std::uint64_t hash = hash_of_string(key);
  const std::uint64_t salt = frames_.size();
  if (count == k_few_keys && !frame.indexed) {
    for (std::size_t i = frame.first_key; i < keys_.size(); ++i) index_.insert(keys_[i] * 31 + salt);
    frame.indexed = true;
  }
  const auto first = keys_.begin() + frame.first_key;
  const bool known = frame.indexed ? !index_.insert(hash * 31 + salt).second
                                   : std::find(first, keys_.end(), hash) != keys_.end();
  if (!known) keys_.push_back(hash);
  return !known;
}

void RecordSink::on_key(const json::Token& key) {
  if (depth_ > k_key_depth || !key.whole(json::Scalar::string)) return;
  if (!is_new_key(key)) report_->add(Kind::duplicate_key, key.offset, key.length);
}

void RecordSink::on_scalar(json::Scalar type, const json::Token& token) {
  if (type == json::Scalar::integer && token.length >= 19 && !fits_64_bits(token)) {
    report_->add(Kind::number_limits, token.offset, token.length);
  }
  if (type == json::Scalar::real && !fits_double(token)) {
    report_->add(Kind::number_limits, token.offset, token.length);
  }
}

}  // namespace session::check
