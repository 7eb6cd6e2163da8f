// Beginning without a beginning: what a text whose head is missing is a part of, by its layout or by the
// closers at its end.

#include <algorithm>

#include "repair/salvage_parser.h"

namespace session::repair {
/// Opens a container whose beginning is not in the input.
void SalvageParser::imagine_frame(std::size_t at, ShapeId shape, char open) {
  Frame frame;
  frame.open = open;
  frame.imagined = true;
  frame.damaged = true;
  frame.shape = shape;
  frame.begin = at;
  frame.members = members_.size();
  attempt_.pieces.insert(open == '{' ? "{" : "[");
  frame.item.mark = attempt_.pieces.mark();
  frame.item.begin = at;
  frame.item.values = attempt_.values_kept;
  frames_.push_back(frame);
  state_ = open == '{' ? State::key : State::value;
}

/// Opens the containers of `path`, one in the other, under the names that the layout or the document gives
/// them; the last is `last`.
void SalvageParser::imagine_path(std::size_t at, const std::vector<ShapeId>& path, char last) {
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (!frames_.empty()) {
      if (state_ == State::after_item) insert_comma();
      begin_item(at);
      if (in_object()) {
        frames_.back().key = path[i];
        attempt_.pieces.insert("\"");
        attempt_.pieces.insert(shapes_.key(path[i]));
        attempt_.pieces.insert("\":");
      }
    }
    const bool array = i + 1 < path.size() ? shapes_.is_element(path[i + 1]) : last == '[';
    imagine_frame(at, path[i], array ? '[' : '{');
  }
}

/// Finds what a text without its beginning is a part of.
bool SalvageParser::begin_headless(std::size_t at) {
  attempt_.headless = true;
  trouble();
  attempt_.pieces.because(at, Kind::headless, Harm::loss);
  return place_next(at, Kind::headless) || begin_by_closers(at);
}

/// Without a layout the closers at the end still tell what is at the root.
bool SalvageParser::begin_by_closers(std::size_t at) {
  const std::optional<std::size_t> anchor = find_anchor(at);
  if (!anchor || !count_closers(*anchor)) return false;
  const std::size_t levels = closers_.size();
  const bool root_array = closers_.back() == ']';
  const bool element = bytes_[*anchor] == '{';
  std::size_t from = *anchor;
  if (levels > 1) from = behind_closers(from, levels - 1);
  imagine_frame(from, k_root_shape, root_array ? '[' : '{');
  pos_ = from;
  state_ = levels == 1
               ? (root_array || !element ? (root_array ? State::value : State::key) : State::after_item)
               : State::after_item;
  return true;
}

}  // namespace session::repair
