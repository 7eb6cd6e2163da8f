#include "repair/rest_reader.h"

#include <algorithm>

#include "json/scanner.h"
#include "repair/lexing.h"

namespace session::repair {
namespace {

// A place is marked in each of so many bytes.
constexpr std::size_t k_between_marks = 512;
// Of a text of brackets not every one is remembered.
constexpr std::size_t k_bytes_per_node = 8;
constexpr std::size_t k_free_nodes = 4096;

}  // namespace

/// Blocks are numbered from 1.
std::size_t RestReader::block_of(std::size_t at) const { return (at - begin_) / k_between_marks + 1; }

/// Reads on from `at` to a place that is marked, or the first in a block behind `block`. False where the text
/// breaks before it.
bool RestReader::read_stretch(Stretch& stretch, std::size_t& at, std::size_t block) {
  while (at < end_) {
    const char c = bytes_[at];
    if (c == '\0') return false;
    if (c == '"') {
      const StringToken token = read_string(bytes_, at, end_);
      if (token.how != StringEnd::closed || token.flawed) return false;
      at = token.end;
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
    if (mark_of(at).at == at || block_of(at) > block) return true;
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
  std::size_t block = block_of(at) - (mark_of(at).at == 0 ? 1 : 0);
  behind = k_nothing;
  for (;;) {
    Stretch& stretch = read.emplace_back(Stretch{at, {}, {}});
    if (!read_stretch(stretch, at, room > 0 ? block : block_of(end_))) {
      behind = k_broken;
      return read;
    }
    if (at >= end_) return read;
    if (mark_of(at).at == at) {
      behind = mark_of(at).closers;
      return read;
    }
    block = block_of(at);
    room -= std::min(room, stretch.closers.size());
  }
}

bool RestReader::count_closers(std::size_t at, std::string& closers) {
  closers.clear();
  if (marks_.empty()) marks_.resize(block_of(end_) + 1);
  const std::size_t start = at;
  NodeId behind = k_nothing;
  const std::vector<Stretch> read = read_stretches(at, behind);
  bytes_read_ = at - start;
  first_mark_ = read.size() > 1 ? read[1].begin : at;
  std::size_t next_at = at < end_ && mark_of(at).at == at ? at : 0;
  for (std::size_t i = read.size() - 1; i > 0; --i) {
    behind = in_front_of(behind_openers(behind, read[i]), read[i]);
    mark_of(read[i].begin) = Mark{read[i].begin, next_at, behind, {}};
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
  for (std::size_t at = from; at != 0 && at < end_ && at <= stopped;) {
    Mark& mark = mark_of(at);
    if (mark.at != at) return;
    mark.is_whole = is_whole;
    at = mark.next_at;
  }
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
  const char* stopped = scanner.feed(bytes_.data() + at, bytes_.data() + first_mark_, 0);
  if (scanner.progress() == json::Progress::failed) return false;
  const bool leads_to_mark = scanner.progress() == json::Progress::more && first_mark_ < end_ &&
                             mark_of(first_mark_).at == first_mark_;
  if (leads_to_mark && mark_of(first_mark_).is_whole) return *mark_of(first_mark_).is_whole;
  if (scanner.progress() == json::Progress::more) {
    stopped = scanner.feed(bytes_.data() + first_mark_, bytes_.data() + end_, 0);
  }
  const auto behind = static_cast<std::size_t>(stopped - bytes_.data());
  bytes_read_ = behind - std::min(behind, first_mark_);
  const bool is_whole =
      scanner.progress() == json::Progress::complete && skip_blanks(bytes_, behind, end_) >= end_;
  if (leads_to_mark) tell_marks(first_mark_, behind, is_whole);
  return is_whole;
}

}  // namespace session::repair
