#include "session/execute.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include "session/names.h"
#include "session/process.h"
#include "support/temp_dir.h"

using namespace session;
using session::test::read_file;
using session::test::TempDir;
using session::test::write_file;

namespace {

struct Store {
  TempDir temp;
  Dir dir = std::move(*real_fs().open_dir(temp.path(), FollowLinks::yes));

  [[nodiscard]] FileId id(const Name& name) const { return id_of(*real_fs().stat(dir, name)); }
  [[nodiscard]] bool has(const Name& name) const { return real_fs().stat(dir, name).has_value(); }
  Result<Outcome> run(const Step& step) const { return execute(real_fs(), dir, step); }
  [[nodiscard]] std::size_t entries() const {
    const auto all = std::filesystem::directory_iterator(temp.path());
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
  }
};

Errc code_of(const Result<Outcome>& result) {
  REQUIRE_FALSE(result.has_value());
  return result.error().code;
}

constexpr long k_nobody = 4'194'303;  // pid_max is above every pid of a small machine

}  // namespace

TEST_CASE("replace writes the content and says what it left") {
  const Store store;
  const Result<Outcome> outcome = store.run(ReplaceStep{"a.json", share("{}"), {}});
  REQUIRE(outcome);
  CHECK(outcome->bytes_written == 2);
  CHECK(outcome->id == store.id("a.json"));
  CHECK(read_file(store.temp / "a.json") == "{}");
}

TEST_CASE("remove takes the file that was judged") {
  const Store store;
  write_file(store.temp / "a.json", "stale");
  const Result<Outcome> outcome = store.run(RemoveStep{"a.json", store.id("a.json")});
  REQUIRE(outcome);
  CHECK(outcome->bytes_freed == 5);
  CHECK(store.entries() == 0);
}

TEST_CASE("a file refreshed since it was judged is neither removed nor moved nor copied") {
  const Store store;
  write_file(store.temp / "a.json", "stale");
  const FileId judged = store.id("a.json");
  write_file(store.temp / "a.json", "fresh!");
  const Step steps[] = {RemoveStep{"a.json", judged}, MoveStep{"a.json", judged, "trash", "a.json"},
                        CopyStep{"a.json", judged, "copy"}};
  for (const Step& step : steps) {
    CHECK(code_of(store.run(step)) == Errc::changed);
    CHECK(read_file(store.temp / "a.json") == "fresh!");
    CHECK_FALSE(store.has("copy"));
    CHECK_FALSE(store.has("trash/a.json"));
  }
}

TEST_CASE("what is not there is an error and no claim") {
  const Store store;
  CHECK(code_of(store.run(RemoveStep{"a.json", {}})) == Errc::not_found);
  CHECK(store.entries() == 0);
}

TEST_CASE("move makes its directory, and never replaces") {
  const Store store;
  write_file(store.temp / "a.json", "first");
  const FileId first = store.id("a.json");
  const Result<Outcome> outcome = store.run(MoveStep{"a.json", first, "quarantine", "a.json"});
  REQUIRE(outcome);
  CHECK(outcome->id == first);
  CHECK(read_file(store.temp / "quarantine/a.json") == "first");
  CHECK_FALSE(store.has("a.json"));

  write_file(store.temp / "a.json", "second");
  CHECK(code_of(store.run(MoveStep{"a.json", store.id("a.json"), "quarantine", "a.json"})) == Errc::exists);
  CHECK(read_file(store.temp / "a.json") == "second");
  CHECK(read_file(store.temp / "quarantine/a.json") == "first");
  CHECK(store.entries() == 2);

  REQUIRE(store.run(MoveStep{"a.json", store.id("a.json"), "", "b.json"}));
  CHECK(read_file(store.temp / "b.json") == "second");
}

