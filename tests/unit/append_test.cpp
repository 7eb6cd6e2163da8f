#include <doctest/doctest.h>

#include <cerrno>

#include "check/tail.h"
#include "session/execute.h"
#include "session/lock.h"
#include "session/names.h"
#include "support/crash_fs.h"
#include "support/fault_fs.h"
#include "support/temp_dir.h"

using namespace session;
using namespace session::test;

namespace {

constexpr int k_errnos[] = {ENOSPC, EIO, EDQUOT, EROFS, EACCES, EINTR};
constexpr std::string_view k_record = "{\"n\":3}";

AppendStep append_step(Bytes record = Bytes(k_record)) {
  return {.name = "a", .record = std::move(record), .lock_patience = milliseconds(0)};
}

Result<Outcome> run(Fs& fs, const AppendStep& step) {
  const Result<Dir> dir = fs.open_dir("/s", FollowLinks::yes);
  if (!dir) return Unexpected{dir.error()};
  return execute(fs, *dir, step);
}

/// What a JSON Lines file may end with before an append, and what it holds after it.
struct Scene {
  const char* name;
  std::optional<Bytes> before;
  Bytes after;
  Healing healing;
  Bytes moved;  // to the sidecar
};

const Scene k_scenes[] = {
    {"whole", "[1]\n[2]\n", "[1]\n[2]\n{\"n\":3}\n", Healing::none, ""},
    {"empty", "", "{\"n\":3}\n", Healing::none, ""},
    {"missing", std::nullopt, "{\"n\":3}\n", Healing::none, ""},
    {"only the newline is missing", "[1]\n[2]", "[1]\n[2]\n{\"n\":3}\n", Healing::newline_added, ""},
    {"torn", "[1]\n[2", "[1]\n{\"n\":3}\n", Healing::tail_moved, "[2"},
    {"NULs for the newline", Bytes("[1]\n[2]\0\0", 9), "[1]\n[2]\n{\"n\":3}\n", Healing::newline_added, ""},
    {"torn, with a newline", "[1]\n[2\n", "[1]\n{\"n\":3}\n", Healing::tail_moved, "[2\n"},
    {"torn in its first line", "[2", "{\"n\":3}\n", Healing::tail_moved, "[2"},
    {"torn behind a whole one", "[1]\n[2][3][4", "[1]\n[2][3]\n{\"n\":3}\n", Healing::tail_moved, "[4"},
    {"no record behind a whole one", "[1]x\n", "[1]\n{\"n\":3}\n", Healing::tail_moved, "x\n"},
    {"a splice", "[1]\n{\"a\":\"x{\"b\":2}", "[1]\n{\"a\":\"x{\"b\":2}\n{\"n\":3}\n", Healing::left_damaged,
     ""},
    {"flawed", "{\"b\":2,}\n", "{\"b\":2,}\n{\"n\":3}\n", Healing::left_damaged, ""},
    {"NULs, then a record", Bytes("\0\0{\"b\":2}\n", 10), Bytes("\0\0{\"b\":2}\n{\"n\":3}\n", 18),
     Healing::left_damaged, ""},
    {"torn behind a whole one, with a newline", "[1][2\n", "[1]\n{\"n\":3}\n", Healing::tail_moved, "[2\n"},
};

void prepare(MemoryFs& fs, const Scene& scene) {
  fs.add_file("/s/other", "x");
  if (scene.before) fs.add_file("/s/a", *scene.before);
}

std::optional<Bytes> sidecar_of(const MemoryFs& fs) {
  for (const Name& name : fs.names("/s")) {
    const std::optional<Artifact> artifact = parse_artifact(name);
    if (artifact && artifact->kind == ArtifactKind::sidecar) return fs.content("/s/" + name);
  }
  return std::nullopt;
}

/// The records that were whole before the append: what must never be touched.
Bytes whole_part(const Scene& scene) {
  const Bytes before = scene.before.value_or("");
  if (scene.healing == Healing::newline_added) return Bytes(without_padding(before));
  return before.substr(0, before.size() - scene.moved.size());
}

/// The file after a failure or a crash: earlier records whole, nothing lost of a torn one.
void check_kept(const MemoryFs& fs, const Scene& scene) {
  const Bytes content = fs.content("/s/a").value_or("");
  CHECK(content.starts_with(whole_part(scene)));
  if (!content.starts_with(whole_part(scene) + scene.moved)) CHECK(sidecar_of(fs) == scene.moved);
}

}  // namespace

