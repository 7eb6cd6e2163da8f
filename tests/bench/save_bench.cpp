// A batch of 1,000 sessions of 4 KB against the loops that programs have today, on an ext4 of its own, alone
// and beside 400 MB of other programs' unwritten data. Needs root for the mount; node and the npm packages
// write-file-atomic and atomically are measured where they are found (NODE_PATH; ./dev bench sees to it).

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <stdexcept>

#include "support/mounting.h"
#include "support/run_process.h"
#include "support/temp_dir.h"

using namespace session::test;

namespace {

namespace files = std::filesystem;

constexpr int k_sessions = 1'000;
constexpr int k_rounds = 5;
const std::string k_session = "{\"text\":\"" + std::string(4'080, 'x') + "\"}";

/// An ext4 in a file.
class Disk {
 public:
  Disk() {
    run({"truncate", "-s", "2G", temp_ / "image"});
    run({"mkfs.ext4", "-q", "-F", temp_ / "image"});
    files::create_directory(mount_point());
    run({"mount", "-o", "loop", temp_ / "image", mount_point()});
  }
  Disk(const Disk&) = delete;
  Disk& operator=(const Disk&) = delete;
  ~Disk() { run_process({"umount", mount_point()}); }
  [[nodiscard]] std::string mount_point() const { return temp_ / "disk"; }

 private:
  static void run(const std::vector<std::string>& command) {
    const ProcessResult result = run_process(command);
    if (result.status != 0) throw std::runtime_error(command.front() + ": " + result.err);
  }
  TempDir temp_;
};

void make_dirty(const std::string& directory) {
  const std::string piece(1 << 20, 'd');
  const int file = ::open((directory + "/foreign").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  for (int i = 0; i < 400; ++i) REQUIRE(::write(file, piece.data(), piece.size()) == 1 << 20);
  ::close(file);
}

/// fsync, rename, fsync of the directory for every file: what a careful program does alone.
void save_one_by_one(const std::string& directory) {
  const int dir = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY);
  for (int i = 0; i < k_sessions; ++i) {
    const std::string name = "s" + std::to_string(i) + ".json";
    const std::string temp = name + ".tmp";
    const int file = ::openat(dir, temp.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0600);
    REQUIRE(::write(file, k_session.data(), k_session.size()) == static_cast<ssize_t>(k_session.size()));
    REQUIRE(::fsync(file) == 0);
    ::close(file);
    REQUIRE(::renameat(dir, temp.c_str(), dir, name.c_str()) == 0);
    REQUIRE(::fsync(dir) == 0);
  }
  ::close(dir);
}

/// A program of node that saves them all; its packages are found in NODE_PATH.
ProcessResult run_node(const std::string& directory, const std::string& body) {
  const std::string script = "const fs=require('fs'),d=process.argv[1],c='" + k_session + "',all=[...Array(" +
                             std::to_string(k_sessions) + ").keys()].map(i=>d+'/s'+i+'.json');(async()=>{" +
                             body + "})().catch(e=>{console.error(e);process.exit(1)})";
  return run_process({"node", "-e", script, directory});
}

std::string version_of(const std::string& package) {
  // What a package lets nobody require is still a file.
  const ProcessResult result =
      run_process({"node", "-p",
                   "JSON.parse(require('fs').readFileSync(require.resolve('" + package +
                       "').replace(/(.*node_modules.[^/]+).*/,'$1/package.json'))).version"});
  return result.status == 0 ? result.out.substr(0, result.out.find('\n')) : "";
}

struct Contestant {
  std::string name;
  std::function<void(const std::string& directory)> save;
  std::vector<double> alone = {}, beside = {};  ///< milliseconds, one a round
};

Contestant in_node(std::string name, std::string body) {
  return {std::move(name), [body = std::move(body)](const std::string& directory) {
            const ProcessResult result = run_node(directory, body);
            if (result.status != 0) throw std::runtime_error("node: " + result.err);
          }};
}

void add_packages(std::vector<Contestant>& all) {
  struct Package {
    std::string name, function;
  };
  for (const Package& package :
       {Package{"write-file-atomic", "require('write-file-atomic')"},
        Package{"atomically", "(await import(require.resolve('atomically'))).writeFile"}}) {
    const std::string version = version_of(package.name);
    if (version.empty()) {
      std::printf("npm %s is not installed: not measured\n", package.name.c_str());
      continue;
    }
    const std::string title = "npm " + package.name + " " + version;
    const std::string save = "const save=" + package.function + ";";
    all.push_back(in_node(title, save + "for(const f of all)await save(f,c);"));
    all.push_back(in_node(title + ", all at once", save + "await Promise.all(all.map(f=>save(f,c)));"));
  }
}

std::vector<Contestant> contestants() {
  std::string batch;
  for (int i = 0; i < k_sessions; ++i) {
    batch += "{\"id\":\"s" + std::to_string(i) + "\",\"session\":" + k_session + "}\n";
  }
  std::vector<Contestant> all;
  all.push_back({"session-save --batch", [batch](const std::string& directory) {
                   const ProcessResult result = run_process(
                       {tool_path("session-save"), "--batch", "--store", directory}, {.input = batch});
                   REQUIRE(result.status == 0);
                 }});
  all.push_back({"fsync, rename, fsync for each", save_one_by_one});
  const ProcessResult node = run_process({"node", "--version"});
  if (node.status != 0) {
    std::printf("node is not installed: not measured\n");
    return all;
  }
  const std::string version = node.out.substr(0, node.out.find('\n'));
  all.push_back(in_node("node " + version + ", temp + rename, undurable",
                        "for(const f of all){fs.writeFileSync(f+'.tmp.'+process.pid,c);"
                        "fs.renameSync(f+'.tmp.'+process.pid,f);}"));
  all.push_back(in_node("node " + version + ", starting and ending alone", ""));
  add_packages(all);
  return all;
}

enum class Foreign : bool { none, much };

double milliseconds_for(const Contestant& contestant, const std::string& disk, Foreign foreign) {
  const std::string directory = disk + "/store";
  files::remove_all(directory);
  files::remove(disk + "/foreign");
  files::create_directory(directory);
  ::sync();
  if (foreign == Foreign::much) make_dirty(disk);
  const auto start = std::chrono::steady_clock::now();
  contestant.save(directory);
  const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - start;
  return time.count();
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

TEST_CASE("saving 1,000 sessions of 4 KB") {
  if (const std::string obstacle = prepare_mounting(); !obstacle.empty()) {
    std::printf("skipped: %s\n", obstacle.c_str());
    return;
  }
  const Disk disk;
  std::vector<Contestant> all = contestants();
  // In turn, so that a slow moment of the machine hits all of them.
  for (int round = 0; round < k_rounds; ++round) {
    for (Contestant& contestant : all) {
      contestant.alone.push_back(milliseconds_for(contestant, disk.mount_point(), Foreign::none));
      contestant.beside.push_back(milliseconds_for(contestant, disk.mount_point(), Foreign::much));
    }
  }
  std::printf("%d sessions of %zu bytes, median of %d rounds\n", k_sessions, k_session.size(), k_rounds);
  std::printf("%-46s %8s %6s %22s %6s\n", "", "alone ms", "ratio", "400 MB foreign data ms", "ratio");
  const double alone = median(all.front().alone);
  const double beside = median(all.front().beside);
  for (const Contestant& contestant : all) {
    const double mine = median(contestant.alone), other = median(contestant.beside);
    std::printf("%-46s %8.0f %6.2f %22.0f %6.2f\n", contestant.name.c_str(), mine, mine / alone, other,
                other / beside);
  }
}
