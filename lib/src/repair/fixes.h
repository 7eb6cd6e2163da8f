#pragma once
// The opt-in repairs of a text that is whole, together: one plan, one account.

#include "session/repair.h"

namespace session::repair {

/// What Fixes::header adds to the content of `plan`, to be judged afterwards. Fields that nothing tells leave
/// it as it is, and are named.
void add_header(RepairPlan& plan, const RepairOptions& options, Format format);

/// Names what add_header() would make again of the content of `plan`, where that was not asked for, and what
/// nothing tells.
void offer_header(RepairPlan& plan, const RepairOptions& options, Format format);

}  // namespace session::repair
