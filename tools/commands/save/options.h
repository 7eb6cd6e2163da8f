#pragma once
// What the command line of session-save says, before it is put together with configuration and stores.

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "cli/act_as_owner.h"
#include "cli/options.h"
#include "session/layout.h"

namespace session::commands {

enum class SaveMode : std::uint8_t { replace, patch, append, batch, autosave };

/// The options as they were given.
struct SaveFlags {
  std::array<std::string, 2> words;  ///< as they come: the id first, where one is wanted, then the input
  std::string file;
  std::string stdin_format;
  bool patch = false, append = false, batch = false, autosave = false;
  bool force = false;
  std::string if_match;
  std::string listen;
  std::string_view of_autosave = {};  ///< an option given that only --autosave has a use for
  cli::ActAs act_as = cli::ActAs::owner;
};

/// What is to be done: every option checked against the mode.
struct SaveRequest {
  SaveMode mode = SaveMode::replace;
  std::string id;    ///< of one session; empty with `file`, and in the modes of many
  std::string file;  ///< --file
  std::string input = "-";
  std::optional<Format> format;  ///< --stdin-format
  /// Of sessions of which neither the option nor the layout nor the name tells it.
  Format otherwise = Format::json;
  bool force = false;
  std::optional<std::string> if_match;
  std::string listen;  ///< the socket's path; empty: none
  cli::ActAs act_as = cli::ActAs::owner;
  bool reads_input = true;  ///< false for --autosave --listen without "-"
};

/// An option that the mode cannot honour is an error, never ignored.
Result<SaveRequest, cli::UsageProblem> resolve_request(const SaveFlags& flags);

}  // namespace session::commands
