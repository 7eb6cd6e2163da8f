#pragma once
// Input: what a tool reads that is not a file of a store: standard input, or a file named by the user.

#include <string_view>

#include "session/fs.h"

namespace session::cli {

/// The word that means standard input.
inline constexpr std::string_view k_standard_input = "-";
/// How standard input is called in messages.
inline constexpr std::string_view k_standard_input_name = "standard input";

/// Reads at most `size` bytes from standard input; 0 means its end. io once a signal has asked to stop.
Result<std::size_t> read_standard_input(char* into, std::size_t size);

/// Hands the file `path`, or standard input for "-", piece by piece to `take`; false if that stopped it.
Result<bool> read_input_pieces(Fs& fs, const Path& path, const TakePiece& take);

/// The whole of the file `path`, or of standard input for "-"; symlinks are followed.
Result<Bytes> read_input(Fs& fs, const Path& path);

}  // namespace session::cli
