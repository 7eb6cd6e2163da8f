// The rules of the house that a reader of the sources can check: which layer may know which, where the
// operating system and third-party libraries stand, how large a file may be.

#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <vector>

#include "support/source_file.h"
#include "support/temp_dir.h"

namespace fs = std::filesystem;

namespace {

struct Source {
  std::string path;  ///< from the top of the project
  std::string text;
  std::vector<std::string> includes;  ///< as written: "session/fs.h" or <cerrno>

  [[nodiscard]] bool below(std::string_view folder) const { return path.starts_with(folder); }
  [[nodiscard]] bool includes_any(const std::regex& pattern) const {
    return std::ranges::any_of(includes,
                               [&](const std::string& name) { return std::regex_match(name, pattern); });
  }
};

Source read_source(const fs::path& file) {
  Source source{fs::relative(file, session::test::source_file("")).string(),
                session::test::read_file(file.string()),
                {}};
  std::istringstream lines{source.text};
  static const std::regex k_include{R"re(\s*#include ([<"][^>"]+[>"]).*)re"};
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (std::regex_match(line, match, k_include)) source.includes.push_back(match[1]);
  }
  return source;
}

const std::vector<Source>& sources() {
  static const std::vector<Source> all = [] {
    std::vector<Source> found;
    for (const char* top : {"lib", "tools"}) {
      for (const auto& entry : fs::recursive_directory_iterator(session::test::source_file(top))) {
        const std::string extension = entry.path().extension().string();
        if (extension == ".cpp" || extension == ".h") found.push_back(read_source(entry.path()));
      }
    }
    return found;
  }();
  return all;
}

/// lib/src/check/x.cpp → "check", lib/src/repair/mend/x.cpp → "repair/mend"
std::string layer_of(const Source& source) {
  const std::string below = source.path.substr(std::string_view{"lib/src/"}.size());
  return below.substr(0, below.rfind('/'));
}

/// Whether `word` stands in `text` and is not the end of a longer one: snprintf is no printf.
bool has_word(std::string_view text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    if (at == 0 || std::isalnum(static_cast<unsigned char>(text[at - 1])) == 0) return true;
  }
  return false;
}

/// No source but those `allowed` (a pattern of paths) may include what `pattern` matches.
void only_in(const std::string& pattern, const std::string& allowed) {
  const std::regex what{pattern}, where{allowed};
  for (const Source& source : sources()) {
    if (std::regex_match(source.path, where)) continue;
    CHECK_MESSAGE(!source.includes_any(what), source.path << " includes what only " << allowed << " may");
  }
}

}  // namespace

TEST_CASE("layers know only what is below them") {
  const std::map<std::string, std::set<std::string>> may_know{
      {"base", {}},
      {"json", {"base"}},
      {"sys", {"base"}},
      {"check", {"base", "json"}},
      {"repair/salvage", {"base", "json", "check"}},
      {"repair/mend", {"base", "json", "check", "repair/salvage"}},
      {"repair", {"base", "json", "check", "repair/salvage", "repair/mend"}},
      {"retention", {"base", "json", "check"}},
      {"config", {"base"}},
      {"store", {"base", "json", "sys", "check", "repair", "retention", "config"}}};
  REQUIRE(sources().size() > 50);
  for (const Source& source : sources()) {
    if (!source.below("lib/src/")) continue;
    const std::string layer = layer_of(source);
    REQUIRE_MESSAGE(may_know.contains(layer), source.path << " stands in no layer");
    for (const std::string& name : source.includes) {
      if (name.front() != '"' || name.starts_with("\"session/")) continue;
      const std::string other = name.substr(1, name.rfind('/') - 1);
      const bool allowed = other == layer || may_know.at(layer).contains(other);
      CHECK_MESSAGE(allowed, source.path << " must not include " << name);
    }
  }
}

