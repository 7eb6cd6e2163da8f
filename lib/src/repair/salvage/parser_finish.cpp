// Where the text ends: what was being read is closed, or goes.

#include <string>

#include "repair/salvage/cut_record.h"
#include "repair/salvage/parser.h"

namespace session::repair {

/// Ends the item being read where the text ends.
void SalvageParser::finish_item(std::size_t at, Kind kind) {
  if (frames_.empty()) return;
  Frame& frame = frames_.back();
  const bool cut_number =
      state_ == State::after_item && last_ == Last::scalar && last_end_ == at && is_digit(bytes_[at - 1]);
  if (cut_number) drop_last_scalar();
  if (cut_number || state_ == State::colon || (state_ == State::value && frame.open == '{')) {
    drop_item(at, kind);
  } else if (frame.separated) {
    attempt_.pieces.rollback(frame.item.mark);
    attempt_.pieces.because(frame.item.begin, Kind::bad_syntax, Harm::none);
    frame.separated = false;
  }
  pos_ = at;
  state_ = State::after_item;
}

void SalvageParser::finish(std::size_t at, Kind kind) {
  trouble();
  finish_item(at, kind);
  attempt_.pieces.because(at, kind, Harm::loss);
  if (options_.line_framed && options_.layout != nullptr) doom_cut_part();
  close_to(0);
  attempt_.end = at;
  attempt_.closed = false;
  state_ = State::done;
}

/// Of a record that ends here: the outermost container whose end is lost and that reads as a whole one goes;
/// an element of an array always does.
void SalvageParser::doom_cut_part() {
  std::string path;
  for (std::size_t i = 1; i < frames_.size(); ++i) {
    const Frame& holder = frames_[i - 1];
    if (holder.open == '{') path.append("/").append(shapes_.key(holder.key));
    if (holder.open == '{' && may_be_cut(path, *options_.layout)) continue;
    frames_[i].doomed = true;
    return;
  }
}

/// Closes containers that lost their closer until `frames` are open.
void SalvageParser::close_to(std::size_t frames) {
  while (frames_.size() > frames) {
    Frame& frame = frames_.back();
    frame.damaged = true;
    attempt_.pieces.insert(frame.open == '{' ? "}" : "]");
    last_ = Last::closer;
    pop(pos_, false);
  }
}

}  // namespace session::repair
