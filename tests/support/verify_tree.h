#pragma once
// A directory of files with session-verify run in it.

#include <doctest/doctest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/json_lines.h"
#include "support/run_process.h"
#include "support/sessions.h"
#include "support/temp_dir.h"

namespace session::test {

class VerifyTree {
 public:
  [[nodiscard]] std::string operator/(const std::string& name) const { return root_ / name; }

  /// A file of the owner's alone, with the directories it stands in.
  void put(const std::string& name, const std::string& content) const {
    namespace fs = std::filesystem;
    fs::create_directories(fs::path(root_ / name).parent_path());
    write_file(root_ / name, content);
    fs::permissions(root_ / name, fs::perms::owner_read | fs::perms::owner_write);
  }
  /// The same, last written a year ago.
  void put_old(const std::string& name, const std::string& content) const {
    namespace fs = std::filesystem;
    put(name, content);
    fs::last_write_time(root_ / name, fs::file_time_type::clock::now() - std::chrono::hours(365 * 24));
  }

  [[nodiscard]] ProcessResult verify(std::vector<std::string> arguments, ProcessOptions options = {}) const {
    arguments.insert(arguments.begin(), tool_path("session-verify"));
    options.directory = root_.path();
    return run_process(arguments, options);
  }
  /// The records of a run, without the first.
  [[nodiscard]] std::vector<nlohmann::json> records(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"--format", "ndjson"});
    auto records = json_lines<nlohmann::json>(verify(arguments).out);
    REQUIRE(records.size() >= 2);
    CHECK(records.front()["type"] == "begin");
    CHECK(records.back()["type"] == "summary");
    records.erase(records.begin());
    return records;
  }
  /// The first item of a run that must end well.
  [[nodiscard]] nlohmann::json item(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"--format", "json"});
    const ProcessResult result = verify(arguments);
    CAPTURE(result.err);
    REQUIRE(result.status == 0);
    return nlohmann::json::parse(result.out)["items"][0];
  }

 private:
  TempDir root_;
};

}  // namespace session::test
