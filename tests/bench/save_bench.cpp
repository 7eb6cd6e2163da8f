// A batch of 1,000 sessions of 4 KB against the loops that programs have today, on an ext4 of its own, alone
// and with 400 MB of other programs' unwritten data. Needs root for the mount; node and the npm packages
// write-file-atomic and atomically are measured where they are found (NODE_PATH).

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

void save_by_node(const std::string& directory, const std::string& body) {
  const std::string script = "const fs=require('fs'),d=process.argv[1],c='" + k_session + "';(async()=>{" +
                             body + "})().catch(e=>{console.error(e);process.exit(1)})";
  const ProcessResult result = run_process({"node", "-e", script, directory});
  if (result.status != 0) throw std::runtime_error("node: " + result.err);
}

std::string node_loop(const std::string& statement) {
  return "for(let i=0;i<" + std::to_string(k_sessions) + ";i++){const f=d+'/s'+i+'.json';" + statement + "}";
}

bool node_has(const std::string& package) {
  return run_process({"node", "-e", "require.resolve('" + package + "')"}).status == 0;
}

struct Contestant {
  std::string name;
  std::function<void(const std::string& directory)> save;
};

std::vector<Contestant> contestants() {
  std::string batch;
  for (int i = 0; i < k_sessions; ++i) {
    batch += "{\"id\":\"s" + std::to_string(i) + "\",\"session\":" + k_session + "}\n";
  }
  std::vector<Contestant> all = {
      {"session-save --batch",
       [batch](const std::string& directory) {
         const ProcessResult result =
             run_process({tool_path("session-save"), "--batch", "--store", directory}, {.input = batch});
         REQUIRE(result.status == 0);
       }},
      {"fsync, rename, fsync per file", save_one_by_one},
  };
  if (run_process({"node", "--version"}).status != 0) return all;
  all.push_back({"node, temp + rename, undurable", [](const std::string& directory) {
                   save_by_node(directory, node_loop("fs.writeFileSync(f+'.tmp.'+process.pid,c);"
                                                     "fs.renameSync(f+'.tmp.'+process.pid,f);"));
                 }});
  if (node_has("write-file-atomic")) {
    all.push_back({"npm write-file-atomic", [](const std::string& directory) {
                     save_by_node(directory,
                                  "const w=require('write-file-atomic');" + node_loop("await w(f,c);"));
                   }});
  }
  if (node_has("atomically")) {
    all.push_back({"npm atomically", [](const std::string& directory) {
                     save_by_node(directory,
                                  "const {writeFile}=await import(require.resolve('atomically'));" +
                                      node_loop("await writeFile(f,c);"));
                   }});
  }
  return all;
}

/// The best of three, each in a directory of its own.
double milliseconds_for(const Contestant& contestant, const std::string& disk, bool foreign_data) {
  double best = 0;
  for (int round = 0; round < 3; ++round) {
    const std::string directory = disk + "/store";
    files::remove_all(directory);
    files::create_directory(directory);
    ::sync();
    if (foreign_data) make_dirty(disk);
    const auto start = std::chrono::steady_clock::now();
    contestant.save(directory);
    const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - start;
    best = round == 0 ? time.count() : std::min(best, time.count());
  }
  return best;
}

}  // namespace

TEST_CASE("saving 1,000 sessions of 4 KB") {
  if (const std::string obstacle = prepare_mounting(); !obstacle.empty()) {
    std::printf("skipped: %s\n", obstacle.c_str());
    return;
  }
  const Disk disk;
  std::printf("%-32s %12s %8s %24s %8s\n", "", "alone ms", "ratio", "400 MB foreign data ms", "ratio");
  double alone_first = 0, foreign_first = 0;
  for (const Contestant& contestant : contestants()) {
    const double alone = milliseconds_for(contestant, disk.mount_point(), false);
    const double foreign = milliseconds_for(contestant, disk.mount_point(), true);
    if (alone_first == 0) alone_first = alone, foreign_first = foreign;
    std::printf("%-32s %12.0f %8.2f %24.0f %8.2f\n", contestant.name.c_str(), alone, alone / alone_first,
                foreign, foreign / foreign_first);
  }
}
