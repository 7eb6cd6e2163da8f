#pragma once
// The reporters of the formats all tools have, one file each.

#include <memory>

#include "cli/report.h"

namespace session::cli {

std::unique_ptr<Reporter> make_text_reporter(const Sinks& sinks);
std::unique_ptr<Reporter> make_json_reporter(const Sinks& sinks);
std::unique_ptr<Reporter> make_ndjson_reporter(const Sinks& sinks);

}  // namespace session::cli
