#pragma once
// One run over the records of a file: lines one by one in salvage_json_lines.cpp, and those that are parts of
// one record in salvage_lines_join.cpp. What is public of it is in salvage_text.h.

#include <algorithm>
#include <optional>
#include <vector>

#include "json/utf8.h"
#include "repair/mend/record_starts.h"
#include "repair/mend/salvage_text.h"
#include "repair/salvage/cut_record.h"
#include "repair/salvage/whole_reader.h"

namespace session::repair {

// How many bytes may be read again, in all, to join records that were broken over lines.
inline constexpr std::size_t k_join_factor = 4;
// And how many may be looked through for words where the file is small.
inline constexpr std::size_t k_free_look_around = std::size_t{1} << 20;

class LinesSalvage {
 public:
  LinesSalvage(ByteView bytes, Shapes& shapes, const SalvageOptions& options)
      : bytes_(bytes),
        shapes_(shapes),
        options_(options),
        whole_(bytes, shapes, Framing::record),
        starts_(bytes, options.layout),
        look_around_(std::max(k_free_look_around, k_join_factor * bytes.size())) {
    options_.line_framed = true;
    options_.look_ahead = &look_ahead_;
  }

  Salvaged run();

 private:
  /// Where the line at `at` ends.
  [[nodiscard]] std::size_t line_end(std::size_t at) const {
    return std::min(bytes_.find('\n', at), bytes_.size());
  }
  [[nodiscard]] bool is_whole_scalar(std::size_t at, std::size_t end);
  void line(std::size_t begin, std::size_t end);
  bool drop_doubled(std::size_t begin, std::size_t end, bool is_cut);
  void drop_rest(std::size_t begin, std::size_t end, const Attempt& rest);
  void damaged_line(std::size_t begin, std::size_t end, Attempt first);
  void read_on(std::vector<Attempt>& attempts, std::size_t end);
  [[nodiscard]] std::optional<std::size_t> find_next(const Attempt& first, std::optional<std::size_t> glued,
                                                     std::size_t end);
  [[nodiscard]] bool is_fused(const Attempt& attempt) const;
  std::size_t end_of_fragments();
  bool join_lines(std::size_t begin, std::size_t end);
  void keep_joined(std::size_t record_end);
  [[nodiscard]] bool is_record(ByteView text) const;
  bool join_halves(const Attempt& outer, const Attempt& inner, std::size_t end);
  [[nodiscard]] bool may_stay(const Attempt& cut) const {
    return options_.layout == nullptr || is_usable(cut.pieces.build(bytes_), *options_.layout);
  }
  bool drop_alternating(const Attempt& outer, const Attempt& inner, std::size_t end);
  bool join_interleaved(std::size_t begin, std::size_t end);
  bool join_turns(std::size_t begin, std::size_t end);
  bool join_turns_at(std::size_t begin, std::size_t restart, std::size_t end);
  void settle(const Attempt& attempt, std::size_t end);
  void keep_record(const Attempt& attempt);
  void end_record(std::size_t from, std::size_t to);
  void note(std::string_view strategy) {
    if (result_.strategy.empty() || strategy == k_salvage) result_.strategy = strategy;
  }

  ByteView bytes_;
  Shapes& shapes_;
  SalvageOptions options_;
  WholeReader whole_;
  RecordStarts starts_;
  json::Utf8Walker utf8_;
  Salvaged result_;
  std::size_t next_ = 0;    ///< where reading goes on
  std::size_t joined_ = 0;  ///< bytes read again to join lines
  std::size_t halves_ = 0;  ///< and to join halves
  std::size_t look_ahead_ = 0;
  std::size_t look_around_;     ///< bytes that may still be looked through for words
  std::size_t read_again_ = 0;  ///< and to find what begins behind a cut
  std::size_t fragments_end_ = 0;
};

}  // namespace session::repair
