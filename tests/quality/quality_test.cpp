// How much is recovered, held against what was reached: a change that recovers less fails here.

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "quality/owner.h"
#include "quality/run.h"
#include "quality/survivors.h"
#include "repair/mend/mend.h"
#include "session/repair.h"

namespace {

using namespace quality;

constexpr std::size_t k_steps = 8;

/// What each family must reach at least; those not named: 0.98.
double least(const std::string& family) {
  static const std::map<std::string, double> k_least = {
      {"head-missing", 0.60},  // what stood in a container whose name is lost has no place to go back to
      {"old-block", 0.85},     // the other version's bytes are valid where they fall into a string
      {"zero-512", 0.95},     {"zero-4096", 0.94},    {"interleaved", 0.93}, {"flip", 0.96},
      {"flip-mark", 0.96},    {"byte-dropped", 0.96}, {"byte-doubled", 0.96}};
  const auto found = k_least.find(family);
  return found == k_least.end() ? 0.98 : found->second;
}

session::RepairPlan plan(const Document& document, std::string_view bytes) {
  session::RepairOptions options;
  options.layout = session::find_layout(document.layout);
  options.format = document.format;
  return session::plan_repair(bytes, {}, options);
}

/// Those of all sets.
std::vector<Document> all_documents(unsigned seed) {
  std::vector<Document> all;
  for (const DocumentSet set : {DocumentSet::usual, DocumentSet::other, DocumentSet::foreign}) {
    for (Document& document : make_documents(seed, set)) all.push_back(std::move(document));
  }
  return all;
}

}  // namespace

TEST_CASE("every family of damage is recovered from as far as was reached") {
  Selection selection;
  selection.steps = k_steps;
  const Results results = run(selection, repair_ours);
  CAPTURE(table(results));
  CHECK(static_cast<double>(results.mean.loaded) >= 0.95 * static_cast<double>(results.mean.of_layout));
  for (const auto& [name, family] : results.families) {
    CAPTURE(name);
    CHECK(family.f >= least(name));
    CHECK(family.precision >= (name == "old-block" ? 0.85 : 0.97));
    CHECK(family.invalid == 0);
    // Where nothing but ends are lost, all goes back that its owner can use.
    if (family.usable) CHECK(*family.usable >= 0.999);
  }
  CHECK(results.mean.f >= 0.95);
  CHECK(results.mean.precision >= 0.98);
}

TEST_CASE("as much is recovered of documents that the engine was not made with") {
  for (const DocumentSet set : {DocumentSet::other, DocumentSet::foreign}) {
    Selection selection;
    selection.steps = k_steps;
    selection.set = set;
    const Results results = run(selection, repair_ours);
    CAPTURE(table(results));
    CHECK(results.mean.f >= 0.95);
    CHECK(results.mean.precision >= 0.98);
    CHECK(results.mean.invalid == 0);
    CHECK(static_cast<double>(results.mean.loaded) >= 0.95 * static_cast<double>(results.mean.of_layout));
    // Cut records of known layouts go to the sidecar, which costs what was whole in them.
    for (const auto& [family, least_f] :
         {std::pair{"torn-record", 0.985}, std::pair{"splice", 0.985}, std::pair{"cut", 0.99}}) {
      CAPTURE(family);
      CHECK(results.families.at(family).f >= least_f);
      CHECK(results.families.at(family).precision >= 0.995);
    }
  }
}

TEST_CASE("what survived of a record that its owner would reject is told from what it can use") {
  const std::string cut =
      R"({"type":"user","uuid":"b","parentUuid":"a","message":{"role":"user","content":"hi"},"timestamp":)";
  Document document;
  document.layout = "claude-code";
  document.format = session::Format::json_lines;
  document.text = R"({"type":"summary","summary":"s"})"
                  "\n" +
                  cut +
                  R"("2026-01-01T00:00:00Z","cwd":"/"})"
                  "\n";
  const auto usable = [&](std::size_t length) {
    Damaged damaged{document.text.substr(0, length), {}};
    for (std::size_t i = 0; i < length; ++i) damaged.origin.push_back(static_cast<std::int64_t>(i));
    return leaves_of(usable_values(document, surviving_values(document, damaged))).count;
  };
  CHECK(usable(document.text.size()) == 9);
  CHECK(usable(document.text.size() - 3) == 8);  // "cwd" is nobody's need
  CHECK(usable(document.text.find(R"(,"cwd")")) == 8);
  CHECK(usable(document.text.find(cut) + cut.size()) == 2);  // "timestamp" is
  document.layout = "";
  CHECK(usable(document.text.find(cut) + cut.size()) == 7);
}

TEST_CASE("healthy documents are left alone, byte for byte") {
  for (const Document& document : all_documents(7)) {
    CAPTURE(document.name);
    CHECK(plan(document, document.text).status == session::RepairStatus::healthy);
    const session::repair::Mended mended =
        session::repair::mend(document.text, document.format, session::find_layout(document.layout), {});
    CHECK(mended.content == document.text);
  }
}

TEST_CASE("a repair is judged whole, accounts for every byte, and is final") {
  for (const Document& document : all_documents(3)) {
    for (const Family& family : families()) {
      if (document.format == session::Format::json ? !family.for_json : !family.for_json_lines) continue;
      for (std::size_t step = 0; step < 4; ++step) {
        const Damaged damaged = family.apply(document, step, 4);
        if (damaged.text.empty()) continue;
        CAPTURE(document.name);
        CAPTURE(family.name);
        CAPTURE(step);
        const session::RepairPlan planned = plan(document, damaged.text);
        if (planned.status != session::RepairStatus::repaired) continue;
        CHECK(session::parses_strictly(planned.content, document.format));
        const session::RepairStatus again = plan(document, planned.content).status;
        const auto is_headless = [](const session::Finding& finding) {
          return finding.kind == session::Kind::headless;
        };
        if (std::ranges::any_of(planned.after.findings, is_headless)) {
          CHECK(again == session::RepairStatus::beyond_text);  // a transcript that lost its header
        } else {
          CHECK_FALSE(session::needs_repair(planned.after));
          CHECK(again != session::RepairStatus::repaired);
        }
        std::uint64_t end = 0;
        std::uint64_t dropped = 0;
        for (const session::DroppedRange& range : planned.dropped) {
          CHECK(range.offset >= end);
          end = range.offset + range.length;
          dropped += range.length;
        }
        CHECK(end <= damaged.text.size());
        CHECK(dropped == planned.loss.bytes_dropped);
        if (family.name != "utf16") {
          CHECK(planned.content.size() == damaged.text.size() - dropped + planned.loss.bytes_inserted);
        }
      }
    }
  }
}
