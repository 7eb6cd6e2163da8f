#include "session/save.h"

#include <limits>

#include "session/check.h"
#include "session/content_hash.h"
#include "session/id.h"
#include "session/lock.h"
#include "session/names.h"
#include "store/save_guards.h"

namespace session {
namespace {

constexpr std::string_view k_blanks = " \t\r\n";
/// Anything longer is taken for content without being read.
constexpr std::uint64_t k_longest_husk = 4096;
constexpr std::uint64_t k_no_limit = std::numeric_limits<std::uint64_t>::max();

bool is_blank(ByteView content) { return content.find_first_not_of(k_blanks) == ByteView::npos; }

bool is_empty_container(ByteView content) {
  if (content.starts_with(k_byte_order_mark)) content.remove_prefix(k_byte_order_mark.size());
  const std::size_t open = content.find_first_not_of(k_blanks);
  if (open == ByteView::npos) return true;
  if (content[open] != '{' && content[open] != '[') return true;
  const std::size_t next = content.find_first_not_of(k_blanks, open + 1);
  return next == ByteView::npos || content[next] == '}' || content[next] == ']';
}

Result<std::string> hash_of(Fs& fs, const File& file) {
  const Buffer buffer(256 * 1024);
  ContentHash hash;
  const auto take = [&](ByteView piece) {
    hash.update(piece);
    return true;
  };
  const Result<std::uint64_t> read = read_pieces(fs, file, buffer, 0, k_to_the_end, take);
  if (!read) return Unexpected{read.error()};
  return hash.finish();
}

/// A session and its store, locked.
struct Held {
  Lock store;
  std::optional<File> session;  ///< nullopt: it does not exist
  FileId id = {};
};

Result<Held> hold(Fs& fs, const Dir& dir, const Name& name, milliseconds patience) {
  Result<Lock> store = lock_file(fs, dir, Name(k_lock_name), LockKind::shared, patience);
  if (!store) return Unexpected{std::move(store).error()};
  Held held{std::move(*store), {}, {}};
  Result<File> session = open_locked(fs, dir, name, Access::read, LockKind::exclusive, patience);
  if (!session && session.error().code == Errc::not_found) return held;
  if (!session) return Unexpected{std::move(session).error()};
  const Result<Stat> about = fs.stat(*session);
  if (!about) return Unexpected{about.error()};
  held.id = id_of(*about);
  held.session = std::move(*session);
  return held;
}

/// Whether the content that stands at `path`, by its hash, is the one that is wanted there.
Result<void> check_match(const Path& path, const std::string& wanted, const std::string& standing) {
  if (names_same_content(wanted, standing)) return {};
  return fail(Errc::changed, Op::validate, path, "it has changed meanwhile: its content is now " + standing);
}

Result<Saved> replace(Fs& fs, const Dir& dir, const Name& name, const Held& held, const SharedBytes& content,
                      const SaveOptions& options) {
  ReplaceStep step{name, content, {.durability = options.durability}};
  if (held.session) {
    step.options.expected = held.id;
  } else {
    // Nothing was there to be locked: a session that came meanwhile must be looked at first.
    step.options.existing = Existing::refuse;
  }
  const Result<Outcome> outcome = execute(fs, dir, step);
  if (!outcome) return Unexpected{outcome.error()};
  return Saved{held.session.has_value(), outcome->bytes_written, outcome->id, content_hash(*content)};
}

Result<Saved> save_once(Fs& fs, const Dir& dir, const Name& name, const SharedBytes& content, Format format,
                        const SaveOptions& options) {
  const Result<Held> held = hold(fs, dir, name, options.lock_patience);
  if (!held) return Unexpected{held.error()};
  const Path path = join_path(dir.path(), name);
  if (options.if_match) {
    if (!held->session) return fail(Errc::changed, Op::validate, path, "there is no such session any more");
    const Result<std::string> hash = hash_of(fs, *held->session);
    if (!hash) return Unexpected{hash.error()};
    if (auto matched = check_match(path, *options.if_match, *hash); !matched) {
      return Unexpected{matched.error()};
    }
  }
  if (options.husk == Husk::refuse && held->session) {
    const Result<void> checked = check_husk(fs, *held->session, held->id.size, path, *content, format);
    if (!checked) return Unexpected{checked.error()};
  }
  return replace(fs, dir, name, *held, content, options);
}

}  // namespace

Unexpected<Error> husk_refused(std::string_view subject) {
  return fail(Errc::invalid_content, Op::validate, std::string(subject),
              "an empty session must not replace one with content");
}

Result<void> check_husk(Fs& fs, const File& old, std::uint64_t size, const Path& path, ByteView content,
                        Format format) {
  if (!is_husk(content, format)) return {};
  if (size <= k_longest_husk) {
    const Result<Bytes> standing = read_all(fs, old, k_longest_husk);
    if (!standing && standing.error().code != Errc::too_large) return Unexpected{standing.error()};
    // What is damaged is content, whatever it looks like: repair may bring it back.
    const bool holds_nothing =
        standing &&
        (is_blank(*standing) || (is_husk(*standing, format) && check_content(*standing, format, path)));
    if (holds_nothing) return {};
  }
  return husk_refused(path);
}

Result<void> check_content(ByteView content, Format format, std::string_view subject) {
  CheckOptions options;
  options.level = Level::syntax;
  options.format = format;
  const Diagnosis diagnosis = diagnose(content, options);
  if (diagnosis.verdict != Verdict::damaged) return {};
  const Finding& first = diagnosis.findings.front();
  const KindRow& kind = row_of(first.kind);
  std::string words = std::string(kind.id) + " at line " + std::to_string(first.line) + ", column " +
                      std::to_string(first.column) + " (byte " + std::to_string(first.offset) +
                      "): " + std::string(kind.summary);
  if (!first.detail.empty()) words += " (" + first.detail + ")";
  const std::uint64_t others = diagnosis.findings.size() - 1 + diagnosis.findings_left_out;
  if (others != 0) words += ", and " + std::to_string(others) + " more";
  return fail(Errc::invalid_content, Op::validate, std::string(subject), std::move(words));
}

Result<Name> session_file_name(std::string_view id, const Layout* layout, Format format) {
  if (Result<void> safe = check_session_id(id); !safe) return Unexpected{safe.error()};
  Name name = layout != nullptr ? layout->file_name(id) : Name(id) + Name(suffix_of(format));
  const bool is_session = layout != nullptr ? layout->classify(name) == NameKind::session : id.front() != '_';
  if (is_session && !parse_artifact(name)) return name;
  return fail(Errc::bad_argument, Op::validate, std::string(id),
              "the file " + name + " would be no session of this store, but one of its side files");
}

Name twin_file_name(std::string_view id, Format format) {
  return Name(id) + Name(suffix_of(other_format(format)));
}

bool is_husk(ByteView content, Format format) {
  if (format == Format::json) return is_empty_container(content);
  while (!content.empty()) {
    const std::size_t newline = content.find('\n');
    if (!is_empty_container(content.substr(0, newline))) return false;
    content.remove_prefix(newline == ByteView::npos ? content.size() : newline + 1);
  }
  return true;
}

Result<Saved> save_session(Fs& fs, const Dir& dir, const Name& name, const SharedBytes& content,
                           Format format, const SaveOptions& options) {
  constexpr int k_most_attempts = 100;
  for (int attempt = 1;; ++attempt) {
    Result<Saved> saved = save_once(fs, dir, name, content, format, options);
    const bool appeared = !saved && saved.error().code == Errc::exists;
    if (!appeared || attempt == k_most_attempts) return saved;
  }
}

Result<Saved> modify_session(Fs& fs, const Dir& dir, const Name& name, const Modify& modify, Format format,
                             const SaveOptions& options) {
  const Result<Held> held = hold(fs, dir, name, options.lock_patience);
  if (!held) return Unexpected{held.error()};
  const Path path = join_path(dir.path(), name);
  if (!held->session) return fail(Errc::not_found, Op::open, path, "there is no such session");
  const Result<Bytes> old = read_all(fs, *held->session, k_no_limit);
  if (!old) return Unexpected{old.error()};
  if (options.if_match) {
    if (auto matched = check_match(path, *options.if_match, content_hash(*old)); !matched) {
      return Unexpected{matched.error()};
    }
  }
  Result<Bytes> modified = modify(*old);
  if (!modified) return Unexpected{std::move(modified).error()};
  if (options.husk == Husk::refuse && is_husk(*modified, format) && !is_husk(*old, format)) {
    return husk_refused(path);
  }
  return replace(fs, dir, name, *held, share(std::move(*modified)), options);
}

}  // namespace session
