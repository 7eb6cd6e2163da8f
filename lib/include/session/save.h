#pragma once
// Saving one session: the store's lock, the session's own lock, the guards against losing content, then a
// ReplaceStep. Whoever saves through these functions never loses another's update, from whatever process.
//
// What does not belong here: choosing the store, and reading the bytes.

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "session/execute.h"
#include "session/layout.h"
#include "session/time.h"

namespace session {

/// Ok if `content` is valid in `format` (RFC 8259, strict UTF-8); what is beyond the limits of parsers or
/// only worth a warning is. Else invalid_content: the first of the most severe findings, its place, and how
/// many more there are. `subject` is where the bytes came from.
Result<void> check_content(ByteView content, Format format, std::string_view subject);

/// The file name of the session `id` in a store of `layout` (nullptr: not known; `format` says what is
/// saved). bad_argument where the id cannot be a file name (id.h), or where the file would not be taken for a
/// session of the store (side files, temporaries, locks).
Result<Name> session_file_name(std::string_view id, const Layout* layout, Format format);

/// The file that a session `id` of a format would stand in if it had the other one.
Name twin_file_name(std::string_view id, Format format);

/// Whether content that holds nothing may replace a session that holds something.
enum class Husk : std::uint8_t { refuse, accept };

struct SaveOptions {
  Durability durability = Durability::full;
  milliseconds lock_patience{10'000};
  Husk husk = Husk::refuse;
  /// The content hash (content_hash.h) of the version this one was made from: with any other in place, or
  /// none, Errc::changed.
  std::optional<std::string> if_match = {};
};

struct Saved {
  bool replaced = false;  ///< an older version stood there
  std::uint64_t bytes = 0;
  FileId id = {};
  std::string hash = {};  ///< the content hash of what stands there now
};

/// Whether `content`, valid in `format`, says nothing: an empty object or array, a bare scalar, no record.
bool is_husk(ByteView content, Format format);

/// Makes `content` the session `name` of `dir`. Takes the store's lock shared and, where the session exists,
/// its own exclusive. invalid_content for a husk; busy for a lock held beyond the patience; else the
/// errors of execute(). Nothing is changed on any error but durability_unknown.
Result<Saved> save_session(Fs& fs, const Dir& dir, const Name& name, const SharedBytes& content,
                           Format format, const SaveOptions& options);

/// What `modify` makes of the session's content becomes its content, with both locks held from before the
/// reading until after the writing: no update of any number of concurrent callers is lost. not_found if there
/// is no such session; an error of `modify` is passed on and nothing is changed.
using Modify = std::function<Result<Bytes>(ByteView content)>;
Result<Saved> modify_session(Fs& fs, const Dir& dir, const Name& name, const Modify& modify, Format format,
                             const SaveOptions& options);

/// One of many sessions to be saved together.
struct SaveItem {
  Name name;
  SharedBytes content;
  /// The caller is the session's only writer: it must still be `on_disk` (nullopt: not exist), else
  /// Errc::changed.
  bool owned = false;
  std::optional<FileId> on_disk = {};
};

/// save_session() for many by group commit (execute_group()): each item has a result of its own, in order,
/// without its hash, and the failure of one leaves the others alone. Of several items of one name the
/// last stands at the end. Sessions that others hold are waited for together, for options.lock_patience at
/// most, after all the others are saved. One that is a symbolic link is saved where it points.
/// options.if_match is not looked at.
std::vector<Result<Saved>> save_sessions(Fs& fs, const Dir& dir, std::span<const SaveItem> items,
                                         Format format, const SaveOptions& options);

}  // namespace session
