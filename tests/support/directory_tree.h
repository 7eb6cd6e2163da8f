#pragma once
// What stands in a directory, by name: to be compared before and after a run.

#include <filesystem>
#include <map>
#include <string>

#include "support/temp_dir.h"

namespace session::test {

using Tree = std::map<std::string, std::string>;

/// The regular files of `directory` itself and their contents, without the store's lock.
inline Tree tree_of(const std::string& directory) {
  Tree tree;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.is_regular_file() && entry.path().filename() != ".lock") {
      tree[entry.path().filename()] = read_file(entry.path());
    }
  }
  return tree;
}

}  // namespace session::test
