#pragma once
// Pieces: the result of a salvage as ranges of the input and the few bytes of punctuation between them. What
// is in no range was dropped; a place that turns out incomplete is taken back with rollback().

#include <cstdint>
#include <string_view>
#include <vector>

#include "session/bytes.h"
#include "session/repair.h"

namespace session::repair {

enum class Harm : std::uint8_t {
  none,  ///< NULs, marks, separators: nothing a reader would miss
  loss
};

class Pieces {
 public:
  struct Mark {
    std::size_t count = 0;
    std::size_t last_length = 0;
    std::size_t inserted = 0;
  };

  /// Keeps [from, to) of the input; `from` must not lie before what was kept last.
  void keep(std::size_t from, std::size_t to) {
    if (from == to) return;
    if (!pieces_.empty() && !pieces_.back().is_text && pieces_.back().at + pieces_.back().length == from) {
      pieces_.back().length += to - from;
    } else {
      pieces_.push_back({from, to - from, false});
    }
  }
  void insert(std::string_view text);
  /// Says why bytes around `at` are missing from the result.
  void because(std::size_t at, Kind kind, Harm harm) { reasons_.push_back({at, kind, harm}); }

  [[nodiscard]] Mark mark() const {
    return {pieces_.size(), pieces_.empty() ? 0 : pieces_.back().length, text_.size()};
  }
  /// The same as it was when the input had been kept up to `at`, which lies in what was kept last.
  [[nodiscard]] Mark mark_at(std::size_t at) const;
  /// Back to what was kept and inserted when `mark` was taken.
  void rollback(const Mark& mark);
  void append(const Pieces& other);
  /// The same without the line breaks that `other` kept of `input`.
  void append_as_line(const Pieces& other, ByteView input);

  [[nodiscard]] bool empty() const { return pieces_.empty(); }
  /// Whether what was kept last, in one piece, ends with [from, to) of the input.
  [[nodiscard]] bool ends_with(std::size_t from, std::size_t to) const {
    return !pieces_.empty() && !pieces_.back().is_text && pieces_.back().at <= from &&
           pieces_.back().at + pieces_.back().length == to;
  }
  /// Behind the last byte of the input that is kept; 0 where there is none.
  [[nodiscard]] std::size_t kept_end() const;
  [[nodiscard]] std::uint64_t kept_bytes() const;
  [[nodiscard]] std::uint64_t inserted_bytes() const { return text_.size(); }
  [[nodiscard]] bool inserts_any_of(std::string_view characters) const {
    return text_.find_first_of(characters) != std::string::npos;
  }
  [[nodiscard]] Bytes build(ByteView input) const;
  /// Everything of [0, size) that is in no piece, ascending, each with its reason.
  [[nodiscard]] std::vector<DroppedRange> dropped(std::size_t size) const;

 private:
  struct Piece {
    std::size_t at;  ///< in the input, or in text_
    std::size_t length;
    bool is_text;
  };
  struct Reason {
    std::size_t at;
    Kind kind;
    Harm harm;
  };

  std::vector<Piece> pieces_;
  std::string text_;
  std::vector<Reason> reasons_;
};

}  // namespace session::repair
