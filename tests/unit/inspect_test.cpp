#include "session/inspect.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <map>

#include "session/ordered_pool.h"
#include "support/fault_fs.h"
#include "support/memory_fs.h"
#include "support/temp_dir.h"

using namespace session;
using session::test::FaultFs;
using session::test::InterposedFs;
using session::test::MemoryFs;

namespace {

Subject as(Format format) {
  Subject subject;
  subject.format = format;
  return subject;
}

Inspection inspect(Fs& fs, const Name& name, const Subject& subject, const InspectOptions& options = {}) {
  Inspector inspector(fs, options);
  const Result<Dir> dir = fs.open_dir("/", FollowLinks::no);
  REQUIRE(dir.has_value());
  return inspector.inspect(*dir, name, subject);
}

std::vector<Kind> kinds_of(const Diagnosis& diagnosis) {
  std::vector<Kind> kinds;
  for (const Finding& finding : diagnosis.findings) kinds.push_back(finding.kind);
  return kinds;
}

void append(MemoryFs& fs, const Name& name, ByteView bytes) {
  const Result<Dir> dir = fs.open_dir("/", FollowLinks::no);
  const Result<File> file = fs.open(*dir, name, Access::append);
  REQUIRE(fs.write(*file, bytes).has_value());
}

/// Does something to the file below before each call of a kind.
class ChangingFs final : public InterposedFs {
 public:
  ChangingFs(Fs& below, std::function<void(int call)> change, Op op = Op::read)
      : InterposedFs(below), change_(std::move(change)), op_(op) {}

 private:
  std::optional<Error> before(Op op, const Path&) override {
    if (op == op_) change_(++calls_);
    return std::nullopt;
  }
  std::function<void(int)> change_;
  Op op_;
  int calls_ = 0;
};

/// Says of each file what it is told to, as if it had been read before.
class AheadFs final : public InterposedFs {
 public:
  explicit AheadFs(Fs& below) : InterposedFs(below) {}
  std::unique_ptr<BatchReader> batch_reader() override { return std::make_unique<Reader>(*this); }
  std::map<Name, std::string> known;
  std::size_t opened = 0;

 private:
  class Reader final : public BatchReader {
   public:
    explicit Reader(const AheadFs& fs) : fs_(fs) {}
    [[nodiscard]] bool reads_from(const Dir&) const override { return true; }
    void read(const Dir&, std::span<const Name* const> names) override {
      contents_.clear();
      for (const Name* const name : names) {
        const auto known = fs_.known.find(*name);
        contents_.push_back(known == fs_.known.end() ? "" : known->second);
      }
    }
    [[nodiscard]] ByteView content(std::size_t index) const override { return contents_[index]; }

   private:
    const AheadFs& fs_;
    std::vector<std::string> contents_;
  };
  std::optional<Error> before(Op op, const Path&) override {
    if (op == Op::open) ++opened;
    return std::nullopt;
  }
};

/// Four files, read ahead as other ones than they are now.
std::vector<Name> add_known(MemoryFs& memory, AheadFs& fs) {
  std::vector<Name> names = {"a.json", "b.json", "c.json", "d.json"};
  for (const Name& name : names) {
    memory.add_file("/" + name, "[1,2,3]");
    fs.known[name] = "[]";
  }
  return names;
}

std::shared_ptr<const Dir> shared_dir(Fs& fs, const Path& path) {
  Result<Dir> dir = fs.open_dir(path, FollowLinks::no);
  return std::make_shared<Dir>(*std::move(dir));
}

void look_ahead(Inspector& inspector, const std::shared_ptr<const Dir>& dir, const std::vector<Name>& names) {
  std::vector<const Name*> pointers;
  for (const Name& name : names) pointers.push_back(&name);
  inspector.look_ahead(dir, pointers);
}

}  // namespace

TEST_CASE("a whole file is ok, a damaged one is described") {
  MemoryFs fs;
  fs.add_file("/good.json", R"({"a":[1,2]})");
  fs.add_file("/torn.json", R"({"a":[1,2)");
  CHECK(inspect(fs, "good.json", as(Format::json)).diagnosis.verdict == Verdict::ok);
  const Inspection torn = inspect(fs, "torn.json", as(Format::json));
  CHECK(torn.diagnosis.verdict == Verdict::damaged);
  CHECK(kinds_of(torn.diagnosis) == std::vector{Kind::torn_tail});
  CHECK_FALSE(torn.error.has_value());
}

