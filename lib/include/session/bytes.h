#pragma once
// The vocabulary for raw bytes and names. Paths and names are byte strings: POSIX names need not be
// UTF-8, and nothing in the library assumes that they are.

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace session {

using Bytes = std::string;                         ///< owned content
using ByteView = std::string_view;                 ///< borrowed content
using SharedBytes = std::shared_ptr<const Bytes>;  ///< content several owners hold without copying it
using Path = std::string;                          ///< a path as the system takes it
using Name = std::string;                          ///< one directory entry: no '/', not empty

/// The UTF-8 byte order mark: before a document a flaw, anywhere else damage.
inline constexpr ByteView k_byte_order_mark = "\xEF\xBB\xBF";

/// Room in `bytes` for `size` in all, as reserve() makes it; much of it in huge pages, where the system has
/// them: filling it by pages of 4 KB takes longer than what is put there.
void reserve_large(Bytes& bytes, std::size_t size);

/// Room to read into, not initialised: pages of it that nothing is read into are never touched.
class Buffer {
 public:
  explicit Buffer(std::size_t size) : bytes_(std::make_unique_for_overwrite<char[]>(size)), size_(size) {}

  [[nodiscard]] char* data() const { return bytes_.get(); }
  [[nodiscard]] std::size_t size() const { return size_; }
  operator std::span<char>() const { return {data(), size_}; }

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t size_;
};

inline SharedBytes share(Bytes bytes) { return std::make_shared<const Bytes>(std::move(bytes)); }

/// `dir` and `name` as one path: "dir/name", without a second slash after "/", "name" alone where `dir`
/// is empty, `dir` alone where `name` is.
Path join_path(const Path& dir, std::string_view name);

}  // namespace session
