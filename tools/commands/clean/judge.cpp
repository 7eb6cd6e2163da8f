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

void give_up(const Error& error, Judged& judged, AgedEntry& aged) {
  judged.vanished = error.code == Errc::not_found;
  aged.keep_because = error.code == Errc::not_regular ? Reason::not_regular : Reason::unreadable;
  if (!judged.vanished && error.code != Errc::not_regular) judged.error = error;
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
  AgedEntry aged;
  aged.keep_because = entry.keep_because;
  if (!aged.keep_because && (layout_->expiry == Expiry::never || policy_.ttl == milliseconds{0})) {
    aged.keep_because = Reason::never_expires;
  }
  if (!aged.keep_because) {
    const auto file = fs_.open(dir, judged.name, Access::read);
    if (file) {
      if (const auto fresh = glance(eyes, *file)) {
        judged.decision = *fresh;
        return judged;
      }
      read_entry(eyes, *file, judged, aged);
    } else {
      give_up(file.error(), judged, aged);
    }
  }
  judged.decision = judge(aged, policy_, as_of_);
  const bool has_grace = write_grace_ > milliseconds{0};
  if (judged.decision.remove && has_grace && now_ - aged.mtime < write_grace_) {
    judged.decision.remove = false;
    judged.decision.reason = Reason::recently_written;
  }
  return judged;
}

std::optional<Decision> SessionJudge::glance(Eyes& eyes, const File& file) const {
  const auto length = fs_.read_at(file, eyes.buffer.data(), eyes.buffer.size(), 0);
  if (!length) return std::nullopt;
  eyes.reader.reset();
  eyes.reader.feed(ByteView(eyes.buffer).substr(0, *length));
  AgedEntry seen;
  if (*length < eyes.buffer.size()) {
    seen.facts = eyes.reader.finish();
  } else if (layout_->ttl_pointer.empty()) {
    seen.facts.parses = true;
    seen.facts.activity = eyes.reader.activity_so_far();
    if (!is_fresh(seen) && layout_->format == Format::json_lines) {
      seen.facts.activity = activity_at_end(eyes, file);
    }
  }
  return is_fresh(seen) ? std::optional(judge(seen, policy_, as_of_)) : std::nullopt;
}

bool SessionJudge::is_fresh(const AgedEntry& seen) const {
  return judge(seen, policy_, as_of_).reason == Reason::fresh;
}

std::optional<TimePoint> SessionJudge::activity_at_end(Eyes& eyes, const File& file) const {
  const auto about = fs_.stat(file);
  if (!about || about->size < eyes.buffer.size()) return std::nullopt;
  const auto length =
      read_fully(fs_, file, eyes.buffer.data(), eyes.buffer.size(), about->size - eyes.buffer.size());
  if (!length) return std::nullopt;
  const ByteView tail = ByteView(eyes.buffer).substr(0, *length);
  const std::size_t newline = tail.find('\n');
  if (newline == ByteView::npos) return std::nullopt;
  eyes.reader.reset();
  eyes.reader.feed(tail.substr(newline + 1));
  return eyes.reader.activity_so_far();
}

void SessionJudge::read_entry(Eyes& eyes, const File& file, Judged& judged, AgedEntry& aged) const {
  const auto about = fs_.stat(file);
  if (!about) return give_up(about.error(), judged, aged);
  judged.id = id_of(*about);
  aged.mtime = mtime_of(judged.id);
  const auto facts = read_file_facts(fs_, file, about->size, eyes);
  if (!facts) return give_up(facts.error(), judged, aged);
  aged.facts = *facts;
  if (facts->parses && !is_recognised(*facts, *layout_)) aged.keep_because = Reason::foreign;
}

}  // namespace session::commands
