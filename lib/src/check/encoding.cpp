#include "check/encoding.h"

#include "json/scanner.h"

namespace session::check {
namespace {

using namespace std::string_view_literals;

bool is_ascii_text(char byte) { return (byte >= 0x20 && byte < 0x7F) || json::is_blank(byte); }

/// Whether `line` is one whole value.
bool is_value(std::string_view line) {
  json::SilentSink sink;
  json::Scanner<json::SilentSink> scanner(sink);
  const char* const end = line.data() + line.size();
  const char* p = scanner.feed(line.data(), end, 0);
  if (scanner.progress() == json::Progress::more) scanner.finish(line.size());
  if (scanner.progress() != json::Progress::complete) return false;
  while (p != end && json::is_blank(*p)) ++p;
  return p == end;
}

}  // namespace

std::string_view foreign_encoding(std::string_view head) {
  const auto begins = [head](std::string_view mark) { return head.substr(0, mark.size()) == mark; };
  if (begins("\xFF\xFE\0\0"sv)) return "UTF-32LE with byte order mark";
  if (begins("\0\0\xFE\xFF"sv)) return "UTF-32BE with byte order mark";
  if (begins("\xFF\xFE"sv)) return "UTF-16LE with byte order mark";
  if (begins("\xFE\xFF"sv)) return "UTF-16BE with byte order mark";
  if (head.size() < 4) return {};
  const bool text0 = is_ascii_text(head[0]), text1 = is_ascii_text(head[1]), text2 = is_ascii_text(head[2]),
             text3 = is_ascii_text(head[3]);
  const bool nul0 = head[0] == 0, nul1 = head[1] == 0, nul2 = head[2] == 0, nul3 = head[3] == 0;
  if (text0 && nul1 && nul2 && nul3) return "UTF-32LE";
  if (nul0 && nul1 && nul2 && text3) return "UTF-32BE";
  if (text0 && nul1 && text2 && nul3) return "UTF-16LE";
  if (nul0 && text1 && nul2 && text3) return "UTF-16BE";
  return {};
}

std::optional<Format> format_by_content(std::string_view head) {
  constexpr std::string_view k_fillers = " \t\r\n\0"sv;
  const std::size_t solid = head.find_first_not_of(k_fillers);
  if (solid == std::string_view::npos) return Format::json;
  head.remove_prefix(solid);
  const std::size_t newline = head.find('\n');
  if (newline == std::string_view::npos) return std::nullopt;
  const std::string_view line = head.substr(0, newline);
  std::string_view rest = head.substr(newline);
  rest.remove_prefix(std::min(rest.find_first_not_of(k_fillers), rest.size()));
  if (rest.size() < 2) return std::nullopt;
  if (is_value(line)) return Format::json_lines;
  const bool several = rest.substr(0, 2) == "{\"" && line.size() > 1 && line[0] != '[';
  return several ? Format::json_lines : Format::json;
}

}  // namespace session::check
