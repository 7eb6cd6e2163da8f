// Every kind of step on file systems that fail at every call and lose power after every call.

#include <doctest/doctest.h>

#include <algorithm>
#include <cerrno>

#include "session/execute.h"
#include "session/names.h"
#include "support/crash_fs.h"
#include "support/fault_fs.h"

using namespace session;
using namespace session::test;

namespace {

constexpr std::string_view k_content = "{\"stale\":1}";
constexpr int k_errnos[] = {ENOSPC, EIO, EDQUOT, EROFS, EACCES, EINTR};

/// An ordinary name, and one that leaves no room for the words of a claim.
const Name k_names[] = {"a", Name(250, 'n')};

void prepare(MemoryFs& fs, const Name& name) { fs.add_file("/s/" + name, Bytes(k_content)); }

FileId judge(Fs& fs, const Name& name) {
  const Dir dir = std::move(*fs.open_dir("/s", FollowLinks::yes));
  return id_of(*fs.stat(dir, name));
}

using MakeStep = Step (*)(const Name& name, const FileId& judged);

Step copy_step(const Name& name, const FileId& judged) { return CopyStep{name, judged, "b"}; }
/// The same, begun ahead.
Step copy_ahead_step(const Name& name, const FileId& judged) { return copy_step(name, judged); }

Result<Outcome> run(Fs& fs, MakeStep make, const Name& name, const FileId& judged) {
  const Result<Dir> dir = fs.open_dir("/s", FollowLinks::yes);
  if (!dir) return Unexpected{dir.error()};
  const Step step = make(name, judged);
  if (make != copy_ahead_step) return execute(fs, *dir, step);
  Result<StepAhead> copy = StepAhead::begin(fs, *dir, std::get<CopyStep>(step));
  if (!copy) return Unexpected{copy.error()};
  return copy->finish();
}

bool has_artifact(const MemoryFs& fs, ArtifactKind kind) {
  const std::vector<Name> names = fs.names("/s");
  return std::any_of(names.begin(), names.end(), [kind](const Name& name) {
    const std::optional<Artifact> artifact = parse_artifact(name);
    return artifact && artifact->kind == kind;
  });
}

/// Every call fails once, with every errno: `look` gets what is there and what the step answered.
void for_each_fault(MakeStep make, const Name& name, FaultSpan span,
                    const std::function<void(const MemoryFs&, const Result<Outcome>&)>& look) {
  for (const int os_errno : k_errnos) {
    if (os_errno == EINTR && span == FaultSpan::from_then_on) continue;
    bool reached = true;
    for (std::size_t call = 0; reached; ++call) {
      CAPTURE(os_errno);
      CAPTURE(call);
      MemoryFs below;
      prepare(below, name);
      const FileId judged = judge(below, name);
      FaultFs fs(below, {call, os_errno, span});
      const Result<Outcome> outcome = run(fs, make, name, judged);
      reached = fs.failed().has_value();
      if (span == FaultSpan::once && !outcome) {
        CHECK(outcome.error().op == *fs.failed());
        CHECK(outcome.error().os_errno == os_errno);
        CHECK(outcome.error().subject.starts_with("/s"));
      }
      look(below, outcome);
    }
  }
}

std::size_t cut_everywhere(MakeStep make, const Name& name,
                           const std::function<void(MemoryFs&, bool)>& look) {
  return for_each_power_cut([&](MemoryFs& fs) { prepare(fs, name); },
                            [&](Fs& fs) { return run(fs, make, name, judge(fs, name)).has_value(); }, look);
}

void recover(MemoryFs& fs) {
  const Dir dir = std::move(*fs.open_dir("/s", FollowLinks::yes));
  REQUIRE(recover_claims(fs, dir));
}

Step remove_step(const Name& name, const FileId& judged) { return RemoveStep{name, judged}; }
Step move_step(const Name& name, const FileId& judged) { return MoveStep{name, judged, "quarantine", "b"}; }
Step unflushed_move_step(const Name& name, const FileId& judged) {
  return MoveStep{name, judged, "quarantine", "b", Durability::none};
}

}  // namespace

TEST_CASE("remove: a call that fails leaves the file where it was") {
  for (const Name& name : k_names) {
    for_each_fault(
        remove_step, name, FaultSpan::once, [&](const MemoryFs& fs, const Result<Outcome>& outcome) {
          if (!outcome) CHECK(fs.content("/s/" + name) == k_content);
          if (outcome) CHECK_FALSE(fs.content("/s/" + name));
          MemoryFs later(fs.root());  // a directory for a claim that could not be removed is swept later
          recover(later);
          CHECK(later.names("/s").size() == (outcome ? 0 : 1));
        });
  }
}

TEST_CASE("remove: a claim that cannot be put back is named, and recovered later") {
  for (const Name& name : k_names) {
    for_each_fault(remove_step, name, FaultSpan::from_then_on,
                   [&](const MemoryFs& fs, const Result<Outcome>& outcome) {
                     if (outcome) return;
                     const bool kept = !fs.content("/s/" + name);
                     CHECK(kept == (outcome.error().detail.find("it is kept as ") != Bytes::npos));
                     MemoryFs later(fs.root());
                     recover(later);
                     CHECK(later.content("/s/" + name) == k_content);
                   });
  }
}

