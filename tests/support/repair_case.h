#pragma once
// A repair in memory, held against its exact outcome.

#include <doctest/doctest.h>

#include <string>

#include "session/repair.h"
#include "support/repair_account.h"

namespace session::test {

inline RepairPlan plan_of(ByteView bytes, Format format = Format::json, const char* layout = nullptr) {
  RepairOptions options;
  options.format = format;
  if (layout != nullptr) options.layout = find_layout(layout);
  return plan_repair(bytes, {}, options);
}

/// `input` becomes `expected`, every byte is accounted for, and a second repair finds nothing to do.
inline void check_repair(ByteView input, ByteView expected, Format format = Format::json,
                         const char* layout = nullptr) {
  CAPTURE(input);
  const RepairPlan planned = plan_of(input, format, layout);
  CHECK(planned.status == RepairStatus::repaired);
  CHECK(planned.content == expected);
  check_account(planned, input);
  CHECK(plan_of(planned.content, format, layout).status != RepairStatus::repaired);
}

/// A session of MiniClaw up to its messages, and one of these.
inline const std::string k_miniclaw_head =
    R"({"session_id":"t_1","channel":"t","chat_id":"1","created_at":"2026-01-01T00:00:00Z",)"
    R"("last_accessed":"2026-01-02T00:00:00Z","messages":[)";
inline std::string miniclaw_message(const std::string& text) {
  return R"({"role":"user","content":")" + text + R"(","timestamp":"2026-01-01T00:00:00Z"})";
}

}  // namespace session::test
