#pragma once
// The reporters, one file each: of the formats all tools have, and of those that session-verify adds.

#include <memory>

#include "cli/report.h"

namespace session::cli {

std::unique_ptr<Reporter> make_text_reporter(const Sinks& sinks);
std::unique_ptr<Reporter> make_json_reporter(const Sinks& sinks);
std::unique_ptr<Reporter> make_ndjson_reporter(const Sinks& sinks);

// Made from items with "verdict", "findings" (as docs/output-format.md has them for session-verify) and
// "fails": that the item makes the exit status fail.
std::unique_ptr<Reporter> make_github_reporter(const Sinks& sinks);
std::unique_ptr<Reporter> make_junit_reporter(const Sinks& sinks);
std::unique_ptr<Reporter> make_sarif_reporter(const Sinks& sinks);

}  // namespace session::cli
