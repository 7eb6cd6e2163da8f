#pragma once
// Salvage: reads one damaged document in one pass and keeps what can be kept, each value under its own path.
// Where the text breaks, the item it broke is dropped and reading goes on at the next place whose
// container is beyond doubt: by the keys and shapes of the document itself, its layout, its indentation, or
// by counting closers back from its end. What cannot be placed is dropped, never guessed. A message or record
// that was cut is closed behind its last whole value, and stays unless its layout requires what it lost.

#include <cstdint>
#include <optional>
#include <vector>

#include "repair/salvage/pieces.h"
#include "repair/salvage/shapes.h"
#include "session/repair.h"

namespace session::repair {

/// How one document was read.
struct Attempt {
  std::size_t begin = 0;
  std::size_t end = 0;      ///< behind the last byte that belongs to it
  bool has_root = false;    ///< there is a value to keep
  bool closed = false;      ///< the root ended by itself
  bool clean = true;        ///< nothing was wrong up to there
  bool complete = true;     ///< the root has all members that its shape requires
  bool headless = false;    ///< the beginning was missing
  bool gap = false;         ///< an item or digits may be missing of which nothing is left
  bool hit_limits = false;  ///< nested too deeply to be salvaged
  /// Where another document begins inside this one, which is cut there.
  std::optional<std::size_t> restart;
  std::uint64_t records_dropped = 0;
  std::uint64_t values_dropped = 0;
  std::uint64_t values_kept = 0;
  char root_open = 0;
  std::vector<ShapeId> root_members;
  Pieces pieces;
};

/// What is known of the beginning of a text that begins as a document does.
enum class Head : std::uint8_t {
  whole,   ///< a document begins there
  unknown  ///< it may lie within a document whose beginning is lost
};

struct SalvageOptions {
  CutValues cut_values = CutValues::drop;
  /// Of records that were cut only those stay that its owner could use; nullptr: all.
  const Layout* layout = nullptr;
  /// A line break ends a record: one inside a string is no part of it.
  bool line_framed = false;
  Head head = Head::whole;
  /// Only a document of which nothing is lost is of use: reading ends where something is.
  bool only_whole = false;
  /// Counts the bytes read ahead in all documents of a file, of which it may hold very many; nullptr: this
  /// one is the only one.
  std::size_t* look_ahead = nullptr;
};

/// Reads the document that begins at `begin` (blanks, a mark or NULs may stand before it) in
/// bytes[0, end). `shapes` is taught by its undamaged parts.
Attempt salvage_document(ByteView bytes, std::size_t begin, std::size_t end, Shapes& shapes,
                         const SalvageOptions& options);

}  // namespace session::repair
