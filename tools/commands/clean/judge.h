#pragma once
// Judging the sessions of a store: one open, as little reading as the decision needs, and an identity for
// whatever may go. Used by several threads at once, each with Eyes of its own.
//
// The identity is taken before the content is read, and compared again when the file has been claimed: if it
// is the same, what was judged is what goes, and nothing needs to be read a second time. Taken after the
// reading, it could be that of a later content.

#include <optional>

#include "session/check.h"
#include "session/facts.h"
#include "session/fs.h"
#include "session/retention.h"

namespace session::commands {

/// What one thread reads with.
struct Eyes {
  explicit Eyes(const Layout& layout) : reader(layout), checker(CheckOptions{}) {}
  FactsReader reader;
  Checker checker;
  Bytes buffer = Bytes(64 * 1024, '\0');
};

/// A name to judge; `keep_because` where its name, its type or the index has decided already.
struct Entry {
  Name name;
  std::optional<Reason> keep_because;
  std::optional<TimePoint> fresh_until = {};  ///< by the index
};

struct Judged {
  Name name;
  FileId id;  ///< of a file that was opened, as it was before the first byte was read
  Decision decision;
  std::optional<Error> error;
  bool vanished = false;  ///< gone before it was opened
  /// Of a session that is fresh by the TTL of its store.
  std::optional<TimePoint> fresh_until = {};
};

TimePoint mtime_of(const FileId& id);

/// The facts of an open file of `size` bytes, of the layout that `eyes` were made for.
Result<Facts> read_file_facts(Fs& fs, const File& file, std::uint64_t size, Eyes& eyes);

class SessionJudge {
 public:
  /// `write_grace`: how long before `now` a file must have been written last to go.
  SessionJudge(Fs& fs, const RetentionPolicy& policy, TimePoint as_of, TimePoint now,
               milliseconds write_grace)
      : fs_(fs), policy_(policy), as_of_(as_of), now_(now), write_grace_(write_grace) {}
  /// Must be called once before judge_entry().
  void set_layout(const Layout& layout) { layout_ = &layout; }

  /// Moves the name out of `entry`.
  Judged judge_entry(Eyes& eyes, const Dir& dir, Entry& entry) const;

 private:
  /// The decision where one read is enough: of a file that ends there, and where it shows that the session is
  /// fresh. Most are, and whatever a longer look would find could only keep them as well, or remove them
  /// later. Anything else is for read_whole().
  std::optional<Decision> glance(Eyes& eyes, const OpenedFile& opened) const;
  Result<Decision> read_whole(Eyes& eyes, const OpenedFile& opened) const;
  [[nodiscard]] Decision decide(Facts facts, const OpenedFile& opened) const;
  /// By nothing but what was seen of a file.
  [[nodiscard]] Decision judge_alone(const Facts& seen) const;
  /// What the last records of a long transcript say: as a rule they are the latest.
  std::optional<TimePoint> activity_at_end(Eyes& eyes, const OpenedFile& opened) const;
  /// For what was fed to a checker begun by begin_diagnosis(): whether session-verify would call it damaged.
  void begin_diagnosis(Eyes& eyes) const;
  static void spare_damaged(Eyes& eyes, Decision& decision);

  Fs& fs_;
  const RetentionPolicy& policy_;
  TimePoint as_of_;
  TimePoint now_;
  milliseconds write_grace_;
  const Layout* layout_ = nullptr;
};

}  // namespace session::commands
