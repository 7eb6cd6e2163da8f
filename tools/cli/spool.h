#pragma once
// A spool: text that can only be written once everything else is known, kept out of memory until then. No
// report's form, only its bytes.

#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "session/environment.h"
#include "session/error.h"

namespace session::cli {

/// The directory that TMPDIR names for temporary files; nullopt where it is unset or empty.
std::optional<std::string> named_temporary_directory(const Environment& environment);

/// A little is held in memory, more goes to a temporary file without a name, which ends with the process: in
/// the directory that was named, which must take one, else in /tmp. Where /tmp takes none, or the file cannot
/// grow (a full disk is what people look for damage after), the rest stays in memory.
class Spool {
 public:
  using Take = std::function<Result<void>(std::string_view piece)>;

  explicit Spool(std::optional<std::string> directory) : directory_(std::move(directory)) {}
  void add(std::string_view text);
  /// Hands over everything, in order, in pieces. An error is that of `take`, of a file that cannot be read
  /// back, or of a named directory that took none.
  [[nodiscard]] Result<void> replay(const Take& take);
  /// That the named directory took no file, once one was needed: replay() is going to say so.
  [[nodiscard]] const std::optional<Error>& refused() const { return refused_; }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  [[nodiscard]] std::string directory() const { return directory_.value_or("/tmp"); }
  void make_file();
  void store();

  std::optional<std::string> directory_;
  std::string held_;  ///< what is not in the file
  std::unique_ptr<std::FILE, Close> file_;
  std::uint64_t stored_ = 0;
  bool full_ = false;             ///< the file takes no more
  std::optional<Error> refused_;  ///< nothing is kept any more
};

}  // namespace session::cli
