#pragma once
// The vocabulary for raw bytes and names. Paths and names are byte strings: POSIX names need not be
// UTF-8, and nothing in the library assumes that they are.

#include <string>
#include <string_view>

namespace session {

using Bytes = std::string;          ///< owned content
using ByteView = std::string_view;  ///< borrowed content
using Path = std::string;           ///< a path as the system takes it
using Name = std::string;           ///< one directory entry: no '/', not empty

/// `dir` and `name` as one path: "dir/name", without a second slash after "/", "name" alone where `dir`
/// is empty, `dir` alone where `name` is.
Path join_path(const Path& dir, std::string_view name);

}  // namespace session
