#include "check/links_walk.h"

#include <charconv>
#include <utility>

namespace session::check {

void LinksWalk::compile(const LinkRules& rules) {
  rules_ = rules;
  ends_.clear();
  std::vector<FieldRule> paths;
  const auto path_of = [](const std::string& where, const std::string& key) {
    return key.empty() ? std::string{} : where + '/' + key;
  };
  const auto want = [&paths](const std::string& path) {
    if (!path.empty()) paths.push_back({path});
  };
  for (const std::string* key : {&rules.id_key, &rules.parent_key, &rules.ordinal_key})
    want(path_of("", *key));
  for (const auto* side : {&rules.calls, &rules.results}) {
    for (const CallEnd& end : *side) {
      want(path_of(end.where, end.marker_key));
      want(path_of(end.where, end.id_key));
    }
  }
  tree_.compile(paths, {});
  const auto node_of = [this](const std::string& path) {
    return path.empty() ? Schema::k_none : tree_.find(path);
  };
  id_node_ = node_of(path_of("", rules.id_key));
  parent_node_ = node_of(path_of("", rules.parent_key));
  ordinal_node_ = node_of(path_of("", rules.ordinal_key));
  for (const auto* side : {&rules.calls, &rules.results}) {
    for (const CallEnd& end : *side) {
      ends_.push_back({side == &rules.calls ? Role::call : Role::result,
                       node_of(path_of(end.where, end.marker_key)), node_of(path_of(end.where, end.id_key)),
                       end.marker});
    }
  }
}

void LinksWalk::reset() {
  records_.clear();
  forward_.clear();
  open_calls_.clear();
  answered_.clear();
  ordinal_.reset();
  begin_value();
}

void LinksWalk::begin_value() {
  depth_ = 0;
  unknown_ = 0;
  next_ = tree_.empty() ? Schema::k_none : 0;
  links_.clear();
}

int LinksWalk::step_in() const {
  if (depth_ == 0 || frames_[depth_ - 1].object) return next_;
  return tree_.node(frames_[depth_ - 1].node).any_child;
}

void LinksWalk::on_open(json::Container container, json::Offset offset) {
  if (depth_ == 0 && unknown_ == 0) record_ = {offset, 0, report_->at(offset)};
  const int node = unknown_ != 0 ? Schema::k_none : step_in();
  next_ = Schema::k_none;
  if (node == Schema::k_none) {
    ++unknown_;
    return;
  }
  if (frames_.size() == depth_) frames_.emplace_back();
  Frame& frame = frames_[depth_++];
  frame.node = node;
  frame.object = container == json::Container::object;
  frame.marked = 0;
  frame.ids.clear();
}

void LinksWalk::on_close() {
  if (unknown_ != 0) {
    --unknown_;
    return;
  }
  if (depth_ == 0) return;
  const Frame& frame = frames_[--depth_];
  for (const auto& [end, link] : frame.ids) {
    const bool marked = ends_[end].marker_node == Schema::k_none || (frame.marked >> end & 1) != 0;
    if (marked && links_.size() < k_linked) links_.push_back(link);
  }
}

void LinksWalk::on_key(const json::Token& key) {
  if (unknown_ != 0 || depth_ == 0) return;
  const int node = frames_[depth_ - 1].node;
  next_ = tree_.child(node, text_of(key, buffer_));
  if (next_ == Schema::k_none) next_ = tree_.node(node).any_child;
}

void LinksWalk::on_scalar(json::Scalar type, const json::Token& token) {
  if (unknown_ != 0 || depth_ == 0) return;
  const int node = std::exchange(next_, Schema::k_none);
  if (node == Schema::k_none || !frames_[depth_ - 1].object) return;
  Link link;
  link.place = {token.offset, token.length, {}};
  if (type == json::Scalar::integer && node == ordinal_node_) {
    std::from_chars(token.text.data(), token.text.data() + token.text.size(), link.hash);
    link.role = Role::ordinal;
  } else if (type != json::Scalar::string || !token.whole(type)) {
    return;
  } else {
    link.hash = json::hash_of_string(token);
  }
  link.place.position = report_->at(token.offset);
  if (node == id_node_ || node == parent_node_ || node == ordinal_node_) {
    if (node != ordinal_node_) link.role = node == id_node_ ? Role::id : Role::parent;
    links_.push_back(link);
  }
  Frame& frame = frames_[depth_ - 1];
  for (std::size_t i = 0; i < ends_.size(); ++i) {
    if (ends_[i].marker_node == node && text_of(token, buffer_) == ends_[i].marker) frame.marked |= 1U << i;
    if (ends_[i].id_node != node) continue;
    link.role = ends_[i].role;
    frame.ids.emplace_back(i, link);
  }
}

void LinksWalk::report(Kind kind, const Place& place) {
  report_->add_at(kind, place.offset, place.position, place.length);
}

void LinksWalk::end_value() {
  std::optional<Link> id, parent, ordinal;
  for (const Link& link : links_) {
    switch (link.role) {
      case Role::id: id = link; break;
      case Role::parent: parent = link; break;
      case Role::ordinal: ordinal = link; break;
      case Role::call:
      case Role::result: take_call(link); break;
    }
  }
  take_record(id, parent);
  take_ordinal(ordinal);
  links_.clear();
}

void LinksWalk::take_record(const std::optional<Link>& id, const std::optional<Link>& parent) {
  if (id && records_.size() < k_linked) {
    const Record record{parent ? parent->hash : 0, parent.has_value(), 0};
    if (!records_.try_emplace(id->hash, record).second) report(Kind::duplicate_id, id->place);
  }
  if (!parent || records_.size() == k_linked) return;
  const bool to_itself = id && id->hash == parent->hash;
  if (to_itself || records_.count(parent->hash) == 0) {
    forward_.push_back({id ? id->hash : 0, parent->hash, parent->place});
  }
}

void LinksWalk::take_ordinal(const std::optional<Link>& ordinal) {
  if (rules_.ordinal_key.empty()) return;
  const bool follows = !ordinal_ || (ordinal && ordinal->hash == *ordinal_ + 1);
  if (!follows) report(Kind::bad_ordinal, ordinal ? ordinal->place : record_);
  if (ordinal) ordinal_ = ordinal->hash;
}

void LinksWalk::take_call(const Link& link) {
  if (link.role == Role::call) {
    if (open_calls_.size() < k_linked) open_calls_.try_emplace(link.hash, link.place);
    return;
  }
  const bool was_open = open_calls_.erase(link.hash) != 0;
  if (!was_open && answered_.size() < k_linked && answered_.count(link.hash) == 0) {
    report(Kind::unpaired_result, link.place);
  }
  if (was_open && answered_.size() < k_linked) answered_.insert(link.hash);
}

bool LinksWalk::leads_in_a_circle(std::uint64_t id, std::uint32_t walk) {
  for (auto at = records_.find(id); at != records_.end(); at = records_.find(at->second.parent)) {
    if (at->second.walk != 0) return at->second.walk == walk;
    at->second.walk = walk;
    if (!at->second.has_parent) return false;
  }
  return false;
}

void LinksWalk::finish() {
  std::uint32_t walk = 0;
  for (const Edge& edge : forward_) {
    if (records_.count(edge.parent) == 0) {
      report(Kind::dangling_parent, edge.place);
    } else if (leads_in_a_circle(edge.id, ++walk)) {
      report(Kind::parent_cycle, edge.place);
    }
  }
  for (const auto& [hash, place] : open_calls_) report(Kind::unpaired_call, place);
}

}  // namespace session::check
