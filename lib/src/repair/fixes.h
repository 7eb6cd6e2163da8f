#pragma once
// The opt-in repairs of a text that is whole, together: one plan, one account.

#include "session/repair.h"

namespace session::repair {

/// What Fixes::header adds to `plan`, whose content is whole: `after` is judged anew with `check`. Fields
/// that nothing tells leave it as it is, and are named.
void add_header(RepairPlan& plan, const RepairOptions& options, Format format, const CheckOptions& check);

}  // namespace session::repair
