#pragma once
// Output: a buffered writer to a descriptor that remembers whether everything arrived.

#include <string>
#include <string_view>

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
  void fail(int reason) { failure_ = failure_ != 0 ? failure_ : reason; }
  /// errno of the first failure; 0 if there was none. EPIPE means that the reader has had enough.
  [[nodiscard]] int failure() const { return failure_; }

 private:
  int descriptor_;
  Buffering buffering_;
  int failure_ = 0;
  std::string buffer_;
};

}  // namespace session::cli
