#include "session/kinds.h"

#include <algorithm>
#include <array>

namespace session {
namespace {

constexpr auto k_note = Severity::note;
constexpr auto k_limits = Severity::limits;
constexpr auto k_warning = Severity::warning;
constexpr auto k_error = Severity::error;

constexpr std::string_view k_fix_links = "--fix-links";

constexpr std::array<KindRow, k_kind_count> k_rows{{
    {Kind::empty, "empty", k_error, "the file is empty",
     "No bytes, or blanks only: what a full disk or a crash between creating and writing leaves behind. "
     "Many readers fail on it, and some then hide every other session.",
     "nothing to recover; a finished temporary or a backup is restored, else the file is quarantined"},
    {Kind::nul_file, "nul-file", k_error, "the file holds nothing but NUL bytes",
     "The file system recorded the size before a crash and never got the content.",
     "nothing to recover; a finished temporary or a backup is restored, else the file is quarantined"},
    {Kind::not_json, "not-json", k_error, "the content is something other than JSON",
     "An HTML error page, compressed or encrypted data, a database, or plain text under a session's name.",
     "none; the file is left as it is or quarantined"},
    {Kind::utf16, "utf16", k_error, "the text is UTF-16 or UTF-32, not UTF-8",
     "An editor or a shell redirection saved it in another encoding; JSON readers expect UTF-8.",
     "converted to UTF-8, lossless where every character is valid"},
    {Kind::bom, "bom", k_warning, "a byte order mark stands before the JSON text",
     "An editor put it there. RFC 8259 lets readers ignore it; many fail on it.", "removed, lossless"},
    {Kind::torn_tail, "torn-tail", k_error, "the end is cut off",
     "The writer died, or the disk was full, in the middle of the document or of the last record.",
     "closed behind the last whole value; a message or record that its owner could not load then goes to the "
     "sidecar"},
    {Kind::torn_record, "torn-record", k_error, "a record is cut off at the end of its line",
     "A write was cut short, and a later writer began a new line after it.",
     "closed behind its last whole value; a record that its owner could not load then goes to the sidecar"},
    {Kind::headless, "headless", k_error, "the beginning is missing",
     "The file was replaced or emptied under a live writer, or a block at its front was lost: it begins in "
     "the middle of a document or record.",
     "the fragment goes to the sidecar; a missing header is rebuilt only when asked for"},
    {Kind::missing_newline, "missing-newline", k_warning, "the last record has no newline behind it",
     "Whole, but the next append glues its record to it. Some agents never write the last newline.",
     "the newline is added, lossless"},
    {Kind::nul_prefix, "nul-prefix", k_error, "NUL bytes stand before the text",
     "A hole in the file: an append went on at the old offset after the file had been emptied, or a block "
     "was lost.",
     "removed, lossless"},
    {Kind::nul_tail, "nul-tail", k_error, "NUL bytes stand at the end",
     "The size was recorded before a crash, the content was not.", "removed, lossless"},
    {Kind::nul_interior, "nul-interior", k_error, "NUL bytes stand inside the text",
     "A block was zeroed by a crash or a failing disk.",
     "a few between values removed, lossless; a value or record that more of them lie in or touch goes to "
     "the sidecar"},
    {Kind::stale_tail, "stale-tail", k_error, "the end of an older, longer version stands behind the text",
     "A shorter version was written over a longer one without cutting the rest off.",
     "the whole first value is kept, the rest goes to the sidecar"},
    {Kind::glued, "glued", k_error, "whole values follow each other where one belongs",
     "Two writers appended at once, or a newline was lost.",
     "records are split onto lines of their own, lossless"},
    {Kind::splice, "splice", k_error, "a cut record runs into the beginning of another",
     "A write was cut short and the next record was appended to the stub.",
     "the whole record is kept, and of the cut one what its owner can load; the rest goes to the sidecar"},
    {Kind::merge_conflict, "merge-conflict", k_error, "conflict markers of a version control system",
     "A merge was left unresolved in a file that is under version control.",
     "one whole side is kept, the one with the later times; the other goes to the sidecar"},
    {Kind::blank_line, "blank-line", k_note, "an empty line between records",
     "Harmless to most readers; some count it as a record.", "left alone"},
    {Kind::invalid_utf8, "invalid-utf8", k_error, "bytes that are not UTF-8",
     "A character was cut by a truncation, bytes were flipped, or the text was written in an older encoding.",
     "the string it stands in goes to the sidecar, or what follows it there where prefixes are kept"},
    {Kind::raw_control, "raw-control", k_error, "a control character stands unescaped in a string",
     "A writer forgot to escape it; a raw newline splits records for every reader.", "escaped, lossless"},
    {Kind::split_record, "split-record", k_error, "a record is broken over several lines",
     "A raw newline inside a string, or a record printed over several lines.",
     "joined to one line, lossless unless it is not certain what a break within a value was"},
    {Kind::bad_syntax, "bad-syntax", k_error, "the text breaks the rules of JSON",
     "Flipped bytes, an edit by hand, or a writer that is not a JSON writer.",
     "what stands whole before and behind it is kept, the rest goes to the sidecar"},
    {Kind::duplicate_key, "duplicate-key", k_warning, "an object has the same key twice",
     "Valid JSON; readers differ in which of the two they take, most take the last.", "left alone"},
    {Kind::lone_surrogate, "lone-surrogate", k_warning, "an escape names half of a surrogate pair",
     "A string was cut through a character beyond the basic plane. Valid JSON, but no text: interfaces "
     "refuse it.",
     "left alone; --fix-surrogates replaces it", "--fix-surrogates"},
    {Kind::number_limits, "number-limits", k_limits, "a number beyond 64 bits or beyond double",
     "Valid JSON; many readers round it or refuse it.", "left alone"},
    {Kind::depth_limits, "depth-limits", k_limits, "nesting deeper than 1024 levels",
     "Valid JSON; many readers refuse it, some crash.", "left alone"},
    {Kind::wrong_shape, "wrong-shape", k_error, "not the shape of value that the layout holds",
     "Another type of value, or an empty husk written over a session.", "only a backup can be restored"},
    {Kind::husk, "husk", k_warning, "nothing in it but an empty container or a header",
     "A session that has just begun looks like this; so does one whose history was overwritten by nothing.",
     "only a backup can be restored"},
    {Kind::missing_field, "missing-field", k_error, "a required field is missing",
     "An older or foreign writer, or content lost in a way that left valid JSON.",
     "a message or record that lacks it goes to the sidecar when its file is repaired; of lost fields at "
     "the top --rebuild-header makes those again that name and content tell",
     "--rebuild-header"},
    {Kind::wrong_type, "wrong-type", k_error, "a field holds another type than it must", "As missing-field.",
     "none"},
    {Kind::bad_value, "bad-value", k_warning, "a field's value breaks its rule",
     "A newer schema, or a value that no version of its owner writes.", "none"},
    {Kind::bad_time, "bad-time", k_warning, "a time that cannot be read",
     "Not a date-time or epoch count as the layout writes it; the session cannot be dated by it.", "none"},
    {Kind::future_time, "future-time", k_warning, "a time more than 24 hours ahead",
     "A wrong clock or a wrong unit; such a session would stay fresh for ever.", "none"},
    {Kind::id_mismatch, "id-mismatch", k_warning, "the id inside is not the one in the file name",
     "The file was copied or renamed; its owner may load it as another session.", "none"},
    {Kind::open_mode, "open-mode", k_warning, "others than the owner may read the file",
     "Sessions hold private conversations; a writer or a copy did not keep mode 0600.", "chmod 600"},
    {Kind::unpaired_call, "unpaired-call", k_warning, "a tool call has no result",
     "The session ended or was cut between call and result; model interfaces refuse such a history.",
     "left alone; --fix-links takes it out once the conversation has passed it", k_fix_links},
    {Kind::unpaired_result, "unpaired-result", k_error, "a tool result has no call before it",
     "The record with the call was lost; model interfaces refuse such a history.",
     "left alone; --fix-links takes it out", k_fix_links},
    {Kind::dangling_parent, "dangling-parent", k_warning, "a record's parent does not exist",
     "The parent was lost or never written; readers show only what comes after.",
     "left alone; --fix-links leads it to the record before", k_fix_links},
    {Kind::parent_cycle, "parent-cycle", k_error, "records are each other's parents in a circle",
     "Readers that walk the tree hang or stop.", "none"},
    {Kind::duplicate_id, "duplicate-id", k_warning, "two records have the same id",
     "History was copied on resume, or a write was repeated.",
     "left alone; --fix-links drops what stands there twice", k_fix_links},
    {Kind::bad_ordinal, "bad-ordinal", k_warning, "a record's ordinal does not follow the one before",
     "Records were lost or appended by two writers.", "none"},
    {Kind::orphan_temp, "orphan-temp", k_warning, "a temporary of a writer that died",
     "The writer was killed between writing and renaming. It may be the only whole copy.",
     "taken where the session does not parse and it is the newer version, or is gone; else session-clean "
     "removes it"},
    {Kind::stale_lock, "stale-lock", k_warning, "a lock of a process that is gone",
     "The holder died without removing it; its owner may refuse to open the session.",
     "none; remove it by hand"},
    {Kind::repair_leftover, "repair-leftover", k_note,
     "a backup, sidecar or quarantined file of an earlier repair",
     "Kept on purpose; session-clean can expire them.", "left alone"},
}};

constexpr bool in_order() {
  for (std::size_t i = 0; i < k_rows.size(); ++i) {
    if (static_cast<std::size_t>(k_rows[i].kind) != i) return false;
  }
  return true;
}
static_assert(in_order(), "row i is Kind i");

}  // namespace

std::span<const KindRow> kinds() { return k_rows; }
const KindRow& row_of(Kind kind) { return k_rows[static_cast<std::size_t>(kind)]; }
std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::note: return "note";
    case Severity::limits: return "limits";
    case Severity::warning: return "warning";
    case Severity::error: return "error";
  }
  return "error";
}

std::string_view id_of(Kind kind) { return row_of(kind).id; }

std::optional<Kind> find_kind(std::string_view id) {
  const auto row = std::find_if(k_rows.begin(), k_rows.end(), [id](const KindRow& r) { return r.id == id; });
  if (row == k_rows.end()) return std::nullopt;
  return row->kind;
}

}  // namespace session
