#pragma once
// The gate for documents of any size. Runs of whole elements or members are judged by themselves and leave a
// marker in their place, so that only a few megabytes are in the parser's hands at a time.
//
// Where a run begins and ends is found by counting brackets, but the verdict does not rest on that: a run
// must be valid between brackets of its own, and what is left must be valid with the marker, which is valid
// only where a list of elements, or of members, may stand. Grammar is context-free: together they are valid
// exactly if the document is.

#include <string>
#include <string_view>
#include <vector>

namespace session::json {

class GateStream {
 public:
  /// The next part of the document.
  void feed(std::string_view part);
  /// Whether all that was fed is one valid document, as passes_gate() judges it.
  bool finish();

 private:
  struct Level {
    bool object;
    std::size_t first;       ///< behind the opening bracket
    std::size_t behind_run;  ///< the last comma, or `first` where there is none yet
  };

  void scan();
  std::size_t scan_string(std::size_t at);
  void judge_longest_run();

  std::string text_;  ///< what is not judged yet
  std::size_t scanned_ = 0;
  bool in_string_ = false;
  bool valid_ = true;
  std::size_t most_ = 0;
  std::vector<Level> levels_;
  std::string run_;
};

}  // namespace session::json
