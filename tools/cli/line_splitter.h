#pragma once
// Cuts a stream into its lines, at 0x0A and nowhere else, in memory bounded by the longest line allowed.

#include <functional>
#include <string>

#include "session/bytes.h"

namespace session::cli {

class LineSplitter {
 public:
  /// Gets one line, without its newline; returns false to stop after it.
  using Take = std::function<bool(ByteView line)>;
  enum class Fed : unsigned char { all, stopped, line_too_long };

  explicit LineSplitter(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  /// Takes the next piece of the stream, which may be empty to go on after `stopped`. After
  /// line_too_long the splitter is of no further use.
  Fed feed(ByteView piece, const Take& take);
  /// The stream has ended: hands out all that is left, whatever `take` says; a last line without a newline is
  /// a line.
  void finish(const Take& take);
  /// What has been taken and not handed out yet.
  [[nodiscard]] std::size_t pending_bytes() const { return pending_.size(); }

 private:
  std::size_t most_bytes_;
  std::string pending_;
  std::size_t searched_ = 0;  ///< no newline stands before this place of pending_
};

}  // namespace session::cli