TEST_CASE("an append heals what it finds") {
  for (const Scene& scene : k_scenes) {
    CAPTURE(Bytes(scene.name));
    MemoryFs fs;
    prepare(fs, scene);
    const Result<Outcome> outcome = run(fs, append_step());
    REQUIRE(outcome);
    CHECK(fs.content("/s/a") == scene.after);
    CHECK(outcome->healing == scene.healing);
    CHECK(sidecar_of(fs).value_or("") == scene.moved);
    CHECK(outcome->sidecar.empty() == scene.moved.empty());
    CHECK(outcome->id.size == scene.after.size());
  }
}

TEST_CASE("what the last line may be") {
  CHECK(judge_tail("", Newline::missing).tail == Tail::sound);
  CHECK(judge_tail("{}", Newline::missing).tail == Tail::whole_record);
  CHECK(judge_tail(" [1,2] \r", Newline::missing).tail == Tail::whole_record);
  CHECK(judge_tail(ByteView("{}\0\0", 4), Newline::missing).tail == Tail::whole_record);
  CHECK(judge_tail("12", Newline::missing).tail == Tail::cut);  // of 123, perhaps
  CHECK(judge_tail("{} {}", Newline::missing).tail == Tail::whole_record);
  CHECK(judge_tail("{}{}", Newline::present).tail == Tail::sound);
  CHECK(judge_tail("\xEF\xBB\xBF{}", Newline::present).tail == Tail::sound);
  CHECK(judge_tail("\xEF\xBB\xBF{}", Newline::missing).tail == Tail::whole_record);
  CHECK(judge_tail("{}{", Newline::present).tail == Tail::cut);
  CHECK(judge_tail("{}1", Newline::missing).tail == Tail::cut);
  CHECK(judge_tail("{}1", Newline::missing).whole == 2);
  CHECK(judge_tail(" {}{\"a\":", Newline::missing).whole == 3);
  CHECK(judge_tail("\xEF\xBB\xBF{}{\"a\":", Newline::missing).whole == 5);
  CHECK(judge_tail("{\"a\":\"x\",\"b\":{\"c\":1}", Newline::missing).tail == Tail::cut);
  CHECK(judge_tail("{\"a\":[{\"c\":1},{\"c\"", Newline::present).tail == Tail::cut);
  CHECK(judge_tail("{\"a\":\"x\ty\"}", Newline::present).tail == Tail::damaged);
  CHECK(judge_tail("{\"a\":\"x{\"b\":2}", Newline::present).tail == Tail::damaged);
  CHECK(judge_tail("{\"a\":\"\xff\"}{\"b\":1}{\"c\":\"to", Newline::missing).tail == Tail::damaged);
  CHECK(judge_tail(ByteView("\0\0{\"a\":2}{\"b\":\"to", 17), Newline::missing).tail == Tail::damaged);
  CHECK(judge_tail(ByteView("{\"a\":\"\0\0\"}", 10), Newline::present).tail == Tail::cut);
  CHECK(judge_tail("  ", Newline::missing).tail == Tail::cut);
  CHECK(judge_tail(ByteView("\0\0", 2), Newline::missing).tail == Tail::cut);
  CHECK(judge_tail("{}", Newline::present).tail == Tail::sound);
  CHECK(judge_tail("12", Newline::present).tail == Tail::sound);
  CHECK(judge_tail(" \r", Newline::present).tail == Tail::sound);
  CHECK(judge_tail("{\"a\":", Newline::present).tail == Tail::cut);
  CHECK(judge_tail(ByteView("\0\0\"}", 4), Newline::present).tail == Tail::cut);
}

TEST_CASE("a document over several lines is not taken for a torn record") {
  MemoryFs fs;
  for (const Bytes document :
       {"{\n  \"a\": 1\n}", "{\n  \"a\": 1\n}\n", "[\n{\"a\":1}\n]\n", "[\n{\"a\":1}\n]"}) {
    fs.add_file("/s/a", document);
    const Result<Outcome> outcome = run(fs, append_step());
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().code == Errc::invalid_content);
    CHECK(fs.content("/s/a") == document);
    CHECK_FALSE(sidecar_of(fs));
  }
}

TEST_CASE("a record is one line and not nothing") {
  MemoryFs fs;
  fs.add_file("/s/a", "[1]\n");
  for (const Bytes record : {"", "[\n]", "[1]\n"}) {
    CHECK(run(fs, append_step(record)).error().code == Errc::bad_argument);
  }
  CHECK(fs.content("/s/a") == "[1]\n");
}

