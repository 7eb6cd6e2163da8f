#pragma once
// Messages: what a tool has to say on stderr, each line under the tool's name:
// "session-clean: error: PATH: operation: reason", then "session-clean: hint: ...".

#include <chrono>
#include <string_view>

#include "cli/output.h"
#include "cli/terminal.h"

namespace session::cli {

/// -q, nothing, -v, -vv.
enum class Verbosity : signed char { quiet = -1, normal = 0, verbose = 1, debug = 2 };

class Messages {
 public:
  Messages(Output& err, Terminal terminal, std::string_view tool)
      : err_(err), terminal_(terminal), tool_(tool) {}

  void set_verbosity(Verbosity verbosity) { verbosity_ = verbosity; }
  [[nodiscard]] Verbosity verbosity() const { return verbosity_; }
  void set_color(bool color) { terminal_.color = color; }

  void error(std::string_view message, std::string_view hint = {});
  void warning(std::string_view message);  ///< not with -q
  void note(std::string_view message, Verbosity from = Verbosity::verbose);

  /// Shows `text` in place of the last progress line; on terminals only, at most every 100 ms.
  void show_progress(std::string_view text);
  void clear_progress();
  [[nodiscard]] bool shows_progress() const {
    return terminal_.is_terminal && verbosity_ >= Verbosity::normal;
  }

 private:
  void line(std::string_view word, Style style, std::string_view message);

  Output& err_;
  Terminal terminal_;
  std::string_view tool_;
  Verbosity verbosity_ = Verbosity::normal;
  bool progress_shown_ = false;
  std::chrono::steady_clock::time_point progress_at_{};
};

}  // namespace session::cli
