#include "check/marker_line.h"

#include "json/byte_search.h"

namespace session::check {

MarkerLine::Answer MarkerLine::take(char byte) {
  constexpr int k_marks = 7;
  if (count_ == 0) byte_ = byte;
  if (count_ < k_marks) {
    ++count_;
    return byte == byte_ && may_begin(byte) ? Answer::more : Answer::no;
  }
  return json::is_blank(byte) ? Answer::yes : Answer::no;
}

}  // namespace session::check
