#pragma once
// Detection: which layout files have that nothing else tells of, by what they hold. Where a file stands
// (layout_of_path()) and what the user says go before.

#include <span>
#include <string_view>

#include "session/fs.h"
#include "session/layout.h"

namespace session {

/// The layout that a file called `name` with content `bytes` has: of those that accept the name, the first
/// whose activity time and id both stand in the content; `custom` ones before the built-in. nullptr
/// if there is none, or the content does not parse. Pure. A transcript of an agent is `jsonl`: their
/// records look too much alike to tell whose it is.
const Layout* layout_of_content(std::string_view name, ByteView bytes, std::span<const Layout> custom);

/// The layout of the store `dir`, by the first of its files, in name order, of which layout_of_content()
/// can tell it: one directory holds one layout. nullptr if none of a bounded number of files does.
/// Errors are those of listing the directory; a file that cannot be read tells nothing.
Result<const Layout*> detect_layout(Fs& fs, const Path& dir, std::span<const Layout> custom);

}  // namespace session
