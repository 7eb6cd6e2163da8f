#pragma once
// A run of session-verify: the walk, the pool and the report put together.

#include <vector>

#include "cli/run.h"
#include "cli/store_choice.h"
#include "commands/verify/baseline.h"
#include "commands/verify/inputs.h"
#include "commands/verify/report.h"

namespace session::commands {

/// What is asked for, checked.
struct VerifyRequest {
  VerifyInputs inputs;
  std::vector<cli::ChosenStore> stores;
  const Layout* layout = nullptr;  ///< --layout
  InspectOptions inspect;
  std::size_t threads = 1;
  Strict strict = Strict::no;
  std::optional<VerifyBaseline> baseline;
  Path write_baseline;  ///< empty: none is written
};

cli::ExitStatus run_verify(cli::Context& context, VerifyRequest request);

}  // namespace session::commands
