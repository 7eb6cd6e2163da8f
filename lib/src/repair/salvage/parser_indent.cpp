// Indentation: in a pretty-printed document each line says how deep it lies. Behind damage that tells what
// belongs to containers whose openers are lost, and which of the open ones lost their closers.

#include "repair/salvage/parser.h"

namespace session::repair {

std::optional<std::size_t> SalvageParser::indent_level(std::size_t at) const {
  if (indent_ == 0) return std::nullopt;
  std::size_t line = at;
  while (line > begin_ && (bytes_[line - 1] == ' ' || bytes_[line - 1] == '\t')) --line;
  if (line == begin_ || bytes_[line - 1] != '\n' || (at - line) % indent_ != 0) return std::nullopt;
  return (at - line) / indent_;
}

void SalvageParser::learn_indent() {
  std::size_t line = pos_;
  if (line < end_ && bytes_[line] == '\r') ++line;
  if (line >= end_ || bytes_[line] != '\n') return;
  const std::size_t first = ++line;
  while (line < end_ && (bytes_[line] == ' ' || bytes_[line] == '\t')) ++line;
  indent_ = line - first;
}

/// How many containers are open at `at` by the indentation of its line: nullopt where no item or closer
/// begins it.
std::optional<std::size_t> SalvageParser::depth_by_indent(std::size_t at) const {
  const char c = bytes_[at];
  const std::optional<std::size_t> level =
      c == ',' || c == ':' || c == '\0' ? std::nullopt : indent_level(at);
  if (!level) return std::nullopt;
  return *level + (c == '}' || c == ']' ? 1 : 0);
}

/// Whether the object opened last, of which `at` is the first key, is the beginning of another version of the
/// document: the key is the document's first, and indented as that is, and so is what follows. This one ends
/// there.
bool SalvageParser::restart_by_indent(std::size_t at) {
  const Frame& frame = frames_.back();
  const ShapeId first = shapes_.first_member(k_root_shape);
  if (frames_.size() < 2 || frame.open != '{' || frame.items > 0 || frame.separated || frame.imagined)
    return false;
  if (indent_level(at) != 1 || first == k_no_shape || key_at(at) != shapes_.key(first)) return false;
  // Of a line of which a part is lost the next one tells.
  const std::size_t next = skip_blanks(bytes_, std::min(bytes_.substr(0, end_).find('\n', at), end_), end_);
  if (next < end_ && indent_level(next).value_or(0) > 2) return false;
  const std::size_t begin = frame.begin;
  if (skip_blanks(bytes_, begin + 1, end_) != at) return false;
  frames_.pop_back();
  if (in_array()) begin_item(begin);
  drop_item(begin, Kind::splice);
  restart(begin);
  return true;
}

/// Behind damage: where the line at `at` lies deeper than the open containers, what the lost ones held goes;
/// where it closes one further out, those within are closed. Not where the closers up to the end say
/// otherwise.
bool SalvageParser::settle_by_indent(std::size_t at) {
  if (indent_ == 0 || attempt_.clean || options_.line_framed || frames_.empty()) return false;
  if (state_ == State::colon || (state_ == State::value && in_object())) return false;
  const std::optional<std::size_t> depth = depth_by_indent(at);
  if (!depth || *depth == frames_.size() || *depth == 0) return false;
  const bool is_closer = bytes_[at] == '}' || bytes_[at] == ']';
  if (*depth < frames_.size() && (!is_closer || closer_of(frames_[*depth - 1].open) != bytes_[at]))
    return false;
  if (!is_closer && restart_by_indent(at)) return true;
  if (count_closers(at) && closers_.size() != *depth) return false;
  drop_comma();
  state_ = State::after_item;
  trouble();
  if (*depth > frames_.size()) {
    doom_seam(at);
    skip(behind_deeper_lines(at), Kind::bad_syntax, Harm::loss);
  } else {
    attempt_.pieces.because(at, Kind::bad_syntax, Harm::none);
    close_to(*depth);
    pos_ = at;
  }
  last_ = Last::other;
  return true;
}

/// Where behind `at` the first line begins that lies no deeper than the open containers.
std::size_t SalvageParser::behind_deeper_lines(std::size_t at) const {
  while (at < end_) {
    const std::size_t line = std::min(bytes_.substr(0, end_).find('\n', at), end_);
    at = skip_blanks(bytes_, line, end_);
    if (at >= end_) break;
    const std::optional<std::size_t> depth = depth_by_indent(at);
    if (depth && *depth <= frames_.size()) break;
  }
  return at;
}

}  // namespace session::repair
