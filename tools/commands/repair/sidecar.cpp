#include "commands/repair/sidecar.h"

#include <fmt/format.h>

namespace session::commands {

Bytes make_sidecar(std::string_view name, ByteView original, const std::vector<DroppedRange>& dropped) {
  Bytes text = "session-repair sidecar 1\n";
  text += fmt::format("file {} {}\nsize {}\n\n", name.size(), name, original.size());
  for (const DroppedRange& range : dropped) {
    if (!range.lost) continue;
    text += fmt::format("range {} {} {}\n", range.offset, range.length, id_of(range.because));
    text += original.substr(range.offset, range.length);
    text += '\n';
  }
  return text;
}

}  // namespace session::commands