TEST_CASE("remove: a power cut leaves the file whole, or none, a claim is put back") {
  for (const Name& name : k_names) {
    const std::size_t survivors = cut_everywhere(remove_step, name, [&](MemoryFs& fs, bool finished) {
      recover(fs);
      CHECK_FALSE(has_artifact(fs, ArtifactKind::claim));
      // A removal is not flushed: afterwards the name may come back, and with it what took the blocks. (Of a
      // long name the removal is not the last call.)
      if (!finished && name.size() == 1) CHECK(fs.content("/s/" + name) == k_content);
    });
    CHECK(survivors > 5);
  }
}

TEST_CASE("move: a call that fails leaves the file where it was, or says that only the flush failed") {
  for (const Name& name : k_names) {
    for_each_fault(move_step, name, FaultSpan::once, [&](const MemoryFs& fs, const Result<Outcome>& outcome) {
      const bool moved = outcome || outcome.error().code == Errc::durability_unknown;
      CHECK(fs.content(moved ? "/s/quarantine/b" : "/s/" + name) == k_content);
      CHECK_FALSE(fs.content(moved ? "/s/" + name : "/s/quarantine/b"));
    });
  }
}

TEST_CASE("move: after a power cut the file is whole, under exactly one of its names") {
  for (const MakeStep make : {move_step, unflushed_move_step}) {
    for (const Name& name : k_names) {
      const std::size_t survivors = cut_everywhere(make, name, [&](MemoryFs& fs, bool finished) {
        recover(fs);
        const bool moved = fs.content("/s/quarantine/b").has_value();
        CHECK(fs.content("/s/" + name).has_value() != moved);
        CHECK(fs.content(moved ? "/s/quarantine/b" : "/s/" + name) == k_content);
        if (finished && make == move_step) CHECK(moved);
      });
      CHECK(survivors > 10);
    }
  }
}

TEST_CASE("copy: a call that fails leaves no copy and no temporary") {
  for (const MakeStep make : {copy_step, copy_ahead_step}) {
    for_each_fault(make, "a", FaultSpan::once, [](const MemoryFs& fs, const Result<Outcome>& outcome) {
      const bool copied = outcome || outcome.error().code == Errc::durability_unknown;
      CHECK(fs.content("/s/a") == k_content);
      CHECK(fs.content("/s/b").has_value() == copied);
      if (copied) CHECK(fs.content("/s/b") == k_content);
      CHECK_FALSE(has_artifact(fs, ArtifactKind::temporary));
    });
  }
}

TEST_CASE("copy: after a power cut there is no copy or a whole one") {
  for (const MakeStep make : {copy_step, copy_ahead_step}) {
    const std::size_t survivors = cut_everywhere(make, "a", [](MemoryFs& fs, bool finished) {
      CHECK(fs.content("/s/a") == k_content);
      const std::optional<Bytes> copy = fs.content("/s/b");
      if (copy) CHECK(*copy == k_content);
      if (finished) CHECK(copy);
    });
    CHECK(survivors > 100);
  }
}

TEST_CASE("copy: an original that changes meanwhile gives no copy") {
  /// Appends to the original at its first read.
  class Appender final : public InterposedFs {
   public:
    explicit Appender(MemoryFs& below) : InterposedFs(below), memory_(below) {}

   private:
    std::optional<Error> before(Op op, const Path&) override {
      if (op == Op::read && !done_) {
        done_ = true;
        const Dir dir = std::move(*memory_.open_dir("/s", FollowLinks::yes));
        const File file = std::move(*memory_.open(dir, "a", Access::append));
        CHECK(memory_.write(file, "more"));
      }
      return std::nullopt;
    }
    MemoryFs& memory_;
    bool done_ = false;
  };
  MemoryFs below;
  prepare(below, "a");
  const FileId judged = judge(below, "a");
  Appender fs(below);
  CHECK(run(fs, copy_step, "a", judged).error().code == Errc::changed);
  CHECK(below.names("/s") == std::vector<Name>{"a"});
}

TEST_CASE("a file that is exchanged after it was judged survives removal and move") {
  for (const MakeStep make : {remove_step, move_step}) {
    MemoryFs fs;
    prepare(fs, "a");
    const FileId judged = judge(fs, "a");
    REQUIRE(atomic_write(fs, "/s/a", "{\"fresh\":1}", {}));
    CHECK(run(fs, make, "a", judged).error().code == Errc::changed);
    CHECK(fs.content("/s/a") == "{\"fresh\":1}");
    CHECK_FALSE(has_artifact(fs, ArtifactKind::claim));
  }
}

TEST_CASE("a file that is written anew while an older one is claimed keeps its place") {
  /// Saves a new version at the moment when the claimed one is looked at.
  class Saver final : public InterposedFs {
   public:
    explicit Saver(MemoryFs& below) : InterposedFs(below), memory_(below) {}

   private:
    std::optional<Error> before(Op op, const Path& subject) override {
      if (op == Op::stat && subject.find(".claim-") != Path::npos) {
        CHECK(atomic_write(memory_, "/s/a", "newest", {}));
      }
      return std::nullopt;
    }
    MemoryFs& memory_;
  };
  MemoryFs below;
  prepare(below, "a");
  const FileId judged = judge(below, "a");
  REQUIRE(atomic_write(below, "/s/a", "newer", {}));
  Saver fs(below);
  const Result<Outcome> outcome = run(fs, remove_step, "a", judged);
  CHECK(outcome.error().code == Errc::changed);
  CHECK(below.content("/s/a") == "newest");
  const std::size_t at = outcome.error().detail.find("it is kept as ");
  REQUIRE(at != Bytes::npos);
  CHECK(has_artifact(below, ArtifactKind::claim));
}
