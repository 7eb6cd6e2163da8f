#pragma once
// Links that lead nowhere: what its owner would stumble over goes, or leads elsewhere.

#include "repair/salvage/lines.h"
#include "repair/text_edits.h"

namespace session::repair {

struct LinkFix {
  std::vector<TextEdit> edits;
  FixCounts counts;
  std::uint64_t records_dropped = 0;
  std::uint64_t values_dropped = 0;
};

/// Of `text`, which parses. By the layout's rules:
/// - A record that stands there twice, byte for byte, goes once. Two that differ under one id both stay.
/// - A result without a call before it goes; a call that nothing answers goes once the conversation has
///   passed it; one at its end stays, its result may yet come. What is emptied by that goes too. Nothing
///   goes that has an ordinal.
/// - A parent that is gone becomes the nearest record before it in the file, of the same chain; that of a
///   record that went here becomes its parent's. Where there is none the link stays as it is.
LinkFix fix_links(ByteView text, Format format, const Layout& layout);

}  // namespace session::repair
