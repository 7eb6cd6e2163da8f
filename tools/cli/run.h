#pragma once
// The frame every tool runs in: special modes first (--help, --version, --generate), then options →
// configuration → log → reporter → the tool's execute() → flush of the output → exit status. What belongs
// to one tool only stands in tools/commands.

#include <CLI/App.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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
  int verbosity = 0;           ///< -q = -1, -v = 1, -vv = 2
  std::string color = "auto";  ///< auto, always, never
};

/// What a tool gets to work with.
struct Context {
  std::string_view tool;
  const CommonOptions& common;
  Config& config;  ///< file and environment laid over the defaults; flags are the tool's to add
  Fs& fs;
  Reporter& report;
  Environment environment;
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
  /// Formats beyond text, json and ndjson.
  [[nodiscard]] virtual std::vector<std::string> extra_formats() const { return {}; }
  virtual void add_options(CLI::App& app) = 0;
  /// Does the work. Throws nothing; usage errors found late are reported with
  /// Reporter::usage_error and k_exit_usage.
  virtual ExitStatus execute(Context& context) = 0;
};

/// main() of every tool.
int run(std::unique_ptr<Tool> tool, int argc, char** argv);

/// True once SIGINT or SIGTERM asked the tool to stop after the current step; run() re-raises the signal
/// after the summary.
bool stop_requested();

}  // namespace session::cli
