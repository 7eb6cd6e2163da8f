#include "commands/repair/first_look.h"

#include <algorithm>

namespace session::commands {
namespace {

constexpr std::uint64_t k_read_at_once = 16U << 20;

bool looks_damaged(Fs& fs, const OpenedFile& opened) {
  const std::uint64_t looked_at = std::min<std::uint64_t>(opened.about.size, 4096);
  const auto read_at = [&](std::uint64_t offset) {
    Bytes piece(looked_at, '\0');
    const Result<std::size_t> length = read_fully(fs, opened.file, piece.data(), piece.size(), offset);
    piece.resize(length ? *length : 0);
    return piece;
  };
  return seems_damaged(read_at(0), read_at(opened.about.size - looked_at));
}

}  // namespace

Result<FirstLook> look_first(Fs& fs, const RepairOptions& plan, const VerifyPlace& place, const Name& name,
                             const OpenedFile& opened, const Subject& subject) {
  const Stat& about = opened.about;
  if (about.size <= k_read_at_once || plan.fixes.any()) return FirstLook();
  if (subject.format && looks_damaged(fs, opened)) return FirstLook();
  InspectOptions options;
  options.ignored.set(static_cast<std::size_t>(Kind::open_mode));  // not a matter of the text
  Inspector inspector(fs, options);
  Inspection inspection = inspector.inspect(*place.dir, name, subject);
  if (inspection.error) return Unexpected{*inspection.error};
  FirstLook look;
  look.is_whole = !needs_repair(inspection.diagnosis);
  const bool is_of_all = inspection.id == id_of(about) && !inspection.growing;
  if (look.is_whole || is_of_all) look.known = std::move(inspection.diagnosis);
  return look;
}

}  // namespace session::commands
