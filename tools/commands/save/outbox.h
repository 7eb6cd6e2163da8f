#pragma once
// What is to be sent to one peer and has not been taken by the system yet.

#include <string>
#include <string_view>

namespace session::commands {

class Outbox {
 public:
  void add(std::string_view text) { bytes_ += text; }
  [[nodiscard]] bool empty() const { return size() == 0; }
  [[nodiscard]] std::size_t size() const { return bytes_.size() - sent_; }

  /// Sends as much as `descriptor` takes at once, a pipe or terminal (write) or a socket (send). False once
  /// nobody reads there any more: what is left is dropped.
  bool send_to_stream(int descriptor);
  bool send_to_socket(int descriptor);

 private:
  template <class Write>
  bool send(Write write);

  std::string bytes_;
  std::size_t sent_ = 0;  ///< so many of them are gone already
};

}  // namespace session::commands
