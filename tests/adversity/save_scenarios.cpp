#include "adversity/scenario.h"
#include "session/names.h"
#include "support/temp_dir.h"

namespace session::test {
namespace {

const std::string k_old = R"({"uuid":"s1","prompt_count":1,"label":"the old content"})";
const std::string k_new = R"({"uuid":"s1","prompt_count":2,"label":"the new content, which is longer"})";

bool is_backup(const std::string& name) {
  const std::optional<Artifact> artifact = parse_artifact(name);
  return artifact && artifact->kind == ArtifactKind::backup;
}

/// Old or new, by what the tool said; and nothing else in the directory.
std::string judge_replaced(const Tree& tree, const ProcessResult& result, const std::string& target,
                           const std::string* old) {
  const auto found = tree.find(target);
  const bool is_new = found != tree.end() && found->second == k_new;
  const bool is_old = old == nullptr ? found == tree.end() : found != tree.end() && found->second == *old;
  if (!is_new && !is_old) return "the target is neither old nor new";
  for (const auto& [name, content] : tree) {
    if (name == target || content == "/" || is_lock(name)) continue;
    // What could not be read is kept aside by whoever saves over it.
    if (is_backup(name) && old != nullptr && content == *old) continue;
    if (!is_temporary(name)) return "there is a stranger: " + name;
    if (!was_killed(result)) return "a temporary is left: " + name;
  }
  if (was_killed(result)) return "";
  if (result.status == 0) return is_new ? "" : "it says saved, but is not";
  if (!failed_clearly(result)) return "it fails without saying so clearly";
  if (result.err.find("nothing was written") != std::string::npos && is_new)
    return "it is written, but it says not";
  const bool unconfirmed = result.err.find("not confirmed") != std::string::npos;
  return is_old || unconfirmed ? "" : "it says failed, but the new content is in place";
}

std::string judge_saved(const Tree& tree, const ProcessResult& result, const std::string& target) {
  if (result.status != 0) return "the next save fails";
  const auto found = tree.find(target);
  return found != tree.end() && found->second == k_new ? "" : "the next save did not save";
}

/// A command that leaves k_new as `target`, where `old` stood or (nullptr) nothing.
Scenario saving(const std::string& name, const std::string& target, const std::string* old,
                std::function<std::vector<std::string>(const std::string&)> command) {
  return {.name = name,
          .prepare =
              [target, old](const std::string& directory) {
                if (old != nullptr) write_file(directory + "/" + target, *old);
              },
          .command = std::move(command),
          .input = k_new,
          .judge = [target, old](
                       const Tree& tree,
                       const ProcessResult& result) { return judge_replaced(tree, result, target, old); },
          .judge_next = [target](const Tree& tree,
                                 const ProcessResult& result) { return judge_saved(tree, result, target); }};
}

std::vector<std::string> save_by_id(const std::string& directory) {
  return {tool_path("session-save"), "--layout", "synapse", "--store", directory, "s1"};
}

constexpr int k_batch_size = 6;

std::string batch_name(int number) { return "b" + std::to_string(number) + ".json"; }
std::string batch_content(int number, int version) {
  return R"({"uuid":"b)" + std::to_string(number) + R"(","prompt_count":)" + std::to_string(version) + "}";
}

/// Each session old or new by itself; those reported saved are new.
std::string judge_batch(const Tree& tree, const ProcessResult& result) {
  std::size_t known = 0;
  for (int number = 0; number < k_batch_size; ++number) {
    const auto found = tree.find(batch_name(number));
    const bool is_new = found != tree.end() && found->second == batch_content(number, 2);
    // Every second one is new.
    const bool is_old = number % 2 == 0 ? found != tree.end() && found->second == batch_content(number, 1)
                                        : found == tree.end();
    if (!is_new && !is_old) return batch_name(number) + " is neither old nor new";
    known += found != tree.end() ? 1U : 0U;
    const std::string saved = R"("id":"b)" + std::to_string(number) + R"(","outcome":)";
    const bool reported = result.out.find(saved) != std::string::npos;
    if (reported && !is_new) return batch_name(number) + " is reported saved, but is not";
    if (result.status == 0 && !(reported && is_new)) return batch_name(number) + " is not saved";
  }
  for (const auto& [name, content] : tree) {
    if (is_lock(name) || (is_temporary(name) && was_killed(result))) ++known;
  }
  if (known != tree.size()) return "there is a temporary or a stranger";
  return was_killed(result) || result.status == 0 || failed_clearly(result)
             ? ""
             : "it fails without saying so clearly";
}

Scenario batch() {
  Scenario scenario;
  scenario.name = "save-batch";
  scenario.prepare = [](const std::string& directory) {
    for (int number = 0; number < k_batch_size; number += 2) {
      write_file(directory + "/" + batch_name(number), batch_content(number, 1));
    }
  };
  scenario.command = [](const std::string& directory) {
    return std::vector<std::string>{tool_path("session-save"),
                                    "--layout",
                                    "synapse",
                                    "--store",
                                    directory,
                                    "--batch",
                                    "--format",
                                    "ndjson"};
  };
  for (int number = 0; number < k_batch_size; ++number) {
    scenario.input +=
        R"({"id":"b)" + std::to_string(number) + R"(","session":)" + batch_content(number, 2) + "}\n";
  }
  scenario.judge = judge_batch;
  scenario.judge_next = [](const Tree& tree, const ProcessResult& result) {
    if (result.status != 0) return std::string("the next batch fails");
    for (int number = 0; number < k_batch_size; ++number) {
      const auto found = tree.find(batch_name(number));
      if (found == tree.end() || found->second != batch_content(number, 2))
        return batch_name(number) + " is not saved";
    }
    return std::string();
  };
  return scenario;
}

const std::string k_transcript = "transcript.jsonl";
const std::string k_records = "{\"n\":1}\n{\"n\":2}\n";
const std::string k_record = "{\"n\":3,\"text\":\"a record\"}\n";
const std::string k_torn = "{\"n\":\"the beginning of a rec";

/// Where the torn bytes are, or whether they are missing: in the file, or moved aside, never lost.
bool keeps_torn(const Tree& tree, const std::string& tail) {
  if (tail.starts_with(k_torn)) return true;
  for (const auto& [name, content] : tree) {
    if (name.starts_with(k_transcript + ".corrupt-") && content == k_torn) return true;
  }
  return false;
}

std::string judge_appended(const Tree& tree, const ProcessResult& result, bool torn) {
  const auto found = tree.find(k_transcript);
  if (found == tree.end() || !found->second.starts_with(k_records)) return "an earlier record is not whole";
  const std::string tail = found->second.substr(k_records.size());
  if (torn && !keeps_torn(tree, tail)) return "the torn bytes are lost";
  if (result.status == 0) return tail == k_record ? "" : "it says appended, but is not";
  const bool untouched = tail.empty() || (torn && tail == k_torn);
  if (was_killed(result)) return untouched || k_record.starts_with(tail) ? "" : "the tail is none of ours";
  const bool unconfirmed = result.err.find("not confirmed") != std::string::npos && tail == k_record;
  if (!untouched && !unconfirmed) return "it says failed, but something is appended";
  return failed_clearly(result) ? "" : "it fails without saying so clearly";
}

Scenario append(const std::string& name, bool torn) {
  Scenario scenario;
  scenario.name = name;
  scenario.prepare = [torn](const std::string& directory) {
    write_file(directory + "/" + k_transcript, k_records + (torn ? k_torn : ""));
  };
  scenario.command = [](const std::string& directory) {
    return std::vector<std::string>{tool_path("session-save"), "--append", "--file",
                                    directory + "/" + k_transcript};
  };
  scenario.input = k_record;
  scenario.needs_room = torn;  // the record fits into the last block, a sidecar needs one
  scenario.judge = [torn](const Tree& tree, const ProcessResult& result) {
    return judge_appended(tree, result, torn);
  };
  scenario.judge_next = [torn](const Tree& tree, const ProcessResult& result) {
    if (result.status != 0) return std::string("the next append fails");
    const std::string& content = tree.at(k_transcript);
    if (torn && !keeps_torn(tree, content.substr(k_records.size())))
      return std::string("the torn bytes are lost");
    const bool once = content == k_records + k_record;
    const bool twice = content == k_records + k_record + k_record;
    return std::string(once || twice ? "" : "the next append does not heal");
  };
  return scenario;
}

}  // namespace

std::vector<Scenario> save_scenarios() {
  const std::string deep = "a/b/s1.json";
  const auto save_by_path = [deep](const std::string& directory) {
    return std::vector<std::string>{tool_path("session-save"), "--file", directory + "/" + deep};
  };
  const auto with = [](const std::string& flag) {
    return [flag](const std::string& directory) {
      std::vector<std::string> command = save_by_id(directory);
      if (flag == "--autosave") command.pop_back();
      command.insert(command.begin() + 1, flag);
      return command;
    };
  };
  Scenario patch = saving("save-patch", "s1.json", &k_old, with("--patch"));
  patch.input = R"({"prompt_count":2,"label":"the new content, which is longer"})";
  // Saved when the input ends: the last round.
  Scenario autosave = saving("save-autosave", "s1.json", &k_old, with("--autosave"));
  autosave.input = R"({"op":"put","id":"s1","session":)" + k_new + "}\n";
  Scenario autosave_worker = autosave;
  autosave_worker.name = "save-autosave-worker";
  autosave_worker.traced = Traced::worker;
  return {saving("save", "s1.json", &k_old, save_by_id),
          saving("save-new", "s1.json", nullptr, save_by_id),
          saving("save-new-directory", deep, nullptr, save_by_path),
          patch,
          batch(),
          append("save-append", false),
          append("save-append-torn", true),
          autosave,
          autosave_worker};
}

}  // namespace session::test
