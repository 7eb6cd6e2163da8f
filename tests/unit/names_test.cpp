#include "session/names.h"

#include <doctest/doctest.h>

#include <string>

using namespace session;

namespace {

std::string_view word(ArtifactKind kind) {
  switch (kind) {
    case ArtifactKind::temporary: return "temporary";
    case ArtifactKind::claim: return "claim";
    case ArtifactKind::backup: return "backup";
    case ArtifactKind::sidecar: return "sidecar";
    case ArtifactKind::quarantined: return "quarantined";
    case ArtifactKind::tombstone: return "tombstone";
    case ArtifactKind::lock: return "lock";
  }
  return "?";
}

/// "kind primary pid", with " ours" after it.
std::string read(std::string_view name) {
  const auto artifact = parse_artifact(name);
  if (!artifact) return "none";
  return std::string(word(artifact->kind)) + " " + (artifact->primary.empty() ? "-" : artifact->primary) +
         " " + (artifact->pid ? std::to_string(*artifact->pid) : "-") + (artifact->ours ? " ours" : "");
}

}  // namespace

TEST_CASE("names of our own artifacts") {
  CHECK(read("a.json.tmp.123") == "temporary a.json 123 ours");
  CHECK(read("a.json.tmp.4194304") == "temporary a.json 4194304 ours");
  CHECK(read("a.json.tmp.123.2") == "temporary a.json 123 ours");
  CHECK(read("a.json.claim-20261121T111229Z-77-0") == "claim a.json 77 ours");
  CHECK(read("a.json.bak-20261121T111229Z-77-12") == "backup a.json 77 ours");
  CHECK(read("a.jsonl.corrupt-20261121T111229Z-77-1") == "sidecar a.jsonl 77 ours");
  CHECK(read("a.json.quarantined-20261121T111229Z-77-1") == "quarantined a.json 77 ours");
  CHECK(read(".lock") == "lock - -");
}

TEST_CASE("temporaries of other writers") {
  CHECK(read("telegram_1.tmp") == "temporary telegram_1 -");
  CHECK(read("a.json.tmp") == "temporary a.json -");
  CHECK(read("a.jsonl.tmp-123") == "temporary a.jsonl 123");
  CHECK(read("sessions.json.123.0b8f3b1e-9d2c-4a57-8f5e-1c2d3e4f5a6b.tmp") == "temporary sessions.json 123");
  CHECK(read(".key.jsonl.0123456789abcdef.tmp") == "temporary key.jsonl -");
  CHECK(read(".history_item.json.new_1795259549123_x7f2a.tmp") == "temporary history_item.json -");
  CHECK(read(".history_item.json.bak_1795259549123_x7f2a.tmp") == "temporary history_item.json -");
  CHECK(read(".tmp-123-1795259549123456789") == "temporary - 123");
  CHECK(read(".oc-a.json.123.1795259549123.tmp") == "temporary a.json 123");
  CHECK(read("settings.json.tmp.1795259549123.k3j9x.json") == "temporary settings.json -");
  CHECK(read("a.jsonl.repair-123-1795259549123.tmp") == "temporary a.jsonl 123");
  CHECK(read("a.json.tmp.1795259549123") == "temporary a.json -");
}

TEST_CASE("backups, quarantined files, tombstones and locks of other writers") {
  CHECK(read("a.json.bak") == "backup a.json -");
  CHECK(read("a.jsonl.bak.2026-11-21T11-12-29.000Z") == "backup a.jsonl -");
  CHECK(read("a.json.bak.1795259549123") == "backup a.json -");
  CHECK(read("telegram_1.json.corrupted") == "quarantined telegram_1.json -");
  CHECK(read("a.json.corrupt") == "quarantined a.json -");
  CHECK(read("a.json.corrupt.1795259549") == "quarantined a.json -");
  CHECK(read("a.jsonl.unreadable-1795259549123") == "quarantined a.jsonl -");
  CHECK(read("a.jsonl.deleted.2026-11-21T11-12-29.000Z") == "tombstone a.jsonl -");
  CHECK(read("a.jsonl.reset.1795259549123") == "tombstone a.jsonl -");
  CHECK(read("a.jsonl.lock") == "lock a.jsonl -");
  CHECK(read(".workspace-migration.lock") == "lock .workspace-migration -");
  CHECK(read("inuse.4711.lock") == "lock - 4711");
}

