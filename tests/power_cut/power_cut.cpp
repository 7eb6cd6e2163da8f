// Power cuts on real file systems: savers work on a file system whose disk records every write and flush;
// then the power "goes" at many points of the record, each time the file system is mounted again from what
// the cut left, and every session must be whole, with nothing missing that was acknowledged. docs/safety.md
// says what this models and what it does not.

#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <exception>
#include <filesystem>
#include <iostream>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "power_cut/disk_file.h"
#include "power_cut/history.h"
#include "power_cut/recorded_disk.h"
#include "power_cut/savers.h"
#include "session/names.h"
#include "support/mounting.h"
#include "support/run_process.h"
#include "support/temp_dir.h"

namespace {

using namespace session::test;

constexpr int k_skipped = 77;  // CTest: SKIP_RETURN_CODE

struct FileSystem {
  std::string name;
  std::string type;
  std::vector<std::string> make;  ///< the command; the image is appended
  std::string mount_options;
  off_t size;
};

constexpr off_t k_mebibyte = 1 << 20;

/// As small as can be, so that freed blocks are soon used again; commits every second instead of every five.
const std::vector<FileSystem>& file_systems() {
  static const std::vector<std::string> make_ext4 = {"mkfs.ext4", "-q", "-F", "-E",
                                                     "lazy_itable_init=0,lazy_journal_init=0"};
  static const std::vector<FileSystem> all = {
      {"ext4-ordered", "ext4", make_ext4, "data=ordered,commit=1", 20 * k_mebibyte},
      {"ext4-writeback", "ext4", make_ext4, "data=writeback,commit=1", 20 * k_mebibyte},
      {"xfs", "xfs", {"mkfs.xfs", "-q", "-f"}, "", 320 * k_mebibyte},
      {"btrfs", "btrfs", {"mkfs.btrfs", "-q", "-f"}, "commit=1", 256 * k_mebibyte},
  };
  return all;
}

struct Options {
  unsigned cuts = 400;
  unsigned seconds = 8;
  unsigned seed = 1;
  std::string durability = "full";
  std::vector<std::string> names;
};

/// What was found after all the cuts of one file system.
struct Tally {
  unsigned cuts = 0;
  std::size_t files = 0, torn_tails = 0, orphans = 0;
  std::size_t lost = 0, torn = 0, foreign = 0;
  [[nodiscard]] std::size_t bad() const { return lost + torn + foreign; }
};

std::string describe(const Cut& cut) {
  static constexpr std::array<const char*, 5> names = {"all", "none", "most", "half", "few"};
  return "cut at " + std::to_string(cut.position) + ", survivors " +
         names.at(static_cast<std::size_t>(cut.survivors)) + ", seed " + std::to_string(cut.seed);
}

/// Half of the cuts strike in the instant after an acknowledgement, the others anywhere.
std::vector<Cut> choose_cuts(unsigned count, std::size_t end, const std::vector<std::size_t>& acknowledged,
                             unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_int_distribution<std::size_t> anywhere(1, std::max<std::size_t>(end, 1));
  std::vector<Cut> cuts;
  for (unsigned number = 0; number < count; ++number) {
    Cut cut{anywhere(random), static_cast<Survivors>(number % 5), static_cast<std::uint32_t>(random())};
    if (number % 2 == 0 && !acknowledged.empty()) {
      cut.position = acknowledged[anywhere(random) % acknowledged.size()];
    }
    cuts.push_back(cut);
  }
  std::sort(cuts.begin(), cuts.end(), [](const Cut& a, const Cut& b) { return a.position < b.position; });
  return cuts;
}

std::optional<std::string> content_of(const std::string& path) {
  if (!std::filesystem::exists(path)) return std::nullopt;
  return read_file(path);
}

/// Every file on the mounted copy is a session that was begun, a temporary or a claim of one, or a lock.
void look_for_strangers(const std::string& root, const History& history, const Cut& cut, Tally& tally) {
  const std::vector<std::string> known = history.paths(cut.position + 1);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file()) continue;
    const std::string path = std::filesystem::relative(entry.path(), root);
    const std::string name = entry.path().filename();
    if (std::binary_search(known.begin(), known.end(), path) || name.ends_with(".lock")) continue;
    const auto artifact = session::parse_artifact(name);
    const bool is_orphan = artifact && (artifact->kind == session::ArtifactKind::temporary ||
                                        artifact->kind == session::ArtifactKind::claim);
    if (is_orphan) {
      ++tally.orphans;
    } else {
      ++tally.foreign;
      std::cerr << describe(cut) << ": " << path << ": nobody saved this\n";
    }
  }
}

/// Appends a record, which heals what is torn, and judges the records before it.
template <class Judge>
Found after_next_append(const std::string& path, Judge judge) {
  const std::string record = "{\"appended\":\"after the cut\"}\n";
  const ProcessResult result = run_process(append_command(path, "none"), {.input = record});
  const std::string content = content_of(path).value_or("");
  if (result.status != 0 || !content.ends_with(record)) {
    std::cerr << path << ": the next append fails: " << result.err;
    return Found::torn;
  }
  const std::string before = content.substr(0, content.size() - record.size());
  return judge(before.empty() ? std::nullopt : std::optional(before));
}