TEST_CASE("copy makes an independent file with the same mode") {
  const Store store;
  const std::string content(600'000, 'x');
  write_file(store.temp / "a.json", content);
  std::filesystem::permissions(store.temp / "a.json", std::filesystem::perms(0640));
  const Result<Outcome> outcome = store.run(CopyStep{"a.json", store.id("a.json"), "a.bak"});
  REQUIRE(outcome);
  CHECK(outcome->bytes_written == content.size());
  CHECK(read_file(store.temp / "a.bak") == content);
  CHECK(real_fs().stat(store.dir, "a.bak")->mode == 0640);
  CHECK(store.id("a.bak").ino != store.id("a.json").ino);
  CHECK(code_of(store.run(CopyStep{"a.json", store.id("a.json"), "a.bak"})) == Errc::exists);
}

TEST_CASE("a copy of a file that is open is read through that, and is one of what was judged") {
  const Store store;
  write_file(store.temp / "a.json", "original");
  const Result<File> file = real_fs().open(store.dir, "a.json", Access::read);
  REQUIRE(file);
  CopyStep step{"a.json", store.id("a.json"), "a.bak"};
  step.opened = &*file;
  std::filesystem::rename(store.temp / "a.json", store.temp / "moved.json");
  write_file(store.temp / "a.json", "another!");
  REQUIRE(store.run(step));
  CHECK(read_file(store.temp / "a.bak") == "original");
  write_file(store.temp / "moved.json", "original, and more");
  for (const Durability durability : {Durability::full, Durability::none}) {
    step.durability = durability;
    step.to_name = "b.bak";
    CHECK(code_of(store.run(step)) == Errc::changed);
    CHECK_FALSE(store.has("b.bak"));
  }
  CHECK(store.entries() == 3);
}

TEST_CASE("a new file without flushes replaces nothing, whatever stands there") {
  const Store store;
  write_file(store.temp / "a.json", "theirs");
  std::filesystem::create_directory(store.temp / "d.json");
  for (const Name name : {"a.json", "d.json"}) {
    ReplaceStep step{name, share("ours"), {}};
    step.options.durability = Durability::none;
    step.options.existing = Existing::refuse;
    CHECK(code_of(store.run(step)) == Errc::exists);
  }
  CHECK(read_file(store.temp / "a.json") == "theirs");
  CHECK(store.entries() == 2);
}

TEST_CASE("claims of the dead are put back, those of the living left alone") {
  const Store store;
  const auto claim = [](const Name& name, long pid) {
    return make_artifact_name(ArtifactKind::claim, name, TimePoint{}, pid, 0);
  };
  write_file(store.temp / claim("gone.json", k_nobody), "gone");
  write_file(store.temp / claim("newer.json", k_nobody), "older");
  write_file(store.temp / "newer.json", "newer");
  write_file(store.temp / claim("busy.json", ::getppid()), "busy");
  write_file(store.temp / claim("mine.json", process_id()), "mine");
  const Result<ClaimRecovery> recovery = recover_claims(real_fs(), store.dir);
  REQUIRE(recovery);
  CHECK(recovery->put_back == std::vector<Name>{"gone.json", "mine.json"});
  CHECK(recovery->kept == std::vector<Name>{claim("newer.json", k_nobody)});
  CHECK(read_file(store.temp / "gone.json") == "gone");
  CHECK(read_file(store.temp / "newer.json") == "newer");
  CHECK(store.has(claim("busy.json", ::getppid())));
}

TEST_CASE("a name with no room for a claim is claimed in a directory") {
  const Store store;
  const Name name(250, 'n');
  write_file(store.temp / name, "x");
  CHECK(code_of(store.run(RemoveStep{name, {}})) == Errc::changed);
  CHECK(read_file(store.temp / name) == "x");
  CHECK(store.entries() == 1);
  REQUIRE(store.run(MoveStep{name, store.id(name), "trash", name}));
  CHECK(read_file(store.temp / "trash/" + name) == "x");
  CHECK(store.entries() == 1);
  write_file(store.temp / name, "y");
  REQUIRE(store.run(RemoveStep{name, store.id(name)}));
  CHECK(store.entries() == 1);
}

TEST_CASE("a claim in a directory is put back, or kept, like any other") {
  const Store store;
  const Name name(250, 'n');
  const Name claim = make_artifact_name(ArtifactKind::claim, "nnn", TimePoint{}, k_nobody, 0);
  const Name empty = make_artifact_name(ArtifactKind::claim, "nnn", TimePoint{}, k_nobody, 1);
  std::filesystem::create_directory(store.temp / empty);
  std::filesystem::create_directory(store.temp / claim);
  write_file(store.temp / claim + "/" + name, "older");
  write_file(store.temp / name, "newer");
  const Result<ClaimRecovery> first = recover_claims(real_fs(), store.dir);
  REQUIRE(first);
  CHECK(first->kept == std::vector<Name>{claim});
  CHECK(store.entries() == 2);
  std::filesystem::remove(store.temp / name);
  const Result<ClaimRecovery> second = recover_claims(real_fs(), store.dir);
  REQUIRE(second);
  CHECK(second->put_back == std::vector<Name>{name});
  CHECK(read_file(store.temp / name) == "older");
  CHECK(store.entries() == 1);
}

TEST_CASE(
    "a copy that is made ahead has its name only when it is finished, and leaves nothing where it is not") {
  const Store store;
  write_file(store.temp / "a.json", "original");
  const CopyStep step{"a.json", store.id("a.json"), "a.bak"};
  for (const Durability durability : {Durability::full, Durability::none}) {
    CopyStep each = step;
    each.durability = durability;
    const Result<StepAhead> begun = StepAhead::begin(real_fs(), store.dir, each);
    REQUIRE(begun);
    CHECK_FALSE(store.has("a.bak"));
    CHECK(read_file(store.temp / temp_name("a.bak", process_id(), 0)) == "original");
  }
  CHECK(store.entries() == 1);
  Result<StepAhead> copy = StepAhead::begin(real_fs(), store.dir, step);
  REQUIRE(copy);
  const Result<Outcome> finished = copy->finish();
  REQUIRE(finished);
  CHECK(finished->bytes_written == 8);
  CHECK(finished->id == store.id("a.bak"));
  CHECK(read_file(store.temp / "a.bak") == "original");
  CHECK(store.entries() == 2);
}

TEST_CASE("a copy that is made ahead is one of what was judged, and replaces nothing") {
  const Store store;
  write_file(store.temp / "a.json", "original");
  const CopyStep step{"a.json", store.id("a.json"), "a.bak"};
  {
    Result<StepAhead> copy = StepAhead::begin(real_fs(), store.dir, step);
    REQUIRE(copy);
    write_file(store.temp / "a.bak", "somebody else's");
    CHECK(code_of(copy->finish()) == Errc::exists);
  }
  CHECK(read_file(store.temp / "a.bak") == "somebody else's");
  std::filesystem::remove(store.temp / "a.bak");
  write_file(store.temp / "a.json", "changed!!");
  const Result<StepAhead> late = StepAhead::begin(real_fs(), store.dir, step);
  REQUIRE_FALSE(late);
  CHECK(late.error().code == Errc::changed);
  CHECK(store.entries() == 1);
}

TEST_CASE("a new version that is written ahead replaces the file that was judged when it is finished") {
  const Store store;
  write_file(store.temp / "a.json", "old");
  const WriteOptions options{.expected = store.id("a.json")};
  {
    const auto dropped = StepAhead::begin(real_fs(), store.dir, "a.json", "new", options);
    REQUIRE(dropped);
    CHECK(read_file(store.temp / "a.json") == "old");
    CHECK(store.entries() == 2);
  }
  CHECK(store.entries() == 1);
  auto version = StepAhead::begin(real_fs(), store.dir, "a.json", "new", options);
  REQUIRE(version);
  const Result<Outcome> finished = version->finish();
  REQUIRE(finished);
  CHECK(finished->id == store.id("a.json"));
  CHECK(read_file(store.temp / "a.json") == "new");
  const WriteOptions again{.expected = store.id("a.json")};
  auto late = StepAhead::begin(real_fs(), store.dir, "a.json", "newer", again);
  REQUIRE(late);
  write_file(store.temp / "a.json", "somebody else's");
  CHECK(code_of(late->finish()) == Errc::changed);
  CHECK(read_file(store.temp / "a.json") == "somebody else's");
  CHECK(store.entries() == 1);
}
