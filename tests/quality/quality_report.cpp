// Prints, per family, how much of the damaged sessions is recovered.
//   session_quality_report [--set usual|other|foreign] [--family NAME] [--document NAME] [--worst N]
//                                                  the table, and the worst cases
//   session_quality_report --dump DIRECTORY        the cases as files, for peers
//   session_quality_report --peer DIRECTORY NAME   the table of a peer's results

#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include "quality/run.h"

namespace {

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_file(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

}  // namespace

int main(int argc, char** argv) {
  quality::Selection selection;
  std::string dump;
  std::string peer_directory;
  std::string peer;
  std::size_t worst = 0;
  for (int i = 1; i < argc; ++i) {
    const std::string option = argv[i];
    const auto next = [&] { return ++i < argc ? std::string(argv[i]) : std::string(); };
    if (option == "--family") selection.family = next();
    if (option == "--document") selection.document = next();
    if (option == "--seed") selection.seed = static_cast<unsigned>(std::stoul(next()));
    if (option == "--steps") selection.steps = std::stoul(next());
    if (option == "--worst") worst = std::stoul(next());
    if (option == "--set") {
      const std::string set = next();
      selection.set = set == "foreign" ? quality::DocumentSet::foreign
                      : set == "other" ? quality::DocumentSet::other
                                       : quality::DocumentSet::usual;
    }
    if (option == "--dump") dump = next();
    if (option == "--peer") {
      peer_directory = next();
      peer = next();
    }
  }
  quality::Repairer repairer = quality::repair_ours;
  std::size_t number = 0;
  if (!dump.empty()) {
    std::filesystem::create_directories(dump);
    repairer = [&](const quality::Case& c) {
      const std::string name = dump + "/" + std::to_string(number++);
      write_file(name + (c.document->format == session::Format::json ? ".json" : ".jsonl"), c.damaged.text);
      return quality::Repaired();
    };
  } else if (!peer.empty()) {
    repairer = [&](const quality::Case&) {
      return quality::Repaired{read_file(peer_directory + "/" + std::to_string(number++) + "." + peer)};
    };
  }
  const quality::Results results = quality::run(selection, repairer);
  if (!dump.empty()) return 0;
  std::cout << quality::table(results);
  for (std::size_t i = 0; i < std::min(worst, results.worst.size()); ++i) {
    const quality::Case& c = results.worst[i];
    std::printf("%s %s step %zu: P %.3f R %.3f%s\n", std::string(c.family->name).c_str(),
                c.document->name.c_str(), c.step, c.score.precision, c.score.recall,
                c.loads ? "" : " does not load");
    write_file("/tmp/worst-" + std::to_string(i) + ".in", c.damaged.text);
    write_file("/tmp/worst-" + std::to_string(i) + ".out", c.result);
  }
}
