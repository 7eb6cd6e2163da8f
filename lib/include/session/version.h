#pragma once
// The version of the toolkit, as CMakeLists.txt states it.

#include <string_view>

namespace session {

std::string_view version();  ///< "0.1.0"

}  // namespace session
