#pragma once
// Reading what is whole: the strict scanner goes over undamaged text several times as fast as salvage, which
// looks at every byte with suspicion. It remembers enough of the open containers for salvage to take over
// from it shortly before the place where the text breaks.

#include <span>
#include <vector>

#include "json/scanner.h"
#include "json/utf8.h"
#include "repair/salvage/shapes.h"

namespace session::repair {

enum class Framing : std::uint8_t {
  document,
  record  ///< of JSON Lines: its fields are its writer's business as long as it parses
};

/// What the scanner has read, as salvage wants to know it.
class WholeSink : public json::SilentSink {
 public:
  /// An item of a container: where it begins (its key, or its value in an array), and how many values had
  /// been read by then.
  struct Item {
    std::size_t begin = 0;
    std::uint64_t values = 0;
  };
  struct Level {
    char open = '{';
    ShapeId shape = k_no_shape;
    ShapeId key = k_no_shape;     ///< of the member being read
    std::size_t begin = 0;        ///< of its opener
    std::size_t members = 0;      ///< where those of an object begin in members()
    ShapeId closed = k_no_shape;  ///< of the container that was closed right before the first item read
    std::size_t begun = 0;        ///< items
    Item item;                    ///< begun last
    Item before;                  ///< the one before that
  };

  WholeSink(ByteView bytes, Shapes& shapes, Framing framing)
      : bytes_(bytes), shapes_(shapes), framing_(framing) {}

  /// How a pretty-printed document is indented.
  struct Indent {
    std::size_t width = 0;  ///< 0: it is not
    std::size_t depth = 0;  ///< of what stands in `base`
  };

  /// Forgets everything; `base` is the container in which reading goes on, if it is in one, and `had` are the
  /// members that it has and must not get again.
  void begin(const Level* base, std::span<const ShapeId> had, Indent indent);
  /// Hears nothing until begin().
  void stop() { stopped_ = true; }
  /// Whether something came that is valid, and yet shows damage that only salvage can judge.
  [[nodiscard]] bool is_stopped() const { return stopped_; }
  [[nodiscard]] const std::vector<Level>& levels() const { return levels_; }
  [[nodiscard]] const std::vector<ShapeId>& members() const { return members_; }
  [[nodiscard]] std::uint64_t values() const { return values_; }

  void on_open(json::Container container, json::Offset offset);
  void on_close(json::Container container, json::Offset offset);
  void on_key(const json::Token& token);
  void on_scalar(json::Scalar type, const json::Token& token);

 private:
  void begin_item(std::size_t at);
  [[nodiscard]] bool contradicts_layout(TypeSet type) const;
  [[nodiscard]] bool is_indented_otherwise(std::size_t at) const;
  [[nodiscard]] bool seems_elsewhere(ByteView key) const;
  void item_done(TypeSet type, std::size_t at);

  ByteView bytes_;
  Shapes& shapes_;
  Framing framing_;
  bool stopped_ = false;
  bool has_base_ = false;
  std::span<const ShapeId> had_;
  Indent indent_;
  std::uint64_t values_ = 0;
  std::vector<Level> levels_;
  std::vector<ShapeId> members_;  ///< of all open objects, one behind the other
};

class WholeReader {
 public:
  WholeReader(ByteView bytes, Shapes& shapes, Framing framing)
      : bytes_(bytes), sink_(bytes, shapes, framing), scanner_(sink_) {}

  /// Whether [begin, end) is one valid value and blanks; teaches the shapes if it is.
  bool is_whole(std::size_t begin, std::size_t end);
  /// Reads on in `base` from the comma at `at`, as far as the text is whole and `base` is open; returns where
  /// that ends.
  std::size_t read_on(const WholeSink::Level& base, std::span<const ShapeId> had, WholeSink::Indent indent,
                      std::size_t at, std::size_t end);
  [[nodiscard]] const WholeSink& sink() const { return sink_; }

 private:
  std::size_t read_to(std::size_t at, std::size_t end);

  ByteView bytes_;
  WholeSink sink_;
  json::Scanner<WholeSink> scanner_;
  json::Utf8Walker utf8_;
};

}  // namespace session::repair