TEST_CASE("policy is pure: no file system, no process, no locks, no threads") {
  const std::regex impure{
      R"re("session/(fs|process|lock|execute|scan|inspect|ordered_pool)\.h"|<(thread|mutex|filesystem|fstream|cstdlib|unistd\.h|fcntl\.h|sys/.*)>)re"};
  for (const Source& source : sources()) {
    if (!source.below("lib/src/")) continue;
    const std::string layer = layer_of(source);
    if (layer == "sys" || layer == "store" || layer == "base") continue;
    CHECK_MESSAGE(!source.includes_any(impure), source.path << " is policy and must be pure");
  }
}

TEST_CASE("the operating system stands in lib/src/sys and tools/cli") {
  only_in(R"(<(unistd\.h|fcntl\.h|sys/.*|dirent\.h|windows\.h|poll\.h)>)",
          R"((lib/src/sys|tools/cli)/.*|tools/commands/.*)");
  only_in(R"(<(unistd\.h|fcntl\.h|sys/.*|dirent\.h|windows\.h|cerrno|errno\.h)>)",
          R"(lib/src/sys/.*|lib/src/base/error\.cpp|tools/.*)");
}

TEST_CASE("third-party libraries have their places") {
  only_in(R"([<"]simdjson.*)", "lib/src/(json|check)/.*");
  only_in(R"([<"]yaml-cpp.*)", "lib/src/config/.*");
  only_in(R"([<"]nettle.*)", "lib/src/base/.*");
  only_in(R"([<"]liburing.*)", "lib/src/sys/.*");
  only_in(R"([<"](CLI|fmt|nlohmann)/.*)", "tools/.*");
  only_in(R"([<"]spdlog/.*)", R"(tools/cli/log\.cpp)");
}

TEST_CASE("the library neither prints nor knows of dry runs") {
  for (const Source& source : sources()) {
    if (!source.below("lib/")) continue;
    CHECK_MESSAGE(source.text.find("dry_run") == std::string::npos, source.path);
    CHECK_MESSAGE(!source.includes_any(std::regex{"<(iostream|ostream|print)>"}), source.path);
    for (const std::string_view word : {"printf(", "puts(", "perror(", "std::cout", "std::cerr"}) {
      CHECK_MESSAGE(!has_word(source.text, word), source.path << " has " << word);
    }
  }
}

TEST_CASE("tools take public headers only, and the frame knows no tool") {
  for (const Source& source : sources()) {
    if (!source.below("tools/")) continue;
    for (const std::string& name : source.includes) {
      if (name.front() != '"') continue;
      const bool known = name.starts_with("\"session/") || name.starts_with("\"cli/") ||
                         (name.starts_with("\"commands/") && !source.below("tools/cli/"));
      CHECK_MESSAGE(known, source.path << " must not include " << name);
    }
  }
}

TEST_CASE("public headers include public headers only and say what they are for") {
  for (const Source& source : sources()) {
    if (source.path.ends_with(".h")) {
      CHECK_MESSAGE(source.text.starts_with("#pragma once\n"), source.path);
    }
    if (!source.below("lib/include/")) continue;
    CHECK_MESSAGE(source.text.starts_with("#pragma once\n// "), source.path << " begins without its purpose");
    for (const std::string& name : source.includes) {
      const bool allowed = name.front() == '<' || name.starts_with("\"session/");
      CHECK_MESSAGE(allowed, source.path << " must not include " << name);
    }
  }
}

TEST_CASE("files are of one purpose: about 400 lines at most, and not named for a bag of things") {
  const std::regex bag{".*(util|helper|misc|manager|handler|common)[^/]*"};
  for (const Source& source : sources()) {
    const auto lines = std::ranges::count(source.text, '\n');
    CHECK_MESSAGE(lines <= 420, source.path << " has " << lines << " lines");
    CHECK_MESSAGE(!std::regex_match(source.path, bag), source.path);
  }
}

TEST_CASE("nothing is left to do later") {
  for (const Source& source : sources()) {
    for (const std::string_view word : {"TODO", "FIXME", "XXX", "HACK"}) {
      CHECK_MESSAGE(!has_word(source.text, word), source.path << " has " << word);
    }
  }
}
