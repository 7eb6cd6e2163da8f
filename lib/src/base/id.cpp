#include "session/id.h"

#include <algorithm>
#include <array>

namespace session {
namespace {

constexpr std::string_view k_separators = "/\\";
/// Refused by Windows in file names, and wildcards of every shell.
constexpr std::string_view k_unportable = "<>:\"|?*";
constexpr std::array<std::string_view, 6> k_devices = {"con", "prn", "aux", "nul", "conin$", "conout$"};
constexpr std::array<std::string_view, 2> k_ports = {"com", "lpt"};

Unexpected<Error> refuse(std::string_view id, std::string detail) {
  return fail(Errc::bad_argument, Op::validate, std::string(id), std::move(detail));
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7F;
}

/// "1" to "9", "0", or one of the superscripts that Windows takes for digits here.
bool is_port_number(std::string_view text) {
  if (text.size() == 1) return text[0] >= '0' && text[0] <= '9';
  return text == "\u00B9" || text == "\u00B2" || text == "\u00B3";
}

/// Windows takes the part before the first dot, without the spaces at its end, for the device.
bool is_reserved_by_windows(std::string_view id) {
  std::string stem(id.substr(0, id.find('.')));
  stem.erase(stem.find_last_not_of(' ') + 1);
  std::ranges::transform(stem, stem.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  if (std::ranges::find(k_devices, stem) != k_devices.end()) return true;
  return std::ranges::any_of(k_ports, [&](std::string_view port) {
    return stem.starts_with(port) && is_port_number(std::string_view(stem).substr(port.size()));
  });
}

}  // namespace

Result<void> check_session_id(std::string_view id) {
  if (id.empty()) return refuse(id, "an id must not be empty");
  if (id.size() > k_max_id_bytes) {
    return refuse(id, "an id must not be longer than " + std::to_string(k_max_id_bytes) +
                          " bytes; this has " + std::to_string(id.size()));
  }
  for (const char c : id) {
    if (c == '\0') return refuse(id, "an id must not contain a NUL");
    if (is_control(c)) return refuse(id, "an id must not contain a control character");
    if (k_separators.find(c) != std::string_view::npos || k_unportable.find(c) != std::string_view::npos) {
      return refuse(id, std::string("an id must not contain '") + c + "'");
    }
  }
  if (id.front() == '.') return refuse(id, "an id must not begin with a dot");
  if (id.back() == '.' || id.back() == ' ') return refuse(id, "an id must not end with a dot or a space");
  if (is_reserved_by_windows(id)) return refuse(id, "Windows reserves this name for a device");
  return {};
}

}  // namespace session
