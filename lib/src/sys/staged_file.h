#pragma once
// A new version of a file, written beside it under a temporary name and not yet in its place: the parts
// of an atomic write, so that one file and a group of files are written by the same code.
//
// What does not belong here: flushing of directories and the order of several files (atomic_write.cpp,
// execute_group.cpp).

#include <functional>
#include <optional>

#include "session/atomic_write.h"

namespace session {

/// How many names are tried in turn for an artifact where each is taken already.
inline constexpr unsigned k_most_names = 1'000;

/// The new version is in place. As long as `old` is held the blocks of the version before cannot be
/// reused; it must outlive the flush of the directory.
struct Published {
  Written written;
  File old;
};

/// Whatever member fails removes the temporary and leaves the target as it was. Errors name the target.
class StagedFile {
 public:
  using Fill = std::function<Result<void>(const File& temporary)>;

  /// Checks the target against `options`, makes the temporary and lets `fill` write it. Owner and mode are
  /// those of `model`, else of the target, else new. `dir` must outlive the result.
  static Result<StagedFile> stage(Fs& fs, const Dir& dir, const Name& name, const Fill& fill,
                                  const WriteOptions& options, const std::optional<Stat>& model = {});

  /// Flushes the content, as the durability of the options asks.
  Result<void> flush();
  /// Closes the temporary, keeping in mind what it is: after it only place() and abandon() make sense.
  Result<void> close();
  /// Puts the closed temporary in the target's place.
  Result<Published> place();

  /// Gives up: `error`, about the target; with words on the temporary if that could not be removed.
  Unexpected<Error> abandon(Error error);

 private:
  StagedFile(Fs& fs, const Dir& dir, const Name& name, const WriteOptions& options)
      : fs_(&fs), dir_(&dir), name_(name), options_(options) {}
  Result<void> check_target();
  Result<void> make_temporary(const std::optional<Stat>& like);
  Result<void> take_owner_and_mode(const Stat& like);
  Result<Published> replace_old();

  Fs* fs_;
  const Dir* dir_;
  Name name_;
  WriteOptions options_;
  Name temp_name_;           // empty: there is no temporary
  File file_;                // open between make_temporary() and close()
  std::optional<Stat> old_;  // of the target when it was checked
  FileId id_;
};

/// The whole sequence of atomic_write(), with `fill` for the content and `model` as in stage().
Result<Written> write_staged(Fs& fs, const Dir& dir, const Name& name, const StagedFile::Fill& fill,
                             const WriteOptions& options, const std::optional<Stat>& model);

/// Whether more files are open than the process or the machine may have.
bool is_out_of_descriptors(const Error& error);

/// Whether a signal came before anything was done: the call may be made again.
bool is_interrupted(const Error& error);

/// What a failed flush of the directory after the rename means for the file `path`.
Unexpected<Error> unconfirmed(Error error, Path path);

}  // namespace session
