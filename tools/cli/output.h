#pragma once
// Output: a buffered writer to a descriptor that remembers whether everything arrived.

#include <optional>
#include <string>
#include <string_view>

#include "session/error.h"

namespace session::cli {

class Output {
 public:
  enum class Buffering : unsigned char { whole, lines };
  Output(int descriptor, Buffering buffering) : descriptor_(descriptor), buffering_(buffering) {}
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  ~Output() { flush(); }

  void write(std::string_view text);
  /// False if anything written so far did not arrive.
  bool flush();
  /// Something that should have been written is lost: nothing more is, and failure() tells why.
  void fail(Error why);
  /// The first failure. EPIPE means that the reader has had enough.
  [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }

 private:
  int descriptor_;
  Buffering buffering_;
  std::optional<Error> failure_;
  std::string buffer_;
};

}  // namespace session::cli
