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

  enum class Temporary : bool {
    named,
    /// Of a new file only: no directory is written to for it, and a process that dies leaves none behind.
    unnamed
  };

  /// Checks the target against `options`, makes the temporary and lets `fill` write it. Owner and mode are
  /// those of `model`, else of the target, else new; one without a name has them from close() on. `dir` must
  /// outlive the result. A temporary without a name has one after all where the file system does not know
  /// such files; its target is not looked at before place(), which replaces nothing.
  static Result<StagedFile> stage(Fs& fs, const Dir& dir, const Name& name, const Fill& fill,
                                  const WriteOptions& options, const std::optional<Stat>& model = {},
                                  Temporary temporary = Temporary::named);

  /// Flushes the content, as the durability of the options asks.
  Result<void> flush();
  /// Closes the temporary, keeping in mind what it is: after it only place() and abandon() make sense. One
  /// without a name would be gone: it is closed by place().
  Result<void> close();
  /// Puts the closed temporary in the target's place.
  Result<Published> place();

  /// Gives up: `error`, about the target; with words on the temporary if that could not be removed.
  Unexpected<Error> abandon(Error error);

 private:
  StagedFile(Fs& fs, const Dir& dir, const Name& name, const WriteOptions& options)
      : fs_(&fs), dir_(&dir), name_(name), options_(options) {}
  Result<void> check_target();
  Result<void> make_temporary(Temporary temporary);
  Result<void> take_owner_and_mode(const Stat& fresh);
  Result<Published> link();
  Result<Stat> look_at_old(File& held);
  Result<Published> replace_old();

  Fs* fs_;
  const Dir* dir_;
  Name name_;
  WriteOptions options_;
  Name temp_name_;            // empty: there is no temporary, or none with a name
  bool unnamed_ = false;      // the temporary
  File file_;                 // open between make_temporary() and close(); until place() if it has no name
  std::optional<Stat> old_;   // of the target when it was checked
  std::optional<Stat> like_;  // whose owner and mode it gets; nullopt: those of a new file
  FileId id_;
};

/// The whole sequence of atomic_write(), with `fill` for the content and `model` as in stage().
Result<Written> write_staged(Fs& fs, const Dir& dir, const Name& name, const StagedFile::Fill& fill,
                             const WriteOptions& options, const std::optional<Stat>& model);

/// Its end: puts the closed `staged` in the place of `name` and makes that durable as asked.
Result<Written> place_staged(Fs& fs, const Dir& dir, const Name& name, StagedFile& staged,
                             Durability durability);

/// Adds to `error` that a temporary stays behind, where it could not be `removed`.
void tell_what_stays(Error& error, const Result<void>& removed);

/// Whether more files are open than the process or the machine may have.
bool is_out_of_descriptors(const Error& error);

/// Whether a signal came before anything was done: the call may be made again.
bool is_interrupted(const Error& error);

/// What a failed flush of the directory after the rename means for the file `path`.
Unexpected<Error> unconfirmed(Error error, Path path);

}  // namespace session
