#pragma once
// Makes one call fail, or every call from one on: "what if this very call says EIO?"

#include <algorithm>
#include <limits>

#include "support/interposed_fs.h"

namespace session::test {

enum class FaultSpan : bool { once, from_then_on };

struct Fault {
  std::size_t call = std::numeric_limits<std::size_t>::max();  ///< counted from 0
  int os_errno = 0;                                            ///< 0: a write is short, all else works
  FaultSpan span = FaultSpan::once;
};

class FaultFs final : public InterposedFs {
 public:
  FaultFs(Fs& below, Fault fault) : InterposedFs(below), fault_(fault) {}

  [[nodiscard]] std::size_t calls() const { return calls_; }
  /// The operation that was made to fail; nullopt if it never came to that.
  [[nodiscard]] std::optional<Op> failed() const { return failed_; }

 private:
  std::optional<Error> before(Op op, const Path& subject) override {
    const std::size_t call = calls_++;
    is_hit_ = call == fault_.call || (call > fault_.call && fault_.span == FaultSpan::from_then_on);
    if (!is_hit_) return std::nullopt;
    if (!failed_ && (fault_.os_errno != 0 || op == Op::write)) failed_ = op;
    if (fault_.os_errno == 0) return std::nullopt;
    return fail_errno(fault_.os_errno, op, subject).error;
  }
  std::size_t room_for(std::size_t size) override {
    return is_hit_ ? std::max<std::size_t>(size / 2, 1) : size;
  }

  Fault fault_;
  std::size_t calls_ = 0;
  bool is_hit_ = false;
  std::optional<Op> failed_;
};

}  // namespace session::test