TEST_CASE("what cannot be read is an error, whichever call fails") {
  for (std::size_t call = 0;; ++call) {
    MemoryFs memory;
    memory.add_file("/a.json", "{}");
    FaultFs fs(memory, {call + 1, EIO});  // the first call opens the directory
    const Inspection inspection = inspect(fs, "a.json", as(Format::json));
    if (!fs.failed()) break;
    REQUIRE(inspection.error.has_value());
    CHECK(inspection.error->os_errno == EIO);
    CHECK(call < 10);
  }
}

TEST_CASE("no file, and what is no regular file, are errors") {
  MemoryFs fs;
  const Result<Dir> root = fs.open_dir("/", FollowLinks::no);
  REQUIRE(fs.make_dir(*root, "dir.json", 0700).has_value());
  CHECK(inspect(fs, "missing.json", as(Format::json)).error->code == Errc::not_found);
  CHECK(inspect(fs, "dir.json", as(Format::json)).error->code == Errc::not_regular);
}

TEST_CASE("JSON Lines that are appended to are judged as of the moment they were opened") {
  MemoryFs memory;
  memory.add_file("/log.jsonl", "{\"a\":1}\n");
  ChangingFs fs(memory, [&](int) { append(memory, "log.jsonl", "{\"b\""); });
  const Inspection inspection = inspect(fs, "log.jsonl", as(Format::json_lines));
  CHECK_FALSE(inspection.error.has_value());
  CHECK(inspection.growing);
  CHECK(inspection.diagnosis.verdict == Verdict::ok);
  CHECK(inspection.diagnosis.records == 1);
}

TEST_CASE("the unfinished last line of a live transcript is no damage, what is before it is") {
  MemoryFs memory;
  memory.add_file("/live.jsonl", "{\"a\":1}\n{\"b\":\"unfin");
  ChangingFs live(memory, [&](int) { append(memory, "live.jsonl", "i"); });
  const Inspection growing = inspect(live, "live.jsonl", as(Format::json_lines));
  CHECK_FALSE(growing.error.has_value());
  CHECK(growing.growing);
  CHECK(growing.diagnosis.findings.empty());

  memory.add_file("/bad.jsonl", "{\"a\":}\n{\"b\":\"unfin");
  ChangingFs bad(memory, [&](int) { append(memory, "bad.jsonl", "i"); });
  CHECK(inspect(bad, "bad.jsonl", as(Format::json_lines)).error->code == Errc::changed);
}

TEST_CASE("a torn file that stays as it is stays torn") {
  MemoryFs fs;
  fs.add_file("/torn.jsonl", "{\"a\":1}\n{\"b\":\"unfin");
  const Inspection inspection = inspect(fs, "torn.jsonl", as(Format::json_lines));
  CHECK_FALSE(inspection.growing);
  CHECK(kinds_of(inspection.diagnosis) == std::vector{Kind::torn_tail});
}

TEST_CASE("a record whose writer is still at it is awaited for a moment") {
  const test::TempDir temp;
  const std::string path = temp / "live.jsonl";
  test::write_file(path, "{\"a\":1}\n{\"b\":\"unfin");
  const auto change = [&](int call) {
    if (call == 1) REQUIRE(::utimensat(AT_FDCWD, path.c_str(), nullptr, 0) == 0);
    if (call == 4) std::ofstream(path, std::ios::app) << "ished\"}\n";
  };
  ChangingFs fs(real_fs(), change, Op::stat);
  Inspector inspector(fs, InspectOptions());
  const Result<Place> place = open_parent(fs, path);
  const Inspection inspection = inspector.inspect(place->dir, place->name, as(Format::json_lines));
  CHECK(inspection.growing);
  CHECK(inspection.diagnosis.verdict == Verdict::ok);
  CHECK(inspection.diagnosis.records == 1);
}

