// Beginning without a beginning: what a text whose head is missing is a part of, by its layout or by the
// closers at its end.

#include <algorithm>

#include "repair/salvage_parser.h"

namespace session::repair {
namespace {

constexpr int k_enough = 2;  // below this a place is a guess

}  // namespace

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
  frame.item = attempt_.pieces.mark();
  frame.item_begin = at;
  frame.item_values = attempt_.values_kept;
  frames_.push_back(frame);
  state_ = open == '{' ? State::key : State::value;
}

/// Opens every container on the way to `shape`, under the names that the layout gives them.
void SalvageParser::imagine_path(std::size_t at, ShapeId shape) {
  std::vector<ShapeId> path;
  for (ShapeId id = shape; id != k_no_shape; id = shapes_.parent(id)) path.push_back(id);
  for (auto id = path.rbegin(); id != path.rend(); ++id) {
    if (!frames_.empty() && frames_.back().open == '{') {
      begin_item(at);
      frames_.back().key = *id;
      attempt_.pieces.insert("\"");
      attempt_.pieces.insert(shapes_.key(*id));
      attempt_.pieces.insert("\":");
    }
    const auto inside = std::next(id);
    const bool array = inside != path.rend() && shapes_.is_element(*inside);
    imagine_frame(at, *id, array ? '[' : '{');
  }
}

/// Finds what a text without its beginning is a part of.
bool SalvageParser::begin_headless(std::size_t at) {
  attempt_.headless = true;
  trouble();
  attempt_.pieces.because(at, Kind::headless, Harm::loss);
  return begin_in_layout(at) || begin_by_closers(at);
}

std::optional<std::size_t> SalvageParser::best_layout_shape(std::size_t anchor) {
  const bool element = bytes_[anchor] == '{';
  std::size_t quote = anchor;
  if (element) quote = skip_blanks(bytes_, anchor + 1, end_);
  const ByteView key = key_at(quote);
  peek(quote);
  int best = k_enough;
  std::optional<std::size_t> found;
  for (ShapeId shape = k_root_shape; shape < shapes_.layout_size(); ++shape) {
    if (shapes_.find(shape, key) == k_no_shape || (element && !shapes_.is_element(shape))) continue;
    Context context;
    for (ShapeId id = shape; id != k_no_shape; id = shapes_.parent(id)) {
      context.push_back({shapes_.find_element(id) != k_no_shape ? '[' : '{', id, k_nowhere});
    }
    std::reverse(context.begin(), context.end());
    const int sum = score(std::move(context));
    if (sum > best) best = sum, found = shape;
  }
  return found;
}

bool SalvageParser::begin_in_layout(std::size_t at) {
  constexpr int k_tries = 64;
  std::optional<std::size_t> anchor = find_anchor(at);
  for (int i = 0; anchor && i < k_tries; ++i, anchor = next_anchor(*anchor)) {
    const std::optional<std::size_t> shape = best_layout_shape(*anchor);
    if (!shape) continue;
    const bool element = bytes_[*anchor] == '{';
    imagine_path(*anchor, static_cast<ShapeId>(*shape));
    if (element) {
      // The object itself is whole: only what it stands in is imagined.
      attempt_.pieces.rollback(frames_.back().item);
      const Pieces::Mark inside = frames_[frames_.size() - 2].item;
      frames_.pop_back();
      attempt_.pieces.rollback(inside);
      state_ = State::value;
    } else if (shapes_.is_element(static_cast<ShapeId>(*shape))) {
      state_ = State::key;
    }
    pos_ = *anchor;
    return true;
  }
  return false;
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
