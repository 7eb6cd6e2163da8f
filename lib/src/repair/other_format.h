#pragma once
// Content against name: one document in a file that is named as JSON Lines, records in one that is named as a
// document.

#include "session/layout.h"

namespace session::repair {

/// What a text that is damaged as `named` is by its content, whatever mark, padding or encoding it is in.
/// JSON Lines, where no layout says that it is a document, if most of its lines are whole records that are
/// not versions of one session. One document if it parses as that over several lines, or its first line ends
/// with what opens it and no line behind that opens anything at its left border; of a layout that has records
/// only an array is one. Else `named`.
Format format_of_content(ByteView bytes, Format named, const Layout* layout);

}  // namespace session::repair
