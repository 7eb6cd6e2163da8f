#pragma once

#include <doctest/doctest.h>

#include "session/repair.h"

namespace session::test {

/// Every byte of the input is kept or in exactly one dropped range.
inline void check_account(const RepairPlan& plan, ByteView input) {
  std::uint64_t end = 0;
  std::uint64_t sum = 0;
  for (const DroppedRange& range : plan.dropped) {
    CHECK(range.offset >= end);
    end = range.offset + range.length;
    sum += range.length;
  }
  CHECK(end <= input.size());
  CHECK(sum == plan.loss.bytes_dropped);
  CHECK(plan.content.size() == input.size() - sum + plan.loss.bytes_inserted);
}

}  // namespace session::test