TEST_CASE("what is no artifact") {
  for (const auto* name : {"",
                           "a.json",
                           "a.jsonl",
                           "tmp.json",
                           "tmp",
                           ".tmp",
                           "a.tmp.json",
                           "a.tmp.12.json",
                           "a.tmpx",
                           "a.json.tmp.",
                           "a.json.tmp.x",
                           "a.json.tmp.12x",
                           "a.json.tmp.12.",
                           "a.json.tmp.12.x",
                           "a.json.tmp.-12",
                           "a.json.tmp-",
                           "a.json.tmp-x",
                           ".tmp.123",
                           "a.json.claim",
                           "a.json.claim-20261121T111229Z-77",
                           "a.json.claim-20261121T111229Z-0-1",
                           "a.json.claim-2026-11-21-77-1",
                           "a.json.claim-20261121T111229Z-77-",
                           ".claim-20261121T111229Z-77-1",
                           "a.json.bak-20261121-77-1",
                           ".bak",
                           "a.bak.json",
                           "a.json.bak.",
                           "a.json.bak.x",
                           "a.json.bakery",
                           "a.json.corrupted2",
                           "uncorrupted",
                           "a.json.unreadable-x",
                           "a.json.unreadable",
                           "a.json.deleted",
                           "a.json.deleted.by-hand",
                           "a.json.reset.",
                           "lock",
                           "a.lock.json",
                           "inuse.lock.json",
                           "a.json.bak-20261321T111229Z-77-1",
                           "notes.txt",
                           "_active-agent.json",
                           ".gitkeep",
                           "a.json.TMP",
                           "a.json.Lock"}) {
    CAPTURE(name);
    CHECK(read(name) == "none");
  }
}

TEST_CASE("numbers that can be no process id are none") {
  CHECK(read("a.json.tmp.4194305") == "temporary a.json -");
  CHECK(read("a.json.tmp.0") == "temporary a.json -");
  CHECK(read("a.json.tmp.007") == "temporary a.json -");
  CHECK(read("a.json.tmp.99999999999999999999999") == "temporary a.json -");
}

TEST_CASE("an artifact of an artifact names that artifact") {
  CHECK(read("a.json.bak-20261121T111229Z-77-1.tmp.5") ==
        "temporary a.json.bak-20261121T111229Z-77-1 5 ours");
  CHECK(read("a.json.tmp.5.claim-20261121T111229Z-77-1") == "claim a.json.tmp.5 77 ours");
}

TEST_CASE("names are bytes") {
  CHECK(read("a\n\xff.json.tmp.5") == "temporary a\n\xff.json 5 ours");
  CHECK(read(std::string(300, 'x') + ".tmp") == "temporary " + std::string(300, 'x') + " -");
}

TEST_CASE("the session behind an artifact, and behind one of an artifact") {
  const auto behind = [](std::string_view name) { return session_behind(*parse_artifact(name)); };
  CHECK(behind("a.json.tmp.17") == "a.json");
  CHECK(behind("a.json.bak-20260101T000000Z-7-0.tmp.17") == "a.json");
  CHECK(behind("a.json.bak-20260101T000000Z-7-0.quarantined-20260101T000000Z-8-0.tmp.17") == "a.json");
  CHECK(behind(".lock").empty());
}

TEST_CASE("what is made is parsed as what it is") {
  const TimePoint when = *parse_date_time("2026-11-21T11:12:29.999Z");
  CHECK(make_artifact_name(ArtifactKind::backup, "a.json", when, 77, 3) ==
        "a.json.bak-20261121T111229Z-77-3");
  for (const auto kind :
       {ArtifactKind::claim, ArtifactKind::backup, ArtifactKind::sidecar, ArtifactKind::quarantined}) {
    for (const std::string primary : {"a.json", "_x.json", ".x", "a.json.tmp.5", "\xff", "a.bak-b"}) {
      const auto artifact =
          parse_artifact(make_artifact_name(kind, primary, when, 4'194'304, 4'294'967'295U));
      REQUIRE(artifact.has_value());
      CHECK(artifact->kind == kind);
      CHECK(artifact->primary == primary);
      CHECK(artifact->pid == 4'194'304);
      CHECK(artifact->when == std::chrono::floor<std::chrono::seconds>(when));
      CHECK(artifact->ours);
    }
  }
}
