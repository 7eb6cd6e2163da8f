#pragma once
// The grammar of names that surround a session file whatever its layout: temporaries of writers,
// ours and other agents', backups, sidecars, quarantined originals, claims and locks. Building and parsing
// are a pair; what neither side knows is foreign and is left alone.

#include <optional>
#include <string_view>

#include "session/bytes.h"
#include "session/time.h"

namespace session {

enum class ArtifactKind : std::uint8_t {
  temporary,    ///< of an atomic write: X.tmp, X.tmp.<pid>, .X.<hex>.tmp, … (docs/store-format.md)
  claim,        ///< of session-clean: a file being removed, renamed aside under its claim
  backup,       ///< of session-repair: X.bak-<UTC>-<pid>-<n>; of others: X.bak, X.bak.<ts>
  sidecar,      ///< of session-repair: X.corrupt-<UTC>-<pid>-<n>, the bytes that a repair dropped
  quarantined,  ///< X.quarantined-<UTC>-<pid>-<n>; of others: X.corrupted, X.unreadable-<ms>
  tombstone,    ///< of others: X.deleted.<ts>, X.reset.<ts>
  lock,         ///< .lock, X.lock
};

struct Artifact {
  ArtifactKind kind;
  /// The file it belongs to, of an artifact of an artifact the latter; empty where the name does not say. A
  /// writer that drops the suffix (MiniClaw's `<stem>.tmp`) leaves only the stem here.
  Name primary;
  std::optional<long> pid;        ///< the writer, where the name says
  std::optional<TimePoint> when;  ///< when it was made, where the name says so in our form
  bool ours = false;              ///< made by one of our tools, so ours to finish or sweep
  /// `primary` stands for a longer name, which its shortened_primary() tells and nothing else.
  bool shortened = false;
};

/// What `name` is, or nullopt if it is no artifact (a session, a side file, or foreign).
std::optional<Artifact> parse_artifact(std::string_view name);

/// The session file that an artifact belongs to, behind any others: `X` of `X.bak-….tmp.<pid>`, a copy that
/// was never finished. Empty where the name does not say.
Name session_behind(const Artifact& artifact);

/// `{primary}.{what}-{UTC}-{pid}-{n}`: unique per process and counter, sorts by time. For claims, backups,
/// sidecars and quarantined files; a temporary's name is made by temp_name(). Where that is longer than the
/// 255 bytes of a file name `primary` is shortened, except in a claim.
Name make_artifact_name(ArtifactKind kind, std::string_view primary, TimePoint when, long pid,
                        unsigned counter);

/// What stands for the session file `name` in names of artifacts that would be too long: its first bytes,
/// '~', 16 hexadecimal digits of its SHA-256, and its extension.
Name shortened_primary(std::string_view name);

}  // namespace session
