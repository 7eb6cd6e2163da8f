#pragma once
// Inspection: one file of a store or tree opened, read in bounded memory and diagnosed, with what only the
// machine knows: that it cannot be read, that it changes meanwhile, who may read it. Never writes, and never
// waits for a writer longer than a moment.
//
// What is wrong with bytes is check.h's; which files are inspected as what is the caller's.

#include <bitset>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "session/bytes.h"
#include "session/check.h"
#include "session/content_hash.h"
#include "session/fs.h"

namespace session {

/// What a file is judged as.
struct Subject {
  const Layout* layout = nullptr;  ///< nullptr: syntax only
  std::optional<Format> format;    ///< nullopt: by content
  std::string file_stem;           ///< for id rules; empty: not checked
  bool owner_only_mode = false;    ///< a file of a store: readable by others is a finding
};

struct Inspection {
  /// Set: the file could not be judged. `changed`: it was rewritten each time it was read.
  std::optional<Error> error;
  Diagnosis diagnosis;  ///< says nothing where `error` is set
  FileId id;            ///< of the file that was judged; none where look_ahead() had read it
  /// Records were being appended: judged up to the end of the last whole line.
  bool growing = false;
  std::string hash;       ///< of the content (content_hash.h), where InspectOptions::hash asks for it
  bool given_up = false;  ///< InspectOptions::on_bytes returned false; nothing is known
};

struct InspectOptions {
  Level level = Level::layout;
  std::optional<TimePoint> as_of;
  std::bitset<k_kind_count> ignored = {};
  std::size_t max_findings = 100;
  bool hash = false;
  std::size_t buffer_bytes = 128 * 1024;
  /// JSON Lines files of at least this size are cut at newlines into parts, where the caller can share them.
  std::uint64_t share_from_bytes = 32 * 1024 * 1024;
  std::uint64_t part_bytes = 8 * 1024 * 1024;
  /// Called on the inspecting thread with the size of each piece read; false gives up. May be empty.
  std::function<bool(std::uint64_t bytes)> on_bytes = {};
};

/// One for each thread; its buffer and parser are used again from file to file.
class Inspector {
 public:
  Inspector(Fs& fs, InspectOptions options);

  /// Runs part(inspector, index) for every index below `count` on this and other threads, each with an
  /// Inspector of its own (OrderedPool::share); returns when all are done.
  using Part = std::function<void(Inspector&, std::size_t)>;
  using Share = std::function<void(Inspector& own, std::size_t count, const Part& part)>;

  /// Judges the regular file `name` in `dir`; symlinks and everything else are an error (not_regular).
  /// The content judged is that of one moment: what had been appended to JSON Lines by then, and any other
  /// file only when it stayed unchanged while it was read (read again once). A small file in which nothing is
  /// wrong is believed, its hash apart, after one read(2), which asked for a byte more than there was.
  Inspection inspect(const Dir& dir, const Name& name, const Subject& subject, const Share& share = {});

  /// Has ready what the first of many files would wait for.
  void prepare();

  /// Says which files of `dir` (nullptr: none) are inspected next, at most BatchReader::k_files: they are
  /// read together where that is quicker. What was said before is forgotten. A file in which nothing is wrong
  /// is then judged as it was at this call.
  void look_ahead(const std::shared_ptr<const Dir>& dir, std::span<const Name* const> names);

  /// Judges what `read` delivers until it returns 0.
  using Read = std::function<Result<std::size_t>(char* into, std::size_t size)>;
  Inspection inspect_stream(const Subject& subject, const Read& read);

 private:
  struct Parts;
  BatchReader* batch_reader();
  std::optional<Inspection> inspect_ahead(const Dir& dir, const Name& name, const Subject& subject);
  Inspection read_snapshot(const File& file, const Stat& before, const Subject& subject, const Share& share);
  Result<Stat> await_change(const File& file, const Stat& known);
  Result<std::uint64_t> feed(const File& file, std::uint64_t from, std::uint64_t until);
  Result<Diagnosis> read_at_once(const File& file, std::size_t size);
  /// A piece was read; false gives up.
  bool note(ByteView piece);
  bool take(ByteView piece);
  bool take_hole(std::uint64_t bytes);
  [[nodiscard]] bool may_have_holes(std::uint64_t bytes) const;
  bool is_sparse(const File& file, std::uint64_t size);
  void check_part(const File& file, const CheckOptions& options, Parts& parts, std::size_t index);
  Result<std::uint64_t> read_in_parts(const File& file, std::uint64_t size, const CheckOptions& options,
                                      const Share& share, Diagnosis& diagnosis);
  [[nodiscard]] CheckOptions check_options(const Subject& subject) const;
  [[nodiscard]] bool asks_for_mode(const Subject& subject) const;
  void judge_mode(const Stat& about, const Subject& subject, Diagnosis& diagnosis) const;

  /// Of the files that look_ahead() was told of.
  struct Ahead {
    std::optional<std::unique_ptr<BatchReader>> reader;  ///< nullopt: not asked for yet
    std::shared_ptr<const Dir> dir;  ///< kept open, so that none that is opened later passes for it
    bool is_readable = false;        ///< together, in `dir`
    std::vector<Name> names;         ///< the first `count` are in use
    std::size_t count = 0;
    std::size_t next = 0;   ///< those before it are done with
    std::size_t pause = 0;  ///< so many calls do nothing: what is there is not for reading ahead
  };

  Fs& fs_;
  InspectOptions options_;
  Ahead ahead_;
  Buffer buffer_;
  Checker checker_;
  ContentHash hash_;
  std::uint64_t fed_ = 0;
  bool settled_ = false;  ///< one read(2) gave all of the file, and its end
  bool lines_wanted_ = false;
  std::uint64_t last_line_ = 0;  ///< where the last line begins of what was fed, if lines are wanted
  bool given_up_ = false;
};

}  // namespace session
