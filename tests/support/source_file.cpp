#include "support/source_file.h"

namespace session::test {

std::string source_file(const std::string& path) { return std::string{SESSION_SOURCE_DIR "/"} + path; }

}  // namespace session::test