TEST_CASE("a document that is rewritten meanwhile is read again, one that never rests is unreadable") {
  MemoryFs memory;
  memory.add_file("/once.json", R"({"a":1)");
  ChangingFs once(memory, [&](int reading) {
    if (reading == 1) append(memory, "once.json", "}");
  });
  const Inspection settled = inspect(once, "once.json", as(Format::json));
  CHECK_FALSE(settled.error.has_value());
  CHECK(settled.diagnosis.verdict == Verdict::ok);

  memory.add_file("/never.json", "[1");
  ChangingFs never(memory, [&](int) { append(memory, "never.json", ",1"); });
  const Inspection restless = inspect(never, "never.json", as(Format::json));
  REQUIRE(restless.error.has_value());
  CHECK(restless.error->code == Errc::changed);
}

TEST_CASE("a size of 0 does not hide content, as in /proc") {
  const Result<Place> place = open_parent(real_fs(), "/proc/self/status");
  REQUIRE(place);
  Inspector inspector(real_fs(), InspectOptions());
  const Inspection inspection = inspector.inspect(place->dir, place->name, Subject());
  CHECK_FALSE(inspection.error.has_value());
  CHECK(inspection.diagnosis.bytes > 0);
  CHECK(inspection.diagnosis.verdict == Verdict::damaged);
}

namespace {

/// Counts what is read of the files of the machine.
class CountingFs final : public InterposedFs {
 public:
  CountingFs() : InterposedFs(real_fs()) {}
  Result<std::size_t> read_at(const File& file, char* into, std::size_t size, std::uint64_t offset) override {
    const Result<std::size_t> got = InterposedFs::read_at(file, into, size, offset);
    if (got) bytes += *got;
    return got;
  }
  std::uint64_t bytes = 0;
  std::map<Op, int> calls;

 private:
  std::optional<Error> before(Op op, const Path&) override {
    ++calls[op];
    return std::nullopt;
  }
};

constexpr std::uint64_t k_sparse_bytes = 10'000'000'000;

struct Piece {
  std::uint64_t offset;
  std::string bytes;
};

/// A file of k_sparse_bytes that is a hole but for `pieces`, judged without reading the hole.
Inspection inspect_sparse(const std::vector<Piece>& pieces, Format format) {
  const test::TempDir temp;
  const int file = ::open((temp / "a").c_str(), O_WRONLY | O_CREAT, 0600);
  REQUIRE(::ftruncate(file, k_sparse_bytes) == 0);
  for (const auto& [offset, bytes] : pieces) {
    const auto written = ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    REQUIRE(written == static_cast<ssize_t>(bytes.size()));
  }
  // What was written just now is awaited for a moment.
  const timespec long_ago[2] = {{1, 0}, {1, 0}};
  ::futimens(file, long_ago);
  ::close(file);
  CountingFs fs;
  const InspectOptions options;
  Inspector inspector(fs, options);
  const Inspector::Share share = [](Inspector& own, std::size_t count, const Inspector::Part& part) {
    for (std::size_t index = 0; index < count; ++index) part(own, index);
  };
  const Result<Place> place = open_parent(fs, temp / "a");
  Inspection inspection = inspector.inspect(place->dir, place->name, as(format), share);
  CHECK(fs.bytes < 10 << 20);
  CHECK(inspection.diagnosis.bytes == k_sparse_bytes);
  return inspection;
}

void check_finding(const Inspection& inspection, const Finding& expected) {
  REQUIRE(inspection.diagnosis.findings.size() == 1);
  Finding finding = inspection.diagnosis.findings[0];
  finding.detail.clear();
  CHECK(finding == expected);
}

}  // namespace

TEST_CASE("the holes of a sparse file are NULs that nobody has to read") {
  const std::string document = "{\"a\":1}\n";
  const std::uint64_t last = k_sparse_bytes - document.size();
  for (const Format format : {Format::json, Format::json_lines}) {
    check_finding(inspect_sparse({}, format), {Kind::nul_file, 0, k_sparse_bytes, 1, 1, {}});
    check_finding(inspect_sparse({{0, document}}, format), {Kind::nul_tail, document.size(), last, 2, 1, {}});
    check_finding(inspect_sparse({{last, document}}, format), {Kind::nul_prefix, 0, last, 1, 1, {}});
  }
  const Inspection string = inspect_sparse({{0, "{\"a\":\"x"}, {k_sparse_bytes - 2, "\"}"}}, Format::json);
  check_finding(string, {Kind::nul_interior, 7, k_sparse_bytes - 9, 1, 8, {}});
  const Inspection lines =
      inspect_sparse({{0, "{}\n{\"a\":1}\n"}, {k_sparse_bytes - 7, "{}\n{}{}"}}, Format::json_lines);
  CHECK(kinds_of(lines.diagnosis) == std::vector{Kind::nul_prefix, Kind::glued, Kind::missing_newline});
  CHECK(lines.diagnosis.findings[1].offset == k_sparse_bytes - 2);
  CHECK(lines.diagnosis.findings[1].line == 4);
  CHECK(lines.diagnosis.findings[1].column == 3);
}

