#pragma once
// Reading a record back: for the formats that are made from records and are not JSON of their own.

#include <string>

#include "cli/report.h"

namespace session::cli {

/// The bytes of the path that add_path() put into `record`; empty if there is none.
std::string raw_path(const Json& record);

/// A path as a URI reference, RFC 3986: "file:///..." for an absolute one, else relative.
std::string to_uri(std::string_view path);

}  // namespace session::cli
