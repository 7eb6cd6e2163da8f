#include "power_cut/savers.h"

#include <mutex>
#include <random>
#include <thread>

#include "support/run_process.h"

namespace session::test {
namespace {

using Clock = std::chrono::steady_clock;

/// A session no other version is equal to, of 100 bytes to 60 KB.
std::string make_session(const std::string& id, unsigned version, std::mt19937& random) {
  std::uniform_int_distribution<unsigned> exponent(0, 9);
  std::uniform_int_distribution<unsigned> length(100, 200);
  std::uniform_int_distribution<int> letter('a', 'z');
  std::string filling(length(random) << exponent(random) >> 1U, ' ');
  for (char& byte : filling) byte = static_cast<char>(letter(random));
  return R"({"uuid":")" + id + R"(","prompt_count":)" + std::to_string(version) + R"(,"label":")" + filling +
         "\"}\n";
}

class Savers {
 public:
  Savers(const SaverSetup& setup, RecordedDisk& disk, History& history)
      : setup_(setup), disk_(disk), history_(history), end_(Clock::now() + setup.duration) {}

  /// The same few sessions over and over.
  void save_singles(const std::string& name) {
    std::mt19937 random(std::hash<std::string>{}(name));
    for (unsigned version = 0; !is_over(); ++version) {
      const std::string id = name + "-" + std::to_string(version % 4);
      save("store/" + id + ".json", make_session(id, version, random), {"--store", at("store"), id});
    }
  }

  /// Each file in directories that did not exist.
  void save_into_new_dirs() {
    std::mt19937 random(1);
    for (unsigned version = 0; !is_over(); ++version) {
      const std::string id = "new-" + std::to_string(version);
      const std::string path = id + "/sub/" + id + ".json";
      save(path, make_session(id, version, random), {"--file", at(path)});
    }
  }

  [[nodiscard]] std::vector<std::string> complaints() {
    const std::lock_guard lock(mutex_);
    return complaints_;
  }

 private:
  [[nodiscard]] bool is_over() const { return Clock::now() >= end_; }
  [[nodiscard]] std::string at(const std::string& path) const { return setup_.mount_point + "/" + path; }

  [[nodiscard]] std::vector<std::string> command(const std::vector<std::string>& words) const {
    std::vector<std::string> command = {tool_path("session-save"), "--layout", "synapse", "--durability",
                                        setup_.durability};
    command.insert(command.end(), words.begin(), words.end());
    return command;
  }

  void save(const std::string& path, const std::string& content, const std::vector<std::string>& words) {
    history_.begin(path, Growth::replaced, content, disk_.position());
    const ProcessResult result = run_process(command(words), {.input = content});
    if (result.status == 0) {
      history_.acknowledge(path, disk_.position());
    } else {
      complain(path, result);
    }
  }

  void complain(const std::string& path, const ProcessResult& result) {
    const std::lock_guard lock(mutex_);
    complaints_.push_back(path + ": status " + std::to_string(result.status) + ": " + result.err);
  }

  const SaverSetup& setup_;
  RecordedDisk& disk_;
  History& history_;
  Clock::time_point end_;
  std::mutex mutex_;
  std::vector<std::string> complaints_;
};

}  // namespace

std::vector<std::string> run_savers(const SaverSetup& setup, RecordedDisk& disk, History& history) {
  Savers savers(setup, disk, history);
  std::vector<std::thread> threads;
  threads.emplace_back([&] { savers.save_singles("left"); });
  threads.emplace_back([&] { savers.save_singles("right"); });
  threads.emplace_back([&] { savers.save_into_new_dirs(); });
  for (std::thread& thread : threads) thread.join();
  return savers.complaints();
}

}  // namespace session::test
