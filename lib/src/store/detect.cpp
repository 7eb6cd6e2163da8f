#include "session/detect.h"

#include <cstddef>

#include "session/facts.h"
#include "session/names.h"
#include "session/scan.h"

namespace session {
namespace {

/// Whether content can tell that a file is of this layout. Of the transcripts only the general layout is
/// asked for; one that never expires has no activity time to be known by.
bool is_told_by_content(const Layout& layout) {
  const bool is_general = layout.format == Format::json || layout.homes.empty();
  return is_general && !layout.activity_pointers.empty();
}

bool has_layout(std::string_view name, ByteView bytes, const Layout& layout) {
  if (!is_told_by_content(layout) || layout.classify(name) != NameKind::session) return false;
  const Facts facts = read_facts(bytes, layout);
  return facts.parses && facts.has_activity_field && (layout.id_pointer.empty() || !facts.id.empty());
}

}  // namespace

const Layout* layout_of_content(std::string_view name, ByteView bytes, std::span<const Layout> custom) {
  for (const auto known : {custom, layouts()}) {
    for (const Layout& layout : known) {
      if (has_layout(name, bytes, layout)) return &layout;
    }
  }
  return nullptr;
}

Result<const Layout*> detect_layout(Fs& fs, const Path& dir, std::span<const Layout> custom) {
  constexpr std::size_t k_most_files = 64;
  constexpr std::uint64_t k_most_bytes = 4 << 20;
  const Layout* found = nullptr;
  std::size_t files = 0;
  const auto look = [&](const std::shared_ptr<const Dir>& open_dir, const std::vector<ScanItem>& items) {
    for (const ScanItem& item : items) {
      const bool is_candidate = item.type == FileType::regular && !item.error &&
                                !item.name.starts_with('.') && !parse_artifact(item.name);
      if (!is_candidate) continue;
      if (++files > k_most_files) return false;
      const auto file = fs.open(*open_dir, item.name, Access::read);
      if (!file) continue;
      const auto bytes = read_all(fs, *file, k_most_bytes);
      if (bytes) found = layout_of_content(item.name, *bytes, custom);
      if (found != nullptr) return false;
    }
    return true;
  };
  if (const auto scanned = scan(fs, dir, ScanOptions{}, look); !scanned) return Unexpected{scanned.error()};
  return found;
}

}  // namespace session
