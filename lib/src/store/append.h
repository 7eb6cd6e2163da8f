#pragma once
// The execution of an AppendStep: the one place that writes into an existing file instead of replacing it.

#include "session/execute.h"

namespace session {

Result<Outcome> append_record(Fs& fs, const Dir& dir, const AppendStep& step);

}  // namespace session
