#pragma once

#include <string>

namespace session::test {

// A file of the source tree, by its path from there. The tree's place is known to one object file only, so
// that a compiler cache serves every checkout.
std::string source_file(const std::string& path);

}  // namespace session::test
