#pragma once
// Halves of surrogate pairs: escapes that name no character, which interfaces refuse.

#include "repair/salvage/lines.h"
#include "repair/text_edits.h"

namespace session::repair {

enum class InKeys : bool { no, yes };

/// Replaces each by \uFFFD in the values of `text`, which parses; in keys only where `in_keys` says so.
std::vector<TextEdit> replace_lone_surrogates(ByteView text, Format format, InKeys in_keys);

}  // namespace session::repair
