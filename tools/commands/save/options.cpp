#include "commands/save/options.h"

#include <fmt/format.h>

#include "cli/input.h"
#include "session/content_hash.h"

namespace session::commands {
namespace {

using Problem = Unexpected<cli::UsageProblem>;

std::string_view flag_of(SaveMode mode) {
  switch (mode) {
    case SaveMode::replace: return "saving one session";
    case SaveMode::patch: return "--patch";
    case SaveMode::append: return "--append";
    case SaveMode::batch: return "--batch";
    case SaveMode::autosave: return "--autosave";
  }
  return "";
}

bool is_for_one(SaveMode mode) {
  return mode == SaveMode::replace || mode == SaveMode::patch || mode == SaveMode::append;
}

Result<SaveMode, cli::UsageProblem> mode_of(const SaveFlags& flags) {
  const int modes = flags.patch + flags.append + flags.batch + flags.autosave;
  if (modes > 1) return Problem{{"only one of --patch, --append, --batch and --autosave can be meant", ""}};
  if (flags.patch) return SaveMode::patch;
  if (flags.append) return SaveMode::append;
  if (flags.batch) return SaveMode::batch;
  return flags.autosave ? SaveMode::autosave : SaveMode::replace;
}

/// The first option given that the mode has no use for; empty if there is none.
std::string_view useless_flag(const SaveFlags& flags, SaveMode mode) {
  if (!flags.file.empty() && !is_for_one(mode)) return "--file";
  if (!flags.if_match.empty() && mode != SaveMode::replace && mode != SaveMode::patch) return "--if-match";
  if (flags.force && (mode == SaveMode::append || mode == SaveMode::autosave)) return "--force";
  if (!flags.listen.empty() && mode != SaveMode::autosave) return "--listen";
  if (mode != SaveMode::autosave) return flags.of_autosave;
  return "";
}

Result<void, cli::UsageProblem> take_words(const SaveFlags& flags, SaveRequest& request) {
  std::string input = flags.words[0];
  if (is_for_one(request.mode) && flags.file.empty()) {
    if (flags.words[0].empty()) {
      return Problem{{"which session? No id is given",
                      "session-save ID < session.json, or session-save --file PATH < session.json"}};
    }
    request.id = flags.words[0];
    input = flags.words[1];
  } else if (!flags.words[1].empty()) {
    return Problem{{fmt::format("unexpected argument {}", flags.words[1]), "--help shows the usage"}};
  }
  if (!input.empty()) request.input = input;
  if (request.mode == SaveMode::autosave) {
    request.reads_input = flags.listen.empty() || !input.empty();
    if (request.input != cli::k_standard_input) {
      return Problem{
          {fmt::format("--autosave is fed by standard input (-), not by the file {}", request.input),
           "session-save --batch FILE saves what a file holds"}};
    }
  }
  return {};
}

Result<void, cli::UsageProblem> take_format(const SaveFlags& flags, SaveRequest& request) {
  if (request.mode == SaveMode::append) request.otherwise = Format::json_lines;
  if (flags.stdin_format.empty()) return {};
  request.format = flags.stdin_format == "json" ? Format::json : Format::json_lines;
  const bool is_patch = request.mode == SaveMode::patch && request.format == Format::json_lines;
  const bool is_append = request.mode == SaveMode::append && request.format == Format::json;
  if (is_patch) return Problem{{"--patch changes JSON documents, not JSON Lines (jsonl)", ""}};
  if (is_append) return Problem{{"--append adds to JSON Lines (jsonl), not to JSON documents", ""}};
  return {};
}

}  // namespace

Result<SaveRequest, cli::UsageProblem> resolve_request(const SaveFlags& flags) {
  const Result<SaveMode, cli::UsageProblem> mode = mode_of(flags);
  if (!mode) return Problem{mode.error()};
  if (const std::string_view flag = useless_flag(flags, *mode); !flag.empty()) {
    return Problem{
        {fmt::format("{} has no meaning with {}", flag, flag_of(*mode)), "--help shows the usage"}};
  }
  if (!flags.if_match.empty() && !is_content_hash(flags.if_match)) {
    return Problem{{fmt::format("--if-match {}: not a content hash", flags.if_match),
                    "it is sha256: and 64 hex digits, as session-save and session-verify print it"}};
  }
  SaveRequest request;
  request.mode = *mode;
  request.file = flags.file;
  request.force = flags.force;
  request.listen = flags.listen;
  request.act_as = flags.act_as;
  if (!flags.if_match.empty()) request.if_match = flags.if_match;
  if (Result<void, cli::UsageProblem> taken = take_words(flags, request); !taken)
    return Problem{taken.error()};
  if (Result<void, cli::UsageProblem> taken = take_format(flags, request); !taken)
    return Problem{taken.error()};
  return request;
}

}  // namespace session::commands
