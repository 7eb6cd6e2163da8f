#pragma once
// A store on the real file system for tests of session-clean: sessions of any age, and a run of the tool.

#include <doctest/doctest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "session/time.h"
#include "support/run_process.h"
#include "support/sessions.h"
#include "support/temp_dir.h"

namespace session::test {

/// Judged as of this moment, so that no test depends on the day it runs.
inline constexpr auto k_as_of = "2026-11-21T12:00:00Z";
inline constexpr auto k_old = "2026-01-01T00:00:00.000Z";
inline constexpr auto k_fresh = "2026-11-20T12:00:00.000Z";

class CleanStore {
 public:
  explicit CleanStore(const std::string& below = ".synapse/sessions") : path_(root_ / below) {
    std::filesystem::create_directories(path_);
  }

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  [[nodiscard]] const TempDir& root() const { return root_; }

  void put(const std::string& name, const std::string& content) const { write_file(*this / name, content); }
  void put_session(const std::string& id, const std::string& activity, const std::string& more = {}) const {
    put(id + ".json", synapse_session(id, activity, more));
  }

  /// The names in the store but for the lock file, in order, with a space between.
  [[nodiscard]] std::string names() const {
    std::set<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) {
      if (entry.path().filename() != ".lock") found.insert(entry.path().filename().string());
    }
    std::string joined;
    for (const std::string& name : found) joined += (joined.empty() ? "" : " ") + name;
    return joined;
  }

  /// session-clean --as-of k_as_of WORDS... STORE (unless WORDS begin with another --as-of), without any
  /// configuration of this machine.
  [[nodiscard]] ProcessResult clean(std::vector<std::string> words = {}) const {
    words.push_back(path_);
    return run(std::move(words));
  }
  [[nodiscard]] ProcessResult run(std::vector<std::string> words, ProcessOptions options = {}) const {
    if (words.empty() || words[0] != "--as-of") words.insert(words.begin(), {"--as-of", k_as_of});
    words.insert(words.begin(), tool_path("session-clean"));
    if (options.directory.empty()) options.directory = root_.path();
    options.environment.emplace("HOME", root_.path());
    options.environment.emplace("TZ", "UTC");
    return run_process(words, options);
  }

  /// Makes `name` as old as `hours` before the real now.
  void age(const std::string& name, int hours) const {
    std::filesystem::last_write_time(
        *this / name, std::filesystem::file_time_type::clock::now() - std::chrono::hours(hours));
  }

 private:
  TempDir root_;
  std::string path_;
};

using Json = nlohmann::ordered_json;

inline Json summary_of(const ProcessResult& result) { return Json::parse(result.out)["summary"]; }

/// Cleans `store`, expects nothing to go, and returns why things stayed.
inline Json kept(const CleanStore& store, std::vector<std::string> words = {}) {
  const std::string before = store.names();
  words.insert(words.end(), {"--format", "json"});
  const ProcessResult result = store.clean(words);
  CHECK(store.names() == before);
  const Json summary = summary_of(result);
  CHECK(summary["removed"] == 0);
  CHECK(summary["scanned"] == summary["kept"]);
  return summary["kept_by_reason"];
}

inline Json reasons(std::initializer_list<std::pair<const char*, int>> counts) {
  Json expected = Json::object();
  for (const auto& [reason, count] : counts) expected[reason] = count;
  return expected;
}

}  // namespace session::test
