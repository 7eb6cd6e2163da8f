#include "power_cut/savers.h"

#include <mutex>
#include <random>
#include <thread>

#include "session/patch.h"
#include "support/run_process.h"

namespace session::test {
namespace {

using Clock = std::chrono::steady_clock;

constexpr unsigned k_most_doublings = 9;
constexpr unsigned k_most_new_dirs = 200;

/// A session no other version is equal to, of 100 bytes to 50 KB, or of few doublings of 100 bytes.
std::string make_session(const std::string& id, unsigned version, std::mt19937& random,
                         unsigned most_doublings = k_most_doublings) {
  std::uniform_int_distribution<unsigned> exponent(0, most_doublings);
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
      save(path_of(id), make_session(id, version, random), {"--store", at("store"), id});
    }
  }

  /// Each file in directories that did not exist.
  void save_into_new_dirs() {
    std::mt19937 random(1);
    for (unsigned version = 0; version < k_most_new_dirs && !is_over(); ++version) {
      const std::string id = "new-" + std::to_string(version);
      const std::string path = id + "/sub/" + id + ".json";
      save(path, make_session(id, version, random), {"--file", at(path)});
    }
  }

  /// Twenty at a time, by group commit; each is acknowledged when its result is seen.
  void save_batches() {
    std::mt19937 random(3);
    for (unsigned version = 0; !is_over(); ++version) {
      std::string input;
      std::vector<std::string> ids;
      for (unsigned number = 0; number < k_batch_size; ++number) {
        ids.push_back("batch-" + std::to_string(number));
        std::string content = make_session(ids.back(), version, random);
        content.pop_back();
        input += R"({"id":")" + ids.back() + R"(","session":)" + content + "}\n";
        history_.begin(path_of(ids.back()), Growth::replaced, std::move(content), disk_.position());
      }
      Process saving(command({"--batch", "--format", "ndjson", "--store", at("store")}));
      saving.write(input);
      saving.close_input();
      for (const std::string& id : ids) {
        const std::string saved = R"("id":")" + id + R"(","outcome":)";
        if (saving.wait_for(saved)) history_.acknowledge(path_of(id), disk_.position());
      }
      if (const ProcessResult result = saving.wait(); result.status != 0) complain("batch", result);
    }
  }

  /// One session, changed by one patch after the other.
  void save_patches(const std::string& id) {
    std::mt19937 random(4);
    std::string content = make_session(id, 0, random);
    save(path_of(id), content, {"--store", at("store"), id});
    for (unsigned version = 1; !is_over(); ++version) {
      const std::string patch = make_session(id, version, random);
      content = *merge_patch(content, patch);
      history_.begin(path_of(id), Growth::replaced, content, disk_.position());
      finish(path_of(id), run_process(command({"--patch", "--store", at("store"), id}), {.input = patch}));
    }
  }

  /// Kept in memory by one process and flushed together; every fourth version of each is its removal.
  void save_by_autosave() {
    std::mt19937 random(5);
    Process keeper(command({"--autosave", "--store", at("kept"), "--interval", "1h"}));
    bool works = true;
    for (unsigned version = 0; works && !is_over(); ++version) {
      std::string input;
      for (unsigned number = 0; number < k_kept; ++number) {
        input += version > 0 && (version + number) % 4 == 3 ? begin_removal(number)
                                                            : begin_put(number, version, random);
      }
      keeper.write(input + "{\"op\":\"flush\"}\n");
      works = keeper.wait_for(R"("op":"flush")", version + 1) &&
              keeper.out().find(R"("ok":false)") == std::string::npos;
      if (!works) break;
      for (unsigned number = 0; number < k_kept; ++number) {
        history_.acknowledge(kept_path(number), disk_.position());
      }
    }
    keeper.close_input();
    const ProcessResult result = keeper.wait();
    if (!works || result.status != 0) complain("autosave", result);
  }

  /// One record after the other to the same file.
  void append_records(const std::string& path) {
    std::mt19937 random(2);
    std::string content;
    for (unsigned number = 0; !is_over(); ++number) {
      const std::string record = make_session(path, number, random, 3);
      content += record;
      history_.begin(path, Growth::appended, content, disk_.position());
      finish(path, run_process(append_command(at(path), setup_.durability), {.input = record}));
    }
  }

  [[nodiscard]] std::vector<std::string> complaints() {
    const std::lock_guard lock(mutex_);
    return complaints_;
  }

 private:
  static constexpr unsigned k_batch_size = 20;
  static constexpr unsigned k_kept = 5;
  static std::string path_of(const std::string& id) { return "store/" + id + ".json"; }
  [[nodiscard]] bool is_over() const { return Clock::now() >= end_; }
  [[nodiscard]] std::string at(const std::string& path) const { return setup_.mount_point + "/" + path; }

  [[nodiscard]] std::vector<std::string> command(const std::vector<std::string>& words) const {
    std::vector<std::string> command = {tool_path("session-save"), "--layout", "synapse", "--durability",
                                        setup_.durability};
    command.insert(command.end(), words.begin(), words.end());
    return command;
  }

  static std::string kept_id(unsigned number) { return "kept-" + std::to_string(number); }
  static std::string kept_path(unsigned number) { return "kept/" + kept_id(number) + ".json"; }

  /// The request.
  std::string begin_removal(unsigned number) {
    history_.begin_removal(kept_path(number), disk_.position());
    return R"({"op":"delete","id":")" + kept_id(number) + "\"}\n";
  }
  std::string begin_put(unsigned number, unsigned version, std::mt19937& random) {
    std::string content = make_session(kept_id(number), version, random);
    content.pop_back();
    std::string request = R"({"op":"put","id":")" + kept_id(number) + R"(","session":)" + content + "}\n";
    history_.begin(kept_path(number), Growth::replaced, std::move(content), disk_.position());
    return request;
  }

  void save(const std::string& path, const std::string& content, const std::vector<std::string>& words) {
    history_.begin(path, Growth::replaced, content, disk_.position());
    finish(path, run_process(command(words), {.input = content}));
  }

  void finish(const std::string& path, const ProcessResult& result) {
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

std::vector<std::string> append_command(const std::string& path, const std::string& durability) {
  return {tool_path("session-save"), "--append", "--durability", durability, "--file", path};
}

std::vector<std::string> run_savers(const SaverSetup& setup, RecordedDisk& disk, History& history) {
  Savers savers(setup, disk, history);
  std::vector<std::thread> threads;
  for (const char* name : {"north", "east", "south", "west"}) {
    threads.emplace_back([&savers, name] { savers.save_singles(name); });
  }
  threads.emplace_back([&] { savers.save_into_new_dirs(); });
  threads.emplace_back([&] { savers.save_batches(); });
  threads.emplace_back([&] { savers.save_patches("patched"); });
  threads.emplace_back([&] { savers.save_by_autosave(); });
  threads.emplace_back([&] { savers.append_records("store/transcript.jsonl"); });
  for (std::thread& thread : threads) thread.join();
  return savers.complaints();
}

}  // namespace session::test
