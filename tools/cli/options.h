#pragma once
// Options: the ones all tools have, the checks of their values, and what is said of a wrong command line.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/cli11.h"
#include "cli/run.h"

namespace session::cli {

inline constexpr const char* k_common_group = "Common options";

/// An app without any of CLI11's own flags, with the options of `common` and of the tool.
/// `common` and `tool` must outlive it.
std::unique_ptr<CLI::App> make_app(Tool& tool, CommonOptions& common);

/// A wrong command line, in words.
struct UsageProblem {
  std::string message;
  std::string hint;
};

/// Tells what is wrong; the status of a run that attempted nothing.
ExitStatus refuse(Context& context, const UsageProblem& problem);

/// Parses `arguments` (without the program's name) into what the options are bound to.
std::optional<UsageProblem> parse(CLI::App& app, const std::vector<std::string>& arguments);

/// -j, --jobs of a tool whose threads do `what`; 0 where it is not given.
void add_jobs(CLI::App& app, unsigned& jobs, std::string_view what);
/// How many threads `jobs` asks for: where it is not given, one for each processor.
std::size_t threads_for(unsigned jobs);

/// Accepts the given words only; says which it takes and which was most likely meant.
CLI::Validator one_of(std::vector<std::string> words);
/// Accepts what parse_duration() reads.
CLI::Validator duration_text();

}  // namespace session::cli
