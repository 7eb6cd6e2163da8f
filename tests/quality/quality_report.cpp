// Prints, per family, how much of the damaged sessions is recovered: by session-repair, or by a peer that was
// given the same cases as files (peers.sh).

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "quality/run.h"

namespace {

struct Options {
  quality::Selection selection;
  std::string dump;               // where to; empty: nothing is dumped
  std::vector<std::string> peer;  // where its results are and what they end with; empty: session-repair
  std::size_t worst = 0;
  std::string worst_into = ".";
};

void add_options(CLI::App& app, Options& options) {
  using quality::DocumentSet;
  static const std::map<std::string, DocumentSet> k_sets = {
      {"usual", DocumentSet::usual}, {"other", DocumentSet::other}, {"foreign", DocumentSet::foreign}};
  app.add_option("--set", options.selection.set, "The documents")->transform(CLI::Transformer(k_sets));
  app.add_option("--family", options.selection.family, "This kind of damage only");
  app.add_option("--document", options.selection.document, "Documents with this in their name only");
  app.add_option("--seed", options.selection.seed);
  app.add_option("--steps", options.selection.steps, "Places of the damage in each document");
  app.add_option("--worst", options.worst, "List as many of the worst cases, and write them as files");
  app.add_option("--worst-into", options.worst_into, "The directory to write those to")
      ->check(CLI::ExistingDirectory);
  auto* const dump = app.add_option("--dump", options.dump, "Write the cases there as files, for peers");
  app.add_option("--peer", options.peer, "DIRECTORY NAME: the results of that peer beside dumped cases")
      ->expected(2)
      ->excludes(dump);
}

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_file(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

void dump_cases(const Options& options) {
  std::filesystem::create_directories(options.dump);
  std::size_t number = 0;
  quality::run(options.selection, [&](const quality::Case& c) {
    const std::string name = options.dump + "/" + std::to_string(number++);
    write_file(name + (c.document->format == session::Format::json ? ".json" : ".jsonl"), c.damaged.text);
    return quality::Repaired();
  });
}

quality::Results results_of(const Options& options) {
  if (options.peer.empty()) return quality::run(options.selection, quality::repair_ours);
  std::size_t number = 0;
  return quality::run(options.selection, [&](const quality::Case&) {
    return quality::Repaired{
        read_file(options.peer.front() + "/" + std::to_string(number++) + "." + options.peer.back())};
  });
}

void print_worst(const quality::Results& results, const Options& options) {
  for (std::size_t i = 0; i < std::min(options.worst, results.worst.size()); ++i) {
    const quality::Case& c = results.worst[i];
    const std::string file = options.worst_into + "/worst-" + std::to_string(i);
    std::printf("%s %s step %zu: P %.3f R %.3f%s: %s\n", std::string(c.family->name).c_str(),
                c.document->name.c_str(), c.step, c.score.precision, c.score.recall,
                c.loads ? "" : " does not load", file.c_str());
    write_file(file + ".in", c.damaged.text);
    write_file(file + ".out", c.result);
  }
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("How much a repair recovers, by family of damage");
  add_options(app, options);
  CLI11_PARSE(app, argc, argv);
  if (!options.dump.empty()) {
    dump_cases(options);
    return 0;
  }
  const quality::Results results = results_of(options);
  std::cout << quality::table(results) << std::flush;
  print_worst(results, options);
}
