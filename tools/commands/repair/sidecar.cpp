#include "commands/repair/sidecar.h"

#include <fmt/format.h>

namespace session::commands {
namespace {

/// About as long as the text gets, so that it need not be moved while it grows.
std::size_t room_for(const std::vector<DroppedRange>& dropped) {
  constexpr std::size_t k_line = 80;
  std::size_t room = 512;
  for (const DroppedRange& range : dropped) {
    if (range.lost) room += k_line + static_cast<std::size_t>(range.length);
  }
  return room;
}

}  // namespace

Bytes make_sidecar(std::string_view name, ByteView original, const std::vector<DroppedRange>& dropped) {
  Bytes text;
  reserve_large(text, room_for(dropped));
  text += "session-repair sidecar 1\n";
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
