// Fifty processes that patch one session at once: every change of every one of them is there at the end.

#include <doctest/doctest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "support/run_process.h"
#include "support/temp_dir.h"

using namespace session::test;

namespace {

constexpr int k_processes = 50;
constexpr int k_patches = 100;

/// $0: the number of the process; $1: session-save; $2: the store. A here-document, because a pipe would cost
/// another process for each patch.
const std::string k_loop =
    "i=0; while [ $i -lt " + std::to_string(k_patches) +
    " ]; do \"$1\" -q --durability none --lock-timeout 300s --store \"$2\" --patch a <<PATCH "
    "|| exit 1\n{\"p$0_$i\":1}\nPATCH\ni=$((i+1)); done";

}  // namespace

TEST_CASE("no patch of fifty processes at once is lost") {
  const TempDir root;
  const std::string store = root / "store";
  const std::string tool = tool_path("session-save");
  REQUIRE(run_process({tool, "--store", store, "a"}, {.input = "{\"start\":0}"}).status == 0);
  std::vector<std::unique_ptr<Process>> processes;
  for (int p = 0; p < k_processes; ++p) {
    processes.push_back(std::make_unique<Process>(
        std::vector<std::string>{"sh", "-c", k_loop, std::to_string(p), tool, store},
        ProcessOptions{.patience = std::chrono::minutes(10)}));
  }
  for (const auto& process : processes) {
    const ProcessResult result = process->wait();
    CHECK(result.status == 0);
    CHECK(result.err == "");
  }
  const auto session = nlohmann::json::parse(read_file(store + "/a.json"));
  REQUIRE(session.size() == 1 + k_processes * k_patches);
  for (int p = 0; p < k_processes; ++p) {
    for (int i = 0; i < k_patches; ++i) {
      CHECK(session.contains("p" + std::to_string(p) + "_" + std::to_string(i)));
    }
  }
}
