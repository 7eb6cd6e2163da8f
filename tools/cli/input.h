#pragma once
// Input: what a tool reads that is not a file of a store: standard input, or a file named by the user.

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "session/fs.h"

namespace session::cli {

/// The word that means standard input.
inline constexpr std::string_view k_standard_input = "-";
/// How standard input is called in messages.
inline constexpr std::string_view k_standard_input_name = "standard input";

/// Reads at most `size` bytes from standard input; 0 means its end. io once a signal has asked to stop.
Result<std::size_t> read_standard_input(char* into, std::size_t size);

/// The file `path`, or standard input for "-", from its beginning to its end; symlinks are followed.
class Input {
 public:
  static Result<Input> open(Fs& fs, const Path& path);
  /// At most `into.size()` bytes; 0 means the end. Of a stream: io once a signal has asked to stop.
  Result<std::size_t> read(std::span<char> into);
  /// Whether it is no file that lies somewhere: standard input, a pipe.
  [[nodiscard]] bool is_stream() const { return stream_ != k_no_stream; }

 private:
  static constexpr int k_no_stream = -1;
  Input(Fs& fs, File file, int stream, Path name)
      : fs_(&fs), file_(std::move(file)), stream_(stream), name_(std::move(name)) {}

  Fs* fs_;
  File file_;   ///< empty for standard input
  int stream_;  ///< the descriptor of what can be read once, in order
  Path name_;
  std::uint64_t offset_ = 0;  ///< in what is no stream
};

/// Hands the file `path`, or standard input for "-", piece by piece to `take`; false if that stopped it.
Result<bool> read_input_pieces(Fs& fs, const Path& path, const TakePiece& take);

/// The whole of it.
Result<Bytes> read_input(Fs& fs, const Path& path);

}  // namespace session::cli
