#pragma once
// Content against name: one document in a file that is named as JSON Lines, records in one that is named as a
// document.

#include "session/layout.h"

namespace session::repair {

/// What a text that is damaged as `named` is by its content: one document where it parses as that; JSON Lines
/// where no layout says that it is a document, and most of its lines, the first among them, are whole records
/// that are not versions of one session. Else `named`.
Format format_of_content(ByteView bytes, Format named, const Layout* layout);

}  // namespace session::repair
