#include "commands/verify/inputs.h"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Option.hpp>

#include "cli/signals.h"

namespace session::commands {

void add_inputs(CLI::App& app, VerifyInputs& inputs, const char* words) {
  app.add_option("PATH", inputs.paths, words)->type_name("PATH");
  app.add_option("--files0-from", inputs.files0_from,
                 "Read more paths from FILE (- is standard input), each ended by NUL")
      ->type_name("FILE");
}

Result<std::vector<cli::ChosenStore>, cli::UsageProblem> chosen_stores(const cli::Context& context,
                                                                       const VerifyInputs& inputs,
                                                                       const Layout* layout,
                                                                       std::string_view verb,
                                                                       std::string_view hint) {
  std::vector<cli::ChosenStore> stores;
  for (const std::string& name : context.common.stores) {
    auto store = cli::chosen_store(context, name);
    if (!store) return Unexpected{store.error()};
    stores.push_back(std::move(*store));
  }
  if (!stores.empty() || !inputs.paths.empty() || !inputs.files0_from.empty()) return stores;
  for (const StoreConfig& configured : context.config.stores) {
    if (!configured.enabled) continue;
    cli::ChosenStore store = cli::configured_store(context.config, configured);
    if (layout == nullptr || store.layout == layout) stores.push_back(std::move(store));
  }
  if (!stores.empty()) return stores;
  return Unexpected{cli::UsageProblem{
      fmt::format("nothing to {}: no path is given, and no store is configured", verb), std::string(hint)}};
}

cli::ExitStatus walk_all(cli::Context& context, VerifyWalk& walk, const VerifyInputs& inputs,
                         const std::vector<cli::ChosenStore>& stores) {
  for (const cli::ChosenStore& store : stores) walk.add_store(store);
  for (const std::string& path : inputs.paths) {
    if (!cli::stop_requested()) walk.add_path(path);
  }
  if (inputs.files0_from.empty()) return cli::k_exit_fine;
  const Result<void> listed = walk.add_listed(inputs.files0_from);
  if (listed) return cli::k_exit_fine;
  context.report.error(listed.error());
  return cli::k_exit_operation_failed;
}

void warn_of_no_files(cli::Context& context, const VerifyInputs& inputs, std::uint64_t files) {
  if (files == 0 && inputs.shard.count == 1 && !cli::stop_requested()) {
    context.report.warning("no session files were found");
  }
}

}  // namespace session::commands
