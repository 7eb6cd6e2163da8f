#pragma once
// What a file looks like from outside: its first bytes and its last, and whether such a file is JSON, or the
// rest of some, at all.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace session::check {

/// Whether more text follows a piece: of the last one nothing has to be kept, it stays at hand until the end.
enum class Follows : std::uint8_t { more, nothing };

/// What the file consists of, for the question whether it is JSON at all: its first bytes and its last.
struct Outline {
  std::string_view head;   ///< the first k_head bytes
  char last_solid = 0;     ///< the last byte that is no blank and no NUL
  bool has_solid = false;  ///< there is such a byte
  bool has_nul = false;
  std::string kept;  ///< what `head` shows, unless the only piece is at hand
  static constexpr std::size_t k_head = 4096;
  /// For the next file; the room stays.
  void reset();
  void see(const char* begin, const char* end, Follows follows);
  /// Whether the first byte that is no blank opens an object or an array.
  [[nodiscard]] bool begins_container() const;
};

/// If the text is certainly something other than JSON: what, in a word or two. Else empty.
std::string_view foreign_format(std::string_view head);
/// Whether a text that does not begin as JSON looks like the rest of some.
bool looks_like_json_tail(const Outline& outline);

}  // namespace session::check
