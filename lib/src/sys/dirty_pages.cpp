#include "sys/dirty_pages.h"

#include <charconv>

namespace session {
namespace {

std::optional<std::uint64_t> kilobytes_of(ByteView meminfo, std::string_view key) {
  // Keys stand at the beginning of a line: "WritebackTmp:" is another one.
  std::size_t at = meminfo.starts_with(key) ? 0 : meminfo.find("\n" + std::string(key));
  if (at == ByteView::npos) return std::nullopt;
  at = meminfo.find_first_of("0123456789", at);
  if (at == ByteView::npos) return std::nullopt;
  std::uint64_t value = 0;
  const auto parsed = std::from_chars(meminfo.data() + at, meminfo.data() + meminfo.size(), value);
  if (parsed.ec != std::errc{}) return std::nullopt;
  return value;
}

}  // namespace

std::optional<std::uint64_t> parse_dirty_pages(ByteView meminfo) {
  const auto dirty = kilobytes_of(meminfo, "Dirty:");
  const auto writeback = kilobytes_of(meminfo, "Writeback:");
  if (!dirty || !writeback) return std::nullopt;
  return (*dirty + *writeback) * 1024;
}

std::optional<std::uint64_t> dirty_page_bytes(Fs& fs) {
  constexpr std::uint64_t k_most_bytes = 1 << 20;
  const Result<Place> place = open_parent(fs, "/proc/meminfo");
  if (!place) return std::nullopt;
  const Result<File> file = fs.open(place->dir, place->name, Access::read);
  if (!file) return std::nullopt;
  const Result<Bytes> text = read_all(fs, *file, k_most_bytes);
  if (!text) return std::nullopt;
  return parse_dirty_pages(*text);
}

}  // namespace session
