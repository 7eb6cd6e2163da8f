#include "cli/report/record.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/base64.h"

namespace session::cli {

std::string raw_path(const Json& record) {
  if (record.contains("path")) return record["path"].get<std::string>();
  return record.contains("path_b64") ? from_base64(record["path_b64"].get<std::string>()) : std::string();
}

std::string to_uri(std::string_view path) {
  constexpr std::string_view k_plain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/!$&'()*+,;=@";
  while (path.starts_with("./")) path.remove_prefix(2);
  std::string uri = path.starts_with('/') ? "file://" : "";
  for (const char c : path) {
    if (k_plain.find(c) != std::string_view::npos) {
      uri += c;
    } else {
      uri += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return uri;
}

}  // namespace session::cli
