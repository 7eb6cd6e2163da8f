#include "commands/clean/judge.h"

namespace session::commands {
namespace {

/// Whether the content shows the marks of the layout. Without them it is somebody else's document, whatever
/// its name: no mtime makes it a stale session.
bool is_recognised(const Facts& facts, const Layout& layout) {
  if (facts.has_activity_field) return true;
  if (!layout.id_pointer.empty()) return !facts.id.empty();
  return layout.format == Format::json_lines ? facts.records > 0 : layout.activity_pointers.empty();
}

void give_up(const Error& error, Judged& judged) {
  judged.vanished = error.code == Errc::not_found;
  const bool is_regular = error.code != Errc::not_regular;
  judged.decision.reason = is_regular ? Reason::unreadable : Reason::not_regular;
  if (!judged.vanished && is_regular) judged.error = error;
}

}  // namespace

TimePoint mtime_of(const FileId& id) {
  return TimePoint{std::chrono::floor<milliseconds>(std::chrono::nanoseconds{id.mtime_ns})};
}

Result<Facts> read_file_facts(Fs& fs, const File& file, std::uint64_t size, Eyes& eyes) {
  eyes.reader.reset();
  const auto feed = [&](ByteView piece) {
    eyes.reader.feed(piece);
    return true;
  };
  const auto read = read_pieces(fs, file, eyes.buffer, 0, size, feed);
  if (!read) return Unexpected{read.error()};
  return eyes.reader.finish();
}

Judged SessionJudge::judge_entry(Eyes& eyes, const Dir& dir, Entry& entry) const {
  Judged judged;
  judged.name = std::move(entry.name);
  if (entry.keep_because) {
    judged.decision.reason = *entry.keep_because;
    judged.fresh_until = entry.fresh_until;
    return judged;
  }
  if (layout_->expiry == Expiry::never || policy_.ttl == milliseconds{0}) {
    judged.decision.reason = Reason::never_expires;
    return judged;
  }
  const auto opened = fs_.open_described(dir, judged.name, Access::read);
  if (!opened) {
    give_up(opened.error(), judged);
    return judged;
  }
  judged.id = id_of(opened->about);
  auto decision = glance(eyes, *opened);
  if (!decision) {
    auto read = read_whole(eyes, *opened);
    if (!read) {
      give_up(read.error(), judged);
      return judged;
    }
    decision = *read;
  }
  judged.decision = *decision;
  if (decision->reason == Reason::fresh) judged.fresh_until = *decision->activity + policy_.ttl;
  const bool has_grace = write_grace_ > milliseconds{0};
  if (judged.decision.remove && has_grace && now_ - mtime_of(judged.id) < write_grace_) {
    judged.decision.remove = false;
    judged.decision.reason = Reason::recently_written;
  }
  return judged;
}

std::optional<Decision> SessionJudge::glance(Eyes& eyes, const OpenedFile& opened) const {
  const auto length = fs_.read_at(opened.file, eyes.buffer.data(), eyes.buffer.size(), 0);
  if (!length) return std::nullopt;
  const ByteView head = ByteView(eyes.buffer).substr(0, *length);
  eyes.reader.reset();
  eyes.reader.feed(head);
  if (head.size() == opened.about.size && head.size() < eyes.buffer.size()) {
    Decision decision = decide(eyes.reader.finish(), opened);
    if (!decision.remove) return decision;
    begin_diagnosis(eyes);
    eyes.checker.feed(head);
    spare_damaged(eyes, decision);
    return decision;
  }
  // A session's own TTL may follow.
  if (!layout_->ttl_pointer.empty()) return std::nullopt;
  Facts seen;
  seen.parses = true;
  seen.activity = eyes.reader.activity_so_far();
  if (judge_alone(seen).reason != Reason::fresh && layout_->format == Format::json_lines) {
    seen.activity = activity_at_end(eyes, opened);
  }
  const Decision decision = judge_alone(seen);
  return decision.reason == Reason::fresh ? std::optional(decision) : std::nullopt;
}

Result<Decision> SessionJudge::read_whole(Eyes& eyes, const OpenedFile& opened) const {
  auto facts = read_file_facts(fs_, opened.file, opened.about.size, eyes);
  if (!facts) return Unexpected{facts.error()};
  Decision decision = decide(std::move(*facts), opened);
  if (!decision.remove) return decision;
  begin_diagnosis(eyes);
  const auto feed = [&](ByteView piece) {
    eyes.checker.feed(piece);
    return true;
  };
  const auto read = read_pieces(fs_, opened.file, eyes.buffer, 0, opened.about.size, feed);
  if (!read) return Unexpected{read.error()};
  spare_damaged(eyes, decision);
  return decision;
}

Decision SessionJudge::decide(Facts facts, const OpenedFile& opened) const {
  AgedEntry aged;
  aged.facts = std::move(facts);
  aged.mtime = mtime_of(id_of(opened.about));
  if (aged.facts.parses && !is_recognised(aged.facts, *layout_)) aged.keep_because = Reason::foreign;
  return judge(aged, policy_, as_of_);
}

Decision SessionJudge::judge_alone(const Facts& seen) const {
  return judge({.facts = seen, .mtime = {}, .keep_because = {}}, policy_, as_of_);
}

std::optional<TimePoint> SessionJudge::activity_at_end(Eyes& eyes, const OpenedFile& opened) const {
  if (opened.about.size < eyes.buffer.size()) return std::nullopt;
  const auto length = read_fully(fs_, opened.file, eyes.buffer.data(), eyes.buffer.size(),
                                 opened.about.size - eyes.buffer.size());
  if (!length) return std::nullopt;
  const ByteView tail = ByteView(eyes.buffer).substr(0, *length);
  const std::size_t newline = tail.find('\n');
  if (newline == ByteView::npos) return std::nullopt;
  eyes.reader.reset();
  eyes.reader.feed(tail.substr(newline + 1));
  return eyes.reader.activity_so_far();
}

void SessionJudge::begin_diagnosis(Eyes& eyes) const {
  CheckOptions options;
  options.level = Level::layout;
  options.format = layout_->format;
  options.layout = layout_;
  // The verdict counts, not what it is made of.
  options.max_findings = 1;
  eyes.checker.reset(options);
}

void SessionJudge::spare_damaged(Eyes& eyes, Decision& decision) {
  if (eyes.checker.finish().verdict != Verdict::damaged) return;
  decision = {};
  decision.reason = Reason::damaged;
}

}  // namespace session::commands
