#pragma once
// How the records of a file begin, and where in a damaged line another one does: a writer that died left half
// a record without a line break, and the next one went on right behind it.

#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "repair/mend/rows.h"
#include "session/bytes.h"
#include "session/layout.h"

namespace session::repair {

/// What is asked of a record behind a cut one, besides that it is whole.
enum class Proof : std::uint8_t {
  start,  ///< it stands where no value may, or begins as records do, and unlike what stands in them
  none
};

class RecordStarts {
 public:
  /// Both must outlive this; `layout` may be nullptr. The file is looked at when something is asked for.
  RecordStarts(ByteView bytes, const Layout* layout) : bytes_(bytes), layout_(layout) {}

  /// Where behind `begin`, in the line up to `end`, a record begins that is whole, and behind which nothing
  /// stands but others.
  [[nodiscard]] std::optional<std::size_t> find_glued(std::size_t begin, std::size_t end, Proof proof);
  /// Whether what stands at `at` may be the beginning of a record: it is like that of others, or of none is
  /// anything known.
  [[nodiscard]] bool may_begin(std::size_t at, std::size_t end);
  /// Whether what stands at `at` in the record that begins at `begin`, in the line up to `end`, is as likely
  /// a part of that: it stands where a value may, and nothing that is known of the file's records speaks for
  /// one.
  [[nodiscard]] bool may_be_part(std::size_t begin, std::size_t at, std::size_t end);
  /// Whether `record` has a key that no whole record of the file has, if there are any, and its layout
  /// neither.
  [[nodiscard]] bool has_unknown_key(ByteView record);

 private:
  /// The first two keys of an object; empty where it has none.
  using Beginning = std::pair<ByteView, ByteView>;
  /// The key that an object stands under, itself or in arrays, and what it begins with.
  using Held = std::pair<ByteView, Beginning>;
  /// Where an object stands.
  enum class Place : std::uint8_t {
    value,    ///< where it may be one
    element,  ///< where it may be one if a comma or quote is missing
    other
  };
  struct Spot {
    Place place = Place::other;
    ByteView holder;  ///< the key under which a value stands there, itself or in arrays; empty if none
  };
  class Sink;
  class Walk;

  void learn();
  [[nodiscard]] bool is_start(std::size_t at, std::size_t end, const Spot& spot);
  [[nodiscard]] bool holds_no_object(const Spot& spot, std::size_t at) const;
  [[nodiscard]] bool may_be_value(std::size_t at, std::size_t end, const Spot& spot) const;
  [[nodiscard]] bool is_of_layout(ByteView key) const;
  [[nodiscard]] bool are_of_record(const std::vector<ByteView>& keys) const;

  ByteView bytes_;
  const Layout* layout_;
  bool learned_ = false;
  Rows rows_;                    ///< records that are arrays
  std::set<ByteView> starts_;    ///< the keys that lines begin with
  std::set<ByteView> keys_;      ///< those of whole records
  std::set<ByteView> holders_;   ///< keys of objects in them,
  std::set<ByteView> others_;    ///< and of values that are neither objects nor empty
  std::set<Beginning> records_;  ///< of whole records,
  std::set<Beginning> inner_;    ///< and of the objects in them,
  std::set<Held> held_;          ///< which stand under these keys
};

/// Behind the last closer in [at, end) that closes nothing opened there, whether or not a string is open at
/// `at`: what stands before it belongs to a record whose beginning is elsewhere. `at` if there is none.
std::size_t end_of_foreign(ByteView bytes, std::size_t at, std::size_t end);

/// Where, at or behind `at`, a record begins: not where a value stands, and behind a comma only behind
/// `foreign` (end_of_foreign()).
std::size_t find_record(ByteView bytes, std::size_t at, std::size_t end, std::size_t foreign);

/// Whether an object in `text`, as far as it is valid, has a key twice.
bool has_repeated_key(ByteView text);

}  // namespace session::repair
