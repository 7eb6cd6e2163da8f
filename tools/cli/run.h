#pragma once
// The frame every tool runs in: special modes first (--help, --version, --generate), then options →
// configuration → log → reporter → the tool's execute() → flush of the output → exit status. What belongs
// to one tool only stands in tools/commands.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/cli11.h"
#include "cli/exit_code.h"
#include "cli/report.h"
#include "session/config.h"
#include "session/fs.h"

namespace session::cli {

/// Options all four tools have, declared once.
struct CommonOptions {
  std::string format = "text";
  std::string config_file;          ///< --config; empty: found
  std::string layout;               ///< --layout; empty: detected
  std::vector<std::string> stores;  ///< --store NAME|DIR
  bool show_config = false;
  int verbose = 0;             ///< how many -v
  bool quiet = false;          ///< -q
  std::string color = "auto";  ///< auto, always, never
  std::string generate;        ///< man, bash, zsh or fish; empty: the tool's work
};

/// What a tool gets to work with.
struct Context {
  std::string_view tool;
  const CommonOptions& common;
  Config& config;  ///< file, environment and the tool's flags laid over the defaults
  Fs& fs;
  Reporter& report;
  const Environment& environment;
};

/// One tool: its names and texts, its options, and its work.
class Tool {
 public:
  virtual ~Tool() = default;
  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual std::string_view summary() const = 0;      ///< one line
  [[nodiscard]] virtual std::string_view description() const = 0;  ///< --help and man page
  /// Worked examples: a command line and what it does, for --help and the man page.
  struct Example {
    std::string_view command;
    std::string_view effect;
  };
  [[nodiscard]] virtual std::vector<Example> examples() const = 0;
  /// Formats beyond text, json and ndjson, and their reporters.
  [[nodiscard]] virtual std::vector<std::string> extra_formats() const { return {}; }
  virtual std::unique_ptr<Reporter> make_reporter(std::string_view /*format*/, const Sinks& /*sinks*/) {
    return nullptr;
  }
  /// Adds the tool's own options and positional arguments; the common ones are there already.
  virtual void add_options(CLI::App& app) = 0;
  /// For modes that need neither configuration nor report (a hook): nullopt goes on to the rest.
  virtual std::optional<ExitStatus> execute_early(const CommonOptions& /*common*/, Fs& /*fs*/,
                                                  const Environment& /*environment*/) {
    return std::nullopt;
  }
  /// Whether what was asked for changes nothing and can be done by the built-in values: then a configuration
  /// that was found and cannot be used is a failure among others, where else it stops the tool. One that was
  /// named stops every tool.
  [[nodiscard]] virtual bool works_without_config() const { return false; }
  /// Lays the tool's own flags over `config` (set_key() with the flag as origin), so that
  /// --show-config tells of them too. An error is a usage error.
  virtual Result<void, ConfigError> apply_flags(Config& /*config*/) { return {}; }
  /// Does the work. Throws nothing; usage errors found late are reported with
  /// Reporter::usage_error and k_exit_usage.
  virtual ExitStatus execute(Context& context) = 0;
};

/// main() of every tool.
int run(std::unique_ptr<Tool> tool, int argc, char** argv);

/// What a run touches of the world outside; put together by run(), and by tests.
struct World {
  Output& out;
  Output& err;
  int out_descriptor;
  int err_descriptor;
  Fs& fs;
  Environment environment;
  Path working_directory;
};

/// The whole of a run but the process around it: no signals, no exit.
ExitStatus run_in(World& world, Tool& tool, const std::vector<std::string>& arguments);

}  // namespace session::cli
