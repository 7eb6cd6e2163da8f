#include "commands/save/tool.h"

#include <CLI/App.hpp>
#include <CLI/Option.hpp>

#include "cli/config_flags.h"
#include "cli/options.h"
#include "commands/save/autosave.h"
#include "commands/save/batch.h"
#include "commands/save/one.h"
#include "commands/save/options.h"

namespace session::commands {
namespace {

using cli::ExitStatus;

class SaveTool final : public cli::Tool {
 public:
  [[nodiscard]] std::string_view name() const override { return "session-save"; }
  [[nodiscard]] std::string_view summary() const override {
    return "save sessions so that no crash, race or full disk can tear or lose them";
  }
  [[nodiscard]] std::string_view description() const override {
    return "Reads a session from standard input or a file and puts it in the place of the one before, whole "
           "and durable: at every instant, through kill, crash, full disk and power cut, the file holds the "
           "old or the new content. The bytes are checked before anything is touched and stored as given.";
  }
  [[nodiscard]] std::vector<Example> examples() const override {
    return {{"session-save --layout miniclaw telegram_123456789 < session.json",
             "save a session of MiniClaw in its own store"},
            {"session-save --store .synapse/sessions 0192e4a1 session.json", "save the content of a file"},
            {"session-save --file .synapse/sessions/_active-agent.json < agent.json",
             "write any file of this kind atomically"},
            {"session-save --patch 0192e4a1 <<< '{\"title\": \"New\", \"label\": null}'",
             "change one field, remove another, keep every other byte"},
            {"session-save --batch --store sessions sessions.jsonl", "save many sessions with few flushes"},
            {"session-save --autosave --store sessions --listen /run/gateway/sessions.sock",
             "keep the sessions of a gateway and save them every 30 seconds"}};
  }

  void add_options(CLI::App& app) override {
    app.get_option("--store")->description("Save in this store: a configured name or a directory");
    app.add_option("ID", flags_.words[0], "The session's id; not with --file");
    app.add_option("INPUT", flags_.words[1], "The file to read; - and nothing: standard input");
    app.add_option("--file", flags_.file, "Write the file PATH instead of a session of a store")
        ->type_name("PATH");
    app.add_option("--stdin-format", flags_.stdin_format, "What the input is: json or jsonl")
        ->type_name("FORMAT")
        ->check(cli::one_of({"json", "jsonl"}));
    app.add_flag("--patch", flags_.patch, "Apply the input to the session as a JSON Merge Patch (RFC 7396)");
    app.add_flag("--append", flags_.append, "Add the input to a JSON Lines session as one record");
    app.add_flag("--batch", flags_.batch,
                 "Save many sessions: JSON Lines of {\"id\": ..., \"session\": ...}");
    app.add_flag("--autosave", flags_.autosave, "Keep sessions in memory and save them at intervals");
    app.add_option("--listen", flags_.listen, "With --autosave: serve clients at this Unix socket")
        ->type_name("PATH");
    config_flags_.add(app, "--interval", "sessions.autosave.intervalSeconds", "DURATION",
                      "With --autosave: time between two rounds (30s)");
    config_flags_.add(app, "--shutdown-timeout", "sessions.autosave.shutdownTimeoutSeconds", "DURATION",
                      "With --autosave: time for the last round (10s)");
    app.add_option("--if-match", flags_.if_match, "Save only if the session's content still has this hash")
        ->type_name("HASH");
    app.add_flag("--force", flags_.force, "Let an empty {} or [] replace a session with content");
    config_flags_.add_durability(app);
    config_flags_.add_lock_timeout(app);
    cli::add_as_root(app, flags_.act_as);
  }

  Result<void, ConfigError> apply_flags(Config& config) override { return config_flags_.apply(config); }

  ExitStatus execute(cli::Context& context) override {
    flags_.of_autosave = config_flags_.first_given({"--interval", "--shutdown-timeout"});
    const Result<SaveRequest, cli::UsageProblem> request = resolve_request(flags_);
    if (!request) return refuse(context, request.error());
    switch (request->mode) {
      case SaveMode::batch: return save_batch(context, *request);
      case SaveMode::autosave: return save_autosave(context, *request);
      case SaveMode::replace:
      case SaveMode::patch:
      case SaveMode::append: break;
    }
    return save_one(context, *request);
  }

 private:
  SaveFlags flags_;
  cli::ConfigFlags config_flags_;
};

}  // namespace

std::unique_ptr<cli::Tool> save_tool() { return std::make_unique<SaveTool>(); }

}  // namespace session::commands
