#include "repair/salvage/rest_reader.h"

#include <algorithm>

#include "json/scanner.h"
#include "repair/salvage/lexing.h"

namespace session::repair {
namespace {

// A place is marked in each of so many bytes.
constexpr std::size_t k_between_marks = 2048;
// Of a text of brackets not every one is remembered.
constexpr std::size_t k_bytes_per_node = 8;
constexpr std::size_t k_free_nodes = 4096;

}  // namespace

/// Blocks are numbered from 1.
std::size_t RestReader::block_of(std::size_t at) const { return (at - begin_) / k_between_marks + 1; }

/// nullptr where `at` is not marked.
RestReader::Mark* RestReader::mark_at(std::size_t at) {
  if (at == 0 || at >= end_) return nullptr;
  Block& block = blocks_[block_of(at)];
  const auto found = std::ranges::find(block.marks, at, &Mark::at);
  return found == block.marks.end() ? nullptr : &*found;
}

void RestReader::put_mark(const Mark& mark) {
  Block& block = blocks_[block_of(mark.at)];
  block.marks[1] = block.marks[0];
  block.marks[0] = mark;
}

/// Reads on from `at` to a place that is marked, or the first behind a closer in a block behind `block`, or,
/// where none comes for long, behind a string. False where the text breaks before it.
bool RestReader::read_stretch(Stretch& stretch, std::size_t& at, std::size_t block) {
  while (at < end_) {
    const char c = bytes_[at];
    if (c == '\0') return false;
    if (c == '"') {
      const StringToken token = read_string(bytes_, at, end_);
      if (token.how != StringEnd::closed || token.flawed) return false;
      at = token.end;
      if (at < end_ && (block_of(at) > block + 1 || mark_at(at) != nullptr)) return true;
      continue;
    }
    ++at;
    if (c == '{' || c == '[') stretch.open += c;
    if (c != '}' && c != ']') continue;
    if (stretch.open.empty()) {
      stretch.closers += c;
    } else if (closer_of(stretch.open.back()) == c) {
      stretch.open.pop_back();
    } else {
      return false;
    }
    if (block_of(at) > block || mark_at(at) != nullptr) return true;
  }
  return true;
}

/// What follows `stretch`, without the closers of what it leaves open.
RestReader::NodeId RestReader::behind_openers(NodeId closers, const Stretch& stretch) const {
  for (std::size_t i = stretch.open.size(); i-- > 0 && closers != k_broken;) {
    const Node& node = nodes_[closers];
    closers = closers != k_nothing && node.closer == closer_of(stretch.open[i]) ? node.next : k_broken;
  }
  return closers;
}

/// The closers of `stretch` and those behind it.
RestReader::NodeId RestReader::in_front_of(NodeId closers, const Stretch& stretch) {
  for (std::size_t i = stretch.closers.size(); i-- > 0 && closers != k_broken;) {
    nodes_.push_back({stretch.closers[i], closers});
    closers = static_cast<NodeId>(nodes_.size() - 1);
  }
  return closers;
}

/// Reads on from `at` to the end, or to where it is known what is `behind`.
std::vector<RestReader::Stretch> RestReader::read_stretches(std::size_t& at, NodeId& behind) {
  std::vector<Stretch> read;
  std::size_t room = k_free_nodes + (end_ - begin_) / k_bytes_per_node;
  room -= std::min(room, nodes_.size());
  std::size_t block = block_of(at) - (blocks_[block_of(at)].marks[0].at == 0 ? 1 : 0);
  behind = k_nothing;
  for (;;) {
    Stretch& stretch = read.emplace_back(Stretch{at, {}, {}});
    if (!read_stretch(stretch, at, room > 0 ? block : block_of(end_))) {
      behind = k_broken;
      return read;
    }
    if (at >= end_) return read;
    if (const Mark* const mark = mark_at(at)) {
      behind = mark->closers;
      return read;
    }
    block = block_of(at);
    room -= std::min(room, stretch.closers.size());
  }
}

bool RestReader::count_closers(std::size_t at, std::string& closers) {
  closers.clear();
  if (blocks_.empty()) blocks_.resize(block_of(end_) + 1);
  const std::size_t start = at;
  NodeId behind = k_nothing;
  const std::vector<Stretch> read = read_stretches(at, behind);
  bytes_read_ = at - start;
  first_mark_ = read.size() > 1 ? read[1].begin : at;
  std::size_t next_at = mark_at(at) != nullptr ? at : 0;
  for (std::size_t i = read.size() - 1; i > 0; --i) {
    behind = in_front_of(behind_openers(behind, read[i]), read[i]);
    put_mark({read[i].begin, next_at, behind, {}});
    next_at = read[i].begin;
  }
  behind = behind_openers(behind, read.front());
  if (behind == k_broken) return false;
  closers = read.front().closers;
  for (; behind != k_nothing; behind = nodes_[behind].next) closers += nodes_[behind].closer;
  return true;
}

/// What stands behind `from`, a mark, was read to where it stopped: that tells of all marks on the way.
void RestReader::tell_marks(std::size_t from, std::size_t stopped, bool is_whole) {
  for (Mark* mark = mark_at(from); mark != nullptr && mark->at <= stopped; mark = mark_at(mark->next_at)) {
    if (bytes_[mark->at - 1] != '"') mark->is_whole = is_whole;
  }
}

/// The first mark behind the place that was asked for last at which a value has ended; nullptr where none is
/// known. What may follow a string depends on what stands before it.
const RestReader::Mark* RestReader::next_end() {
  const Mark* mark = mark_at(first_mark_);
  while (mark != nullptr && bytes_[mark->at - 1] == '"') mark = mark_at(mark->next_at);
  return mark;
}

bool RestReader::is_whole(std::size_t at, const std::string& closers, RestBegins begins) {
  bytes_read_ = 0;
  Bytes opening;
  for (std::size_t i = closers.size(); i-- > 0;) {
    const bool object = closers[i] == '}';
    opening += object ? '{' : '[';
    if (i > 0 && object) opening += "\"\":";
    if (i == 0 && begins == RestBegins::behind_item) opening += object ? R"("":"")" : R"("")";
  }
  json::SilentSink silent;
  json::Scanner<json::SilentSink> scanner(silent);
  scanner.feed(opening.data(), opening.data() + opening.size(), 0);
  const Mark* const mark = next_end();
  const std::size_t end_of_value = mark != nullptr ? mark->at : end_;
  const char* stopped = scanner.feed(bytes_.data() + at, bytes_.data() + end_of_value, 0);
  const bool goes_on = scanner.progress() == json::Progress::more && mark != nullptr;
  if (goes_on && mark->is_whole) return *mark->is_whole;
  if (goes_on) stopped = scanner.feed(bytes_.data() + end_of_value, bytes_.data() + end_, 0);
  const auto behind = static_cast<std::size_t>(stopped - bytes_.data());
  bytes_read_ = behind - at;
  const bool is_whole =
      scanner.progress() == json::Progress::complete && skip_blanks(bytes_, behind, end_) >= end_;
  if (goes_on) tell_marks(end_of_value, behind, is_whole);
  return is_whole;
}

}  // namespace session::repair
