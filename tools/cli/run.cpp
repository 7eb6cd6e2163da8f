#include "cli/run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/generate/option_docs.h"
#include "cli/limits.h"
#include "cli/log.h"
#include "cli/options.h"
#include "cli/show_config.h"
#include "cli/signals.h"
#include "cli/spool.h"
#include "session/version.h"

namespace session::cli {

namespace {

constexpr std::string_view k_config_hint =
    "nothing was done; --show-config shows what is in force once it is mended";
constexpr std::string_view k_no_config_hint =
    "going on with the built-in values; --config FILE names another, as does SESSION_CONFIG";

/// Whether `word` stands among the arguments before "--".
bool has_word(const std::vector<std::string>& arguments, std::string_view word) {
  const auto end = std::ranges::find(arguments, "--");
  return std::find(arguments.begin(), end, word) != end;
}

std::string generate(const ToolDocs& docs, std::string_view what) {
  if (what == "man") return make_man_page(docs);
  if (what == "bash") return make_bash_completion(docs);
  if (what == "zsh") return make_zsh_completion(docs);
  return make_fish_completion(docs);
}

/// --help and --version answer before anything that can fail.
std::optional<std::string> special_mode(const Tool& tool, const CLI::App& app,
                                        const std::vector<std::string>& arguments) {
  if (has_word(arguments, "--help") || has_word(arguments, "-h")) return make_help(read_docs(tool, app));
  if (has_word(arguments, "--version")) {
    return fmt::format("{} (session-toolkit) {}\n", tool.name(), version());
  }
  return std::nullopt;
}

ColorChoice color_choice(const CommonOptions& common) {
  if (common.color == "always") return ColorChoice::always;
  return common.color == "never" ? ColorChoice::never : ColorChoice::automatic;
}

Verbosity verbosity(const CommonOptions& common) {
  if (common.quiet) return Verbosity::quiet;
  return static_cast<Verbosity>(std::min(common.verbose, static_cast<int>(Verbosity::debug)));
}

ExitStatus refuse_config(Messages& messages, const ConfigError& error) {
  messages.error(describe(error), k_config_hint);
  return k_exit_usage;
}

std::unique_ptr<Reporter> reporter_for(Tool& tool, const std::string& format, const Sinks& sinks) {
  if (auto reporter = make_reporter(format, sinks)) return reporter;
  return tool.make_reporter(format, sinks);
}

Json begin_record(const Tool& tool, const std::vector<std::string>& arguments) {
  Json record;
  record["v"] = k_schema_version;
  record["tool"] = tool.name();
  record["version"] = version();
  record["args"] = arguments;
  return record;
}

/// The configuration, and whether it is what there is instead of one that cannot be used.
struct Loaded {
  Config config;
  ExitStatus status = k_exit_fine;
};

Result<Loaded, ConfigError> load(const World& world, const Tool& tool, const CommonOptions& common,
                                 Messages& messages) {
  const std::optional<Path> named =
      common.config_file.empty() ? std::nullopt : std::optional<Path>{common.config_file};
  auto config = load_config(world.fs, named, world.working_directory, world.environment);
  if (config) return Loaded{std::move(*config)};
  if (!config.error().discovered || common.show_config || !tool.works_without_config()) {
    return Unexpected{config.error()};
  }
  messages.error(describe(config.error()), k_no_config_hint);
  Loaded loaded{default_config_in(world.working_directory), k_exit_operation_failed};
  if (auto applied = apply_environment(loaded.config, world.environment); !applied) {
    return Unexpected{applied.error()};
  }
  return loaded;
}

/// The tool's work between the first record and the last.
ExitStatus work(World& world, Tool& tool, const CommonOptions& common, Messages& messages,
                const std::vector<std::string>& arguments) {
  if (const auto status = tool.execute_early(common, world.fs, world.environment)) return *status;
  auto loaded = load(world, tool, common, messages);
  if (!loaded) return refuse_config(messages, loaded.error());
  Config& config = loaded->config;
  if (const auto applied = tool.apply_flags(config); !applied) {
    return refuse_config(messages, applied.error());
  }
  if (common.show_config) {
    world.out.write(show_config(config, common.format));
    return k_exit_fine;
  }
  const Sinks sinks{world.out, messages,
                    describe_terminal(world.out_descriptor, color_choice(common), world.environment),
                    named_temporary_directory(world.environment)};
  const std::unique_ptr<Reporter> report = reporter_for(tool, common.format, sinks);
  Context context{tool.name(), common, config, world.fs, *report, world.environment};
  report->begin(begin_record(tool, arguments));
  ExitStatus status = tool.execute(context);
  if (status != k_exit_usage) status |= loaded->status;
  report->finish(status);
  return status;
}

/// `status`, with the failure to deliver the results in it. A reader that has had enough is none.
ExitStatus after_flush(Output& out, Messages& messages, ExitStatus status) {
  messages.clear_progress();
  if (out.flush() || out.failure()->os_errno == EPIPE) return status;
  messages.error(describe(*out.failure()), "the results above this line are incomplete");
  return status | k_exit_operation_failed;
}

Environment process_environment() {
  return [](std::string_view name) -> std::optional<std::string> {
    const char* value = std::getenv(std::string{name}.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>{value};
  };
}

void die_of(int signal) {
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

}  // namespace

ExitStatus run_in(World& world, Tool& tool, const std::vector<std::string>& arguments) {
  CommonOptions common;
  Messages messages{world.err,
                    describe_terminal(world.err_descriptor, ColorChoice::automatic, world.environment),
                    tool.name()};
  const std::unique_ptr<CLI::App> app = make_app(tool, common);
  if (const auto text = special_mode(tool, *app, arguments)) {
    world.out.write(*text);
    return after_flush(world.out, messages, k_exit_fine);
  }
  if (const auto problem = parse(*app, arguments)) {
    messages.error(problem->message, problem->hint);
    return k_exit_usage;
  }
  messages.set_verbosity(verbosity(common));
  messages.set_color(
      takes_color(::isatty(world.err_descriptor) == 1, color_choice(common), world.environment));
  start_log(tool.name(), messages.verbosity());
  if (!common.generate.empty()) {
    world.out.write(generate(read_docs(tool, *app), common.generate));
    return after_flush(world.out, messages, k_exit_fine);
  }
  return after_flush(world.out, messages, work(world, tool, common, messages, arguments));
}

int run(std::unique_ptr<Tool> tool, int argc, char** argv) {
  occupy_standard_descriptors();
  watch_signals();
  Output out{STDOUT_FILENO,
             ::isatty(STDOUT_FILENO) == 1 ? Output::Buffering::lines : Output::Buffering::whole};
  Output err{STDERR_FILENO, Output::Buffering::lines};
  ExitStatus status = k_exit_operation_failed;
  try {
    std::error_code no_directory;
    World world{out,
                err,
                STDOUT_FILENO,
                STDERR_FILENO,
                real_fs(),
                process_environment(),
                std::filesystem::current_path(no_directory).string()};
    status = run_in(world, *tool, {argv + std::min(argc, 1), argv + argc});
  } catch (const std::exception& problem) {
    // Out of memory, above all: what was done stays done, and every step is whole.
    out.flush();
    err.write(fmt::format("{}: error: stopped: {}\n", tool->name(), problem.what()));
  }
  err.flush();
  if (const auto signal = deadly_signal()) die_of(*signal);
  return status;
}

}  // namespace session::cli
