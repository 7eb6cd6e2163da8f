#pragma once

#include <string>
#include <string_view>

namespace session::cli {

/// RFC 4648, with padding.
std::string to_base64(std::string_view bytes);
/// What to_base64() made `text` of; ends where it could not have.
std::string from_base64(std::string_view text);

}  // namespace session::cli
