#pragma once
// What an append to JSON Lines has to do about the end of the file. Pure.

#include <cstdint>

#include "session/bytes.h"

namespace session {

enum class Tail : std::uint8_t {
  sound,         ///< nothing; glued records are repair's work
  whole_record,  ///< a record without its newline, perhaps followed by NULs where a newline was to be
  cut,           ///< no record: a writer or the power failed in the middle of it
  damaged,       ///< damaged otherwise, and a record in it that repair keeps: to be left to it
};

enum class Newline : bool { missing, present };

struct TailJudgement {
  Tail tail;
  /// Of Tail::cut: how many bytes of whole records the line begins with, where a writer failed to end them
  /// with a newline. What is cut begins there.
  std::size_t whole = 0;
};

/// Judges the last line of a JSON Lines file. After a power cut a newline may stand there although the bytes
/// before it are lost, so it proves nothing. A line without its newline is whole only if it is an object or
/// an array: of a bare number nobody can say whether digits were to come.
TailJudgement judge_tail(ByteView line, Newline newline);

/// Whether `line`, without its newline, is one record, an object or an array, or several glued together.
bool holds_whole_records(ByteView line);

/// `line` without the NULs at its end, which a file has where its size survived a power cut and its bytes
/// did not.
ByteView without_padding(ByteView line);

}  // namespace session