TEST_CASE("a small file in which nothing is wrong costs one look, one read of all of it, and no more") {
  const test::TempDir temp;
  test::write_file(temp / "a", "{\"a\":1}");
  test::write_file(temp / "b", "{\"a\":1");
  CountingFs fs;
  const InspectOptions options;
  Inspector inspector(fs, options);
  const Result<Place> sound = open_parent(fs, temp / "a");
  fs.calls.clear();
  CHECK(inspector.inspect(sound->dir, sound->name, as(Format::json)).diagnosis.verdict == Verdict::ok);
  CHECK(fs.calls == std::map<Op, int>{{Op::open, 1}, {Op::stat, 1}, {Op::read, 1}});
  // Damage is believed only of a file that stays as it is.
  fs.calls.clear();
  CHECK(inspector.inspect(sound->dir, "b", as(Format::json)).diagnosis.verdict == Verdict::damaged);
  CHECK(fs.calls[Op::stat] > 1);
}

TEST_CASE("a document of data and no holes is read as it is, however large") {
  const test::TempDir temp;
  const std::string content = "[\"" + std::string(6'000'000, 'x') + "\"]";
  std::ofstream(temp / "a") << content;
  CountingFs fs;
  const InspectOptions options;
  Inspector inspector(fs, options);
  const Result<Place> place = open_parent(fs, temp / "a");
  const Inspection inspection = inspector.inspect(place->dir, place->name, as(Format::json));
  CHECK(inspection.diagnosis.verdict == Verdict::ok);
  CHECK(inspection.diagnosis.bytes == content.size());
  CHECK(fs.bytes == content.size());
}

TEST_CASE("who may read a file is judged in stores, and not at the syntax level") {
  MemoryFs fs;
  fs.add_file("/a.json", "{}");
  const Result<Dir> root = fs.open_dir("/", FollowLinks::no);
  REQUIRE(fs.set_mode(*fs.open(*root, "a.json", Access::append), 0644).has_value());
  Subject subject = as(Format::json);
  CHECK(inspect(fs, "a.json", subject).diagnosis.findings.empty());
  subject.owner_only_mode = true;
  const Inspection open = inspect(fs, "a.json", subject);
  CHECK(kinds_of(open.diagnosis) == std::vector{Kind::open_mode});
  CHECK(open.diagnosis.findings[0].detail == "644");
  CHECK(open.diagnosis.verdict == Verdict::warn);

  InspectOptions options;
  options.ignored.set(static_cast<std::size_t>(Kind::open_mode));
  CHECK(inspect(fs, "a.json", subject, options).diagnosis.verdict == Verdict::ok);
  options = {};
  options.level = Level::syntax;
  CHECK(inspect(fs, "a.json", subject, options).diagnosis.findings.empty());
}

TEST_CASE("the most severe finding makes the verdict, wherever it was found") {
  MemoryFs fs;
  fs.add_file("/a.json", "{\"n\":1e400}");
  Subject subject = as(Format::json);
  CHECK(inspect(fs, "a.json", subject).diagnosis.verdict == Verdict::beyond_limits);
  const Result<Dir> root = fs.open_dir("/", FollowLinks::no);
  REQUIRE(fs.set_mode(*fs.open(*root, "a.json", Access::append), 0644).has_value());
  subject.owner_only_mode = true;
  const Inspection open = inspect(fs, "a.json", subject);
  CHECK(kinds_of(open.diagnosis) == std::vector{Kind::open_mode, Kind::number_limits});
  CHECK(open.diagnosis.verdict == Verdict::warn);

  fs.add_file("/b.json", "{\"n\":1e400,\"n\":0}");
  CHECK(inspect(fs, "b.json", as(Format::json)).diagnosis.verdict == Verdict::warn);
}

