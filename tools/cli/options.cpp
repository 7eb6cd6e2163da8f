#include "cli/options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <thread>

#include "session/suggest.h"
#include "session/time.h"

namespace session::cli {

namespace {

std::vector<std::string_view> views_of(const std::vector<std::string>& words) {
  return {words.begin(), words.end()};
}

void add_common_options(CLI::App& app, Tool& tool, CommonOptions& common) {
  std::vector<std::string> formats = common_formats();
  std::ranges::move(tool.extra_formats(), std::back_inserter(formats));
  app.add_option("--store", common.stores, "Work on this store: a configured name or a directory; repeatable")
      ->type_name("NAME|DIR")
      ->allow_extra_args(false);
  app.add_option("--layout", common.layout, "Take the files for sessions of this layout")->type_name("NAME");
  app.add_option("--config", common.config_file, "Read the configuration from FILE, which must exist")
      ->type_name("FILE");
  app.add_flag("--show-config", common.show_config,
               "Print every configuration value with its origin, and exit");
  app.add_option("--format", common.format, "Form of the results on standard output")
      ->type_name("FORMAT")
      ->check(one_of(std::move(formats)));
  app.add_option("--color", common.color, "Colour: auto asks the terminal and NO_COLOR")
      ->type_name("WHEN")
      ->check(one_of({"auto", "always", "never"}));
  app.add_flag("-q,--quiet", common.quiet, "Errors only");
  app.add_flag("-v,--verbose", common.verbose, "Say more; twice: debug messages");
  app.add_flag("-h,--help")->description("Show this help and exit");
  app.add_flag("--version")->description("Show the version and exit");
  app.add_option("--generate", common.generate, "Write the man page or a shell's completion and exit")
      ->type_name("WHAT")
      ->check(one_of({"man", "bash", "zsh", "fish"}));
  for (CLI::Option* option : app.get_options()) option->group(k_common_group);
}

std::vector<std::string_view> option_names(const CLI::App& app, std::vector<std::string>& storage) {
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) storage.push_back("--" + name);
  }
  return views_of(storage);
}

UsageProblem unknown_option(const CLI::App& app, std::string_view word) {
  const std::string_view name = word.substr(0, word.find('='));
  UsageProblem problem{fmt::format("unknown option {}", name), "--help lists all options"};
  std::vector<std::string> storage;
  if (name.starts_with("--")) {
    if (const auto meant = did_you_mean(name, option_names(app, storage))) {
      problem.hint = fmt::format("did you mean {}?", *meant);
    }
  }
  return problem;
}

UsageProblem extra_words(const CLI::App& app) {
  const std::vector<std::string> words = app.remaining();
  const auto option = std::ranges::find_if(words, [](const std::string& word) {
    return word.size() > 1 && word.starts_with('-') && word != "--";
  });
  if (option != words.end()) return unknown_option(app, *option);
  return {fmt::format("unexpected argument {}", fmt::join(words, " ")), "--help shows the usage"};
}

/// An empty value is most likely an unset variable of a script. Taken for "not given" it would do what nobody
/// asked for.
std::optional<UsageProblem> empty_value(const CLI::App& app) {
  for (const CLI::Option* option : app.get_options()) {
    const std::vector<std::string>& values = option->results();
    if (std::ranges::find(values, "") == values.end()) continue;
    return UsageProblem{fmt::format("{}: an empty value", option->get_name()),
                        "leave it out where nothing is meant"};
  }
  return std::nullopt;
}

}  // namespace

std::unique_ptr<CLI::App> make_app(Tool& tool, CommonOptions& common) {
  auto app = std::make_unique<CLI::App>(std::string{tool.summary()}, std::string{tool.name()});
  app->set_help_flag();
  add_common_options(*app, tool, common);
  tool.add_options(*app);
  return app;
}

ExitStatus refuse(Context& context, const UsageProblem& problem) {
  context.report.usage_error(problem.message, problem.hint);
  return k_exit_usage;
}

std::optional<UsageProblem> parse(CLI::App& app, const std::vector<std::string>& arguments) {
  try {
    app.parse(std::vector<std::string>{arguments.rbegin(), arguments.rend()});
  } catch (const CLI::ExtrasError&) {
    return extra_words(app);
  } catch (const CLI::ParseError& problem) {
    return UsageProblem{problem.what(), "--help shows the usage"};
  }
  return empty_value(app);
}

void add_jobs(CLI::App& app, unsigned& jobs, std::string_view what) {
  constexpr unsigned k_most_jobs = 256;
  app.add_option("-j,--jobs", jobs, fmt::format("Threads that {}; default: one for each processor", what))
      ->type_name("N")
      ->check(CLI::Range(1U, k_most_jobs));
}

std::size_t threads_for(unsigned jobs) {
  return jobs > 0 ? jobs : std::max(1U, std::thread::hardware_concurrency());
}

CLI::Validator one_of(std::vector<std::string> words) {
  std::string description = fmt::format("{{{}}}", fmt::join(words, ","));
  auto check = [words = std::move(words)](const std::string& given) -> std::string {
    if (std::ranges::find(words, given) != words.end()) return {};
    const auto meant = did_you_mean(given, views_of(words));
    return fmt::format("'{}' is none of {}{}", given, fmt::join(words, ", "),
                       meant ? fmt::format("; did you mean {}?", *meant) : "");
  };
  return {std::move(check), std::move(description)};
}

CLI::Validator duration_text() {
  auto check = [](const std::string& given) -> std::string {
    if (parse_duration(given, std::chrono::hours{1})) return {};
    return fmt::format("'{}' is no duration; such as 168h, 7d, 30m, or a number of hours", given);
  };
  return {std::move(check), ""};
}

}  // namespace session::cli