void check_cut(const std::string& root, const History& history, const Cut& cut, Tally& tally) {
  for (const std::string& path : history.paths(cut.position + 1)) {
    ++tally.files;
    const std::optional<std::string> content = content_of(root + "/" + path);
    Found found = history.judge(path, content, cut.position);
    if (found == Found::torn_tail) {
      ++tally.torn_tails;
      found = Found::whole;
    }
    if (found == Found::whole && history.is_appended(path)) {
      found = after_next_append(root + "/" + path, [&](const std::optional<std::string>& before) {
        return history.judge(path, before, cut.position);
      });
    }
    if (found == Found::whole) continue;
    ++(found == Found::lost ? tally.lost : tally.torn);
    std::cerr << describe(cut) << ": " << path << ": " << (found == Found::lost ? "lost" : "torn") << " ("
              << (content ? std::to_string(content->size()) + " bytes" : "no file") << ")\n";
  }
}

/// Why power cuts cannot be tried here; empty if they can.
std::string obstacle() {
  if (std::string reason = prepare_mounting(); !reason.empty()) return reason;
  if (::access("/dev/fuse", R_OK | W_OK) != 0) return "there is no /dev/fuse";
  if (::access("/dev/loop-control", R_OK | W_OK) != 0) return "there are no loop devices";
  return "";
}

bool has_command(const std::string& name) {
  return run_process({"sh", "-c", "command -v " + name}).status == 0;
}

bool kernel_knows(const std::string& type) {
  // Mounting would load the module; asking does not.
  return run_process({"sh", "-c", "grep -qw " + type + " /proc/filesystems || modprobe " + type}).status == 0;
}

Tally try_file_system(const FileSystem& kind, const Options& options, unsigned cuts) {
  const TempDir work;
  const std::string image = work / "base";
  write_file(image, "");
  std::filesystem::resize_file(image, static_cast<std::uintmax_t>(kind.size));
  std::vector<std::string> make = kind.make;
  make.push_back(image);
  if (const ProcessResult made = run_process(make); made.status != 0) throw std::runtime_error(made.err);
  for (const char* name : {"fuse", "mount"}) std::filesystem::create_directory(work / name);

  RecordedDisk disk(image);
  const DiskFile file(disk, work / "fuse");
  History history;
  std::vector<std::string> complaints;
  {
    const LoopMount mounted(file.path(), work / "mount", kind.type, kind.mount_options);
    const SaverSetup setup{work / "mount", options.durability, std::chrono::seconds(options.seconds)};
    complaints = run_savers(setup, disk, history);
  }
  for (const std::string& complaint : complaints) std::cerr << kind.name << ": " << complaint;
  if (!complaints.empty()) throw std::runtime_error("a saver failed");

  const std::size_t end = disk.position();
  Tally tally;
  for (const Cut& cut : choose_cuts(cuts, end, history.acknowledgements(), options.seed)) {
    disk.show(cut);
    const LoopMount mounted(file.path(), work / "mount", kind.type, kind.mount_options);
    look_for_strangers(work / "mount", history, cut, tally);
    check_cut(work / "mount", history, cut, tally);
    ++tally.cuts;
  }
  std::cout << kind.name << ": " << history.acknowledged() << " saves acknowledged, " << end - disk.flushes()
            << " writes, " << disk.flushes() << " flushes; " << tally.cuts << " cuts, " << tally.files
            << " files looked at: " << tally.torn << " torn, " << tally.lost << " acknowledged and lost, "
            << tally.foreign << " strangers, " << tally.torn_tails << " torn tails, " << tally.orphans
            << " orphans\n"
            << std::flush;
  return tally;
}

int run(const Options& options) {
  if (const std::string reason = obstacle(); !reason.empty()) {
    std::cout << "skipped: " << reason << '\n';
    return k_skipped;
  }
  Tally total;
  const auto kinds = static_cast<unsigned>(options.names.size());
  for (const FileSystem& kind : file_systems()) {
    if (std::find(options.names.begin(), options.names.end(), kind.name) == options.names.end()) continue;
    if (!has_command(kind.make.front())) {
      std::cout << kind.name << ": skipped: " << kind.make.front() << " is not installed\n";
      continue;
    }
    if (!kernel_knows(kind.type)) {
      std::cout << kind.name << ": skipped: this kernel does not know " << kind.type << '\n';
      continue;
    }
    const Tally tally = try_file_system(kind, options, (options.cuts + kinds - 1) / kinds);
    total.lost += tally.lost;
    total.torn += tally.torn;
    total.foreign += tally.foreign;
  }
  if (options.durability == "full") return total.bad() == 0 ? 0 : 1;
  // The control: what does not flush must be seen to lose.
  std::cout << "durability " << options.durability << ": " << total.lost << " lost, " << total.torn
            << " torn\n";
  return total.bad() > 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  std::vector<std::string> names;
  for (const FileSystem& kind : file_systems()) names.push_back(kind.name);
  options.names = names;
  CLI::App app("Cuts the power of file systems on which session-save is at work, and looks at what is left");
  app.add_option("--cuts", options.cuts, "Cuts in all, shared among the file systems")->capture_default_str();
  app.add_option("--seconds", options.seconds, "How long the savers work on each")->capture_default_str();
  app.add_option("--seed", options.seed, "For the choice of cuts")->capture_default_str();
  app.add_option("--file-system", options.names, "Which ones")->check(CLI::IsMember(names));
  app.add_option("--durability", options.durability, "Of the savers; any but full must be seen to lose")
      ->check(CLI::IsMember({"full", "data", "none"}));
  CLI11_PARSE(app, argc, argv);
  try {
    return run(options);
  } catch (const std::exception& problem) {
    std::cerr << "power_cut: " << problem.what() << '\n';
    return 1;
  }
}