TEST_CASE("the hash is that of the content, whatever the pieces") {
  MemoryFs fs;
  const std::string content = "[\"" + std::string(10'000, 'x') + "\"]";
  fs.add_file("/a.json", content);
  InspectOptions options;
  options.hash = true;
  for (const std::size_t buffer : {1U, 7U, 4'096U, 1U << 20U}) {
    options.buffer_bytes = buffer;
    CHECK(inspect(fs, "a.json", as(Format::json), options).hash == content_hash(content));
  }
}

TEST_CASE("somebody who has had enough ends it") {
  MemoryFs fs;
  fs.add_file("/a.json", std::string(1'000, '['));
  InspectOptions options;
  options.buffer_bytes = 10;
  int pieces = 0;
  options.on_bytes = [&](std::uint64_t) { return ++pieces < 3; };
  CHECK(inspect(fs, "a.json", as(Format::json), options).given_up);
  CHECK(pieces == 3);
}

namespace {

/// The same file judged in one go, and in parts by several threads.
void check_parts(const std::string& content, std::uint64_t part_bytes) {
  test::MemoryFs memory;
  memory.add_file("/a.jsonl", content);
  InspectOptions whole_options;
  const Inspection whole = inspect(memory, "a.jsonl", as(Format::json_lines), whole_options);

  InspectOptions options;
  options.share_from_bytes = 1;
  options.part_bytes = part_bytes;
  options.buffer_bytes = 5;
  Inspector inspector(memory, options), other(memory, options);
  const Inspector::Share share = [&](Inspector& own, std::size_t count, const Inspector::Part& part) {
    for (std::size_t index = 0; index < count; ++index) part(index % 2 == 0 ? own : other, index);
  };
  const Result<Dir> dir = memory.open_dir("/", FollowLinks::no);
  const Inspection shared = inspector.inspect(*dir, "a.jsonl", as(Format::json_lines), share);
  CAPTURE(content);
  CAPTURE(part_bytes);
  CHECK(shared.diagnosis.verdict == whole.diagnosis.verdict);
  CHECK(shared.diagnosis.findings == whole.diagnosis.findings);
  CHECK(shared.diagnosis.records == whole.diagnosis.records);
  CHECK(shared.diagnosis.bytes == whole.diagnosis.bytes);
}

}  // namespace

TEST_CASE("JSON Lines judged in parts give what they give in one go, wherever the cuts fall") {
  const std::string healthy = "{\"a\":1}\n{\"b\":\"two\"}\n[3]\n\"four\"\n{}\n";
  for (std::uint64_t part = 1; part <= healthy.size() + 1; ++part) {
    check_parts(healthy, part);
    check_parts(healthy + R"({"last":"has no newline"})", part);
    check_parts(healthy + R"({"torn":"ta)", part);
    check_parts(healthy + "{\"x\":}\n" + healthy, part);
    check_parts(healthy + "{\"x\":1}{\"y\":2}\n" + healthy + "\n" + healthy, part);
    check_parts("{\"a\n" + healthy, part);
    check_parts("{\"one line longer than any part\":\"" + std::string(50, 'x') + "\"}\n", part);
  }
}

TEST_CASE("threads share the parts of one large file") {
  const test::TempDir temp;
  std::string content;
  for (int n = 0; n < 2'000; ++n) content += "{\"record\":" + std::to_string(n) + "}\n";
  test::write_file(temp / "a.jsonl", content + "{\"torn");
  InspectOptions options;
  options.share_from_bytes = 1;
  options.part_bytes = 1'000;
  using Pool = OrderedPool<Name, Inspection, Inspector>;
  Pool* own = nullptr;
  const Inspector::Share share = [&](Inspector& inspector, std::size_t count, const Inspector::Part& part) {
    own->share(inspector, count, part);
  };
  std::vector<Inspection> taken;
  const Result<Dir> dir = real_fs().open_dir(temp.path(), FollowLinks::no);
  Pool pool(3, 4,
            {[&] { return std::make_unique<Inspector>(real_fs(), options); },
             [&](Inspector& inspector, const Name& name) {
               return inspector.inspect(*dir, name, as(Format::json_lines), share);
             },
             [&](Inspection inspection) { taken.push_back(std::move(inspection)); }});
  own = &pool;
  pool.submit("a.jsonl");
  pool.submit("a.jsonl");
  pool.finish();
  REQUIRE(taken.size() == 2);
  for (const Inspection& inspection : taken) {
    REQUIRE(inspection.diagnosis.findings.size() == 1);
    const Finding& torn = inspection.diagnosis.findings[0];
    CHECK(torn.kind == Kind::torn_tail);
    CHECK(torn.line == 2'001);
    CHECK(torn.offset == content.size() + 6);
  }
}

TEST_CASE("of files read ahead only what nothing is wrong with is believed") {
  MemoryFs memory;
  for (const char* const name : {"/a.json", "/b.json", "/c.json", "/d.json"})
    memory.add_file(name, "[1,2,3]");
  AheadFs fs(memory);
  fs.known = {{"a.json", "[]"}, {"b.json", "[1,"}, {"c.json", R"({"a":1,"a":2})"}};
  const std::shared_ptr<const Dir> dir = shared_dir(fs, "/");
  Inspector inspector(fs, {});
  look_ahead(inspector, dir, {"a.json", "b.json", "c.json", "d.json"});
  fs.opened = 0;
  // Damaged, warned of and not read ahead: read as they are now. In the order they were named, or not.
  std::vector<std::uint64_t> bytes;
  for (const char* const name : {"a.json", "b.json", "c.json", "d.json", "a.json"}) {
    const Inspection inspection = inspector.inspect(*dir, name, as(Format::json));
    CHECK(inspection.diagnosis.verdict == Verdict::ok);
    bytes.push_back(inspection.diagnosis.bytes);
  }
  CHECK(bytes == std::vector<std::uint64_t>{2, 7, 7, 7, 7});
  CHECK(fs.opened == 4);
}

TEST_CASE("a file whose mode or hash counts is not judged by what was read ahead") {
  MemoryFs memory;
  AheadFs fs(memory);
  const std::vector<Name> names = add_known(memory, fs);
  const std::shared_ptr<const Dir> dir = shared_dir(fs, "/");
  const auto bytes_of = [&](const InspectOptions& options, bool of_a_store) {
    Inspector inspector(fs, options);
    look_ahead(inspector, dir, names);
    Subject subject = as(Format::json);
    subject.owner_only_mode = of_a_store;
    return inspector.inspect(*dir, "a.json", subject).diagnosis.bytes;
  };
  InspectOptions syntax;
  syntax.level = Level::syntax;
  InspectOptions hash;
  hash.hash = true;
  CHECK(bytes_of({}, false) == 2);
  CHECK(bytes_of({}, true) == 7);
  CHECK(bytes_of(syntax, true) == 2);
  CHECK(bytes_of(hash, false) == 7);
}

TEST_CASE("what was read ahead is forgotten with the next call, and is of one directory") {
  MemoryFs memory;
  AheadFs fs(memory);
  const std::vector<Name> names = add_known(memory, fs);
  const std::shared_ptr<const Dir> dir = shared_dir(fs, "/");
  const std::shared_ptr<const Dir> other = shared_dir(fs, "/");
  Inspector inspector(fs, {});
  const auto bytes_in = [&](const Dir& place, const Name& name) {
    return inspector.inspect(place, name, as(Format::json)).diagnosis.bytes;
  };
  look_ahead(inspector, dir, names);
  CHECK(bytes_in(*other, "a.json") == 7);
  CHECK(bytes_in(*dir, "b.json") == 2);
  inspector.look_ahead(nullptr, {});
  CHECK(bytes_in(*dir, "c.json") == 7);
}

TEST_CASE("where most is read ahead in vain it is left out for a while") {
  MemoryFs memory;
  const std::vector<Name> names = {"a.json", "b.json", "c.json", "d.json"};
  for (const Name& name : names) memory.add_file("/" + name, "[1,2,3]");
  AheadFs fs(memory);
  const std::shared_ptr<const Dir> dir = shared_dir(fs, "/");
  Inspector inspector(fs, {});
  look_ahead(inspector, dir, names);
  for (const Name& name : names) fs.known[name] = "[]";
  int pauses = 0;
  for (;; ++pauses) {
    look_ahead(inspector, dir, names);
    if (inspector.inspect(*dir, "a.json", as(Format::json)).diagnosis.bytes == 2) break;
    REQUIRE(pauses < 100);
  }
  CHECK(pauses == 16);
}
