#pragma once
// What session-verify and session-repair work on: the paths of the command line and of a list, the stores
// that are named, or else the configured ones.

#include <string>
#include <vector>

#include "cli/store_choice.h"
#include "commands/verify/shard.h"
#include "commands/verify/walk.h"

namespace session::commands {

struct VerifyInputs {
  std::vector<std::string> paths;
  std::string files0_from;  ///< empty: no list
  Shard shard;
};

/// Adds PATH, described by `words`, and --files0-from.
void add_inputs(CLI::App& app, VerifyInputs& inputs, const char* words);

/// The stores of --store; where nothing at all is named, those configured, and of them only those of `layout`
/// where --layout names one. With nothing named and nothing configured there is nothing to do: `verb` says
/// what it would have been, `hint` what to name.
Result<std::vector<cli::ChosenStore>, cli::UsageProblem> chosen_stores(const cli::Context& context,
                                                                       const VerifyInputs& inputs,
                                                                       const Layout* layout,
                                                                       std::string_view verb,
                                                                       std::string_view hint);

/// Walks all of them, until a signal asks to stop. k_exit_operation_failed, and told, where the list could
/// not be read to its end.
cli::ExitStatus walk_all(cli::Context& context, VerifyWalk& walk, const VerifyInputs& inputs,
                         const std::vector<cli::ChosenStore>& stores);

/// For a walk that came to its end with so many `files`: a warning where there were none, though there should
/// have been some.
void warn_of_no_files(cli::Context& context, const VerifyInputs& inputs, std::uint64_t files);

}  // namespace session::commands
