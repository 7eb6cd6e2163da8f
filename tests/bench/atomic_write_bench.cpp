// One atomic write of 4 KB over an older version, by durability, beside the same system calls without the
// library and beside writing in place, which protects nothing: the median of many, in rounds.
//   atomic_write_bench DIR     on the file system of DIR

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "session/atomic_write.h"

namespace {

using namespace session;

constexpr int k_rounds = 5;
constexpr int k_writes = 60;
const std::string k_content = "{\"text\":\"" + std::string(4'085, 'x') + "\"}";

void demand(bool done, const char* what) {
  if (done) return;
  std::perror(what);
  std::exit(1);
}

void write_file(const std::string& path, int flags, bool flush) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);
  demand(file >= 0, path.c_str());
  demand(::write(file, k_content.data(), k_content.size()) == static_cast<ssize_t>(k_content.size()),
         path.c_str());
  demand(!flush || ::fsync(file) == 0, path.c_str());
  ::close(file);
}

/// Temporary, rename; `flush`: fsync of the content and of the directory.
void write_bare(const std::string& directory, bool flush) {
  const std::string temporary = directory + "/bare.json.tmp";
  write_file(temporary, O_EXCL, flush);
  demand(::rename(temporary.c_str(), (directory + "/bare.json").c_str()) == 0, "rename");
  if (!flush) return;
  const int dir = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  demand(dir >= 0 && ::fsync(dir) == 0, directory.c_str());
  ::close(dir);
}

void write_ours(const std::string& directory, Durability durability) {
  WriteOptions options;
  options.durability = durability;
  const auto written = atomic_write(directory + "/ours.json", k_content, options);
  if (written) return;
  std::fprintf(stderr, "atomic_write_bench: %s\n", describe(written.error()).c_str());
  std::exit(1);
}

struct Way {
  const char* name;
  std::size_t base;  ///< index of what it is compared with
  std::function<void()> write;
  std::vector<double> microseconds{};

  [[nodiscard]] double median() {
    std::sort(microseconds.begin(), microseconds.end());
    return microseconds[microseconds.size() / 2];
  }
};

std::vector<Way> ways(const std::string& directory) {
  return {{"bare: temporary, rename", 0, [=] { write_bare(directory, false); }},
          {"atomic_write, none", 0, [=] { write_ours(directory, Durability::none); }},
          {"bare: the same with fsync of both", 2, [=] { write_bare(directory, true); }},
          {"atomic_write, data", 2, [=] { write_ours(directory, Durability::data); }},
          {"atomic_write, full", 2, [=] { write_ours(directory, Durability::full); }},
          {"in place, no flush (protects nothing)", 0,
           [=] { write_file(directory + "/in_place.json", O_TRUNC, false); }}};
}

void measure(Way& way) {
  // What the way before left unwritten is not this one's.
  ::sync();
  for (int write = 0; write < k_writes; ++write) {
    const auto begin = std::chrono::steady_clock::now();
    way.write();
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begin;
    way.microseconds.push_back(took.count());
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  std::vector<Way> all = ways(argv[1]);
  for (int round = 0; round < k_rounds; ++round) {
    for (Way& way : all) measure(way);
  }
  std::printf("4 KB over an older version in %s\n", argv[1]);
  for (Way& way : all) {
    const double median = way.median();
    std::printf("  %-40s %9.1f us  %5.2f x %s\n", way.name, median, median / all[way.base].median(),
                all[way.base].name);
  }
  for (const char* const name : {"ours", "bare", "in_place"}) {
    ::unlink((std::string(argv[1]) + "/" + name + ".json").c_str());
  }
  return 0;
}