TEST_CASE("the file itself is the lock") {
  MemoryFs fs;
  fs.add_file("/s/a", "[1]\n");
  const Dir dir = std::move(*fs.open_dir("/s", FollowLinks::yes));
  {
    const File held = std::move(*open_locked(fs, dir, "a", Access::read, LockKind::shared, milliseconds(0)));
    CHECK(run(fs, append_step()).error().code == Errc::busy);
  }
  CHECK(run(fs, append_step()));
}

TEST_CASE("long lines are read piece by piece") {
  const TempDir temp;
  const Dir dir = std::move(*real_fs().open_dir(temp.path(), FollowLinks::yes));
  const Bytes first = "[\"" + Bytes(200'000, 'x') + "\"]\n";
  const Bytes cut = "[\"" + Bytes(300'000, 'y');
  write_file(temp / "a", first + cut);
  const Result<Outcome> outcome = execute(real_fs(), dir, append_step());
  REQUIRE(outcome);
  CHECK(read_file(temp / "a") == first + Bytes(k_record) + "\n");
  CHECK(read_file(temp / outcome->sidecar) == cut);
}

TEST_CASE("whichever call fails, earlier records stay and the new one is there whole or not at all") {
  for (const Scene& scene : k_scenes) {
    for (const int os_errno : k_errnos) {
      bool reached = true;
      for (std::size_t call = 0; reached; ++call) {
        CAPTURE(Bytes(scene.name));
        CAPTURE(os_errno);
        CAPTURE(call);
        MemoryFs below;
        prepare(below, scene);
        FaultFs fs(below, {call, os_errno});
        const Result<Outcome> outcome = run(fs, append_step());
        reached = fs.failed().has_value();
        check_kept(below, scene);
        const bool there = below.content("/s/a").value_or("").ends_with(Bytes(k_record) + "\n");
        if (outcome) {
          CHECK(below.content("/s/a") == scene.after);
          continue;
        }
        CHECK(outcome.error().op == *fs.failed());
        // After an error the record is there only where a new file is in place and its name not flushed.
        const bool in_place = outcome.error().code == Errc::durability_unknown;
        CHECK(there == in_place);
        // Healed or not, the next append does the rest.
        REQUIRE(run(below, append_step("[4]")));
        CHECK(below.content("/s/a").value_or("").ends_with("\n[4]\n") ==
              (whole_part(scene).size() > 0 || in_place));
      }
    }
  }
}

TEST_CASE("a disk that gets full at any byte takes the whole record back") {
  for (const Scene& scene : k_scenes) {
    for (std::uint64_t room = 0; room < 20; ++room) {
      CAPTURE(Bytes(scene.name));
      CAPTURE(room);
      MemoryFs fs;
      prepare(fs, scene);
      fs.set_capacity(1 + scene.before.value_or("").size() + room);
      const Result<Outcome> outcome = run(fs, append_step());
      check_kept(fs, scene);
      if (outcome) {
        CHECK(fs.content("/s/a") == scene.after);
        continue;
      }
      CHECK(outcome.error().code == Errc::no_space);
      const Bytes content = fs.content("/s/a").value_or("");
      CHECK((content == scene.before.value_or("") || content == whole_part(scene) ||
             content == whole_part(scene) + "\n"));
    }
  }
}

TEST_CASE(
    "after a power cut earlier records are whole, at most one line is torn, and the next append heals it") {
  for (const Scene& scene : k_scenes) {
    CAPTURE(Bytes(scene.name));
    const std::size_t survivors = for_each_power_cut(
        [&](MemoryFs& fs) { prepare(fs, scene); }, [](Fs& fs) { return run(fs, append_step()).has_value(); },
        [&](MemoryFs& fs, bool finished) {
          check_kept(fs, scene);
          if (finished) CHECK(fs.content("/s/a") == scene.after);
          const std::optional<Bytes> before_again = fs.content("/s/a");
          CAPTURE(before_again.value_or(""));
          REQUIRE(run(fs, append_step("[4]")));
          // Earlier records, then the interrupted one whole or gone, then the one after it, and nothing torn.
          // One with somebody else's bytes inside may look like a record that repair can do something with:
          // it stays.
          Bytes whole = whole_part(scene);
          if (!whole.empty() && !whole.ends_with('\n')) whole += '\n';
          const Bytes content = fs.content("/s/a").value_or("");
          const Bytes left =
              before_again.value_or("").substr(std::min(whole.size(), before_again.value_or("").size()));
          const bool is_left = left.find('#') != Bytes::npos &&
                               (content == whole + left + "[4]\n" || content == whole + left + "\n[4]\n");
          CHECK((is_left || content == whole + "[4]\n" || content == whole + Bytes(k_record) + "\n[4]\n"));
        });
    CHECK(survivors > 50);
  }
}
