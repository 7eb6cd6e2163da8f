#pragma once
// Carrying out the plan of one store: the lock, what an earlier run left, then every removal by execute().

#include "commands/clean/audit.h"
#include "commands/clean/report.h"
#include "commands/clean/survey.h"

namespace session::commands {

struct SweepOptions {
  Doing doing = Doing::cleaning;
  milliseconds lock_timeout{0};
  AuditLog* audit = nullptr;  ///< nullptr: none is kept
  SurveyOptions survey;
};

/// Surveys `store`, carries the plan out (or only reports it), and reports the totals.
void clean_store(Fs& fs, const CleanStore& store, const SweepOptions& options, CleanReport& report);

}  // namespace session::commands
