#pragma once
// A spool: text that can only be written once everything else is known, kept out of memory until then. No
// report's form, only its bytes.

#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace session::cli {

/// A little is held in memory, more goes to a temporary file without a name, which ends with the process.
/// Where none can be had, or it cannot grow, the rest stays in memory: nothing of it is ever lost.
class Spool {
 public:
  void add(std::string_view text);
  /// Hands over everything, in order, in pieces. False where the file could not be read back.
  [[nodiscard]] bool replay(const std::function<void(std::string_view)>& take);

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  void store();

  std::string held_;  ///< what is not in the file
  std::unique_ptr<std::FILE, Close> file_;
  std::uint64_t stored_ = 0;
  bool full_ = false;  ///< the file takes no more
};

}  // namespace session::cli
