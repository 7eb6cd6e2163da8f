#pragma once
// Power cuts: stop after any call, then look at everything that may be found on the medium.

#include <functional>

#include "support/interposed_fs.h"
#include "support/memory_fs.h"

namespace session::test {

/// Thrown by the first call that comes too late.
struct PowerCut {};

class CrashFs final : public InterposedFs {
 public:
  CrashFs(MemoryFs& below, std::size_t calls_before_cut)
      : InterposedFs(below), memory_(below), calls_left_(calls_before_cut) {}

 private:
  std::optional<Error> before(Op, const Path&) override {
    if (calls_left_ == 0) {
      memory_.freeze();  // what the handles close on the way out happens no more
      throw PowerCut{};
    }
    --calls_left_;
    return std::nullopt;
  }
  MemoryFs& memory_;
  std::size_t calls_left_;
};

/// Calls `look` with each file system that may be found after a power cut now, by the assumptions of
/// memory_fs.h: every combination of unflushed names and unflushed contents. Returns how many there are.
std::size_t for_each_survivor(const MemoryFs& fs, const std::function<void(MemoryFs&)>& look);

/// Runs `program` on file systems made by `prepare`, cut after 0, 1, 2, … calls until it runs to its end,
/// which is cut too. `look` gets every survivor, and whether the program had returned before the cut. Returns
/// the number of survivors looked at.
std::size_t for_each_power_cut(const std::function<void(MemoryFs&)>& prepare,
                               const std::function<bool(Fs&)>& program,
                               const std::function<void(MemoryFs&, bool finished)>& look);

}  // namespace session::test
