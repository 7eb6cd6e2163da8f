#include "store/append.h"

#include <algorithm>
#include <atomic>

#include "base/error_detail.h"
#include "check/tail.h"
#include "session/lock.h"
#include "session/names.h"
#include "session/process.h"
#include "sys/staged_file.h"

namespace session {
namespace {

/// A line longer than this is no record of any agent known; reading it would only fill the memory.
constexpr std::uint64_t k_longest_line = 256 << 20;
constexpr std::size_t k_piece_bytes = 64 * 1024;

/// Exactly the bytes from `begin` to `end`.
Result<Bytes> read_range(Fs& fs, const File& file, std::uint64_t begin, std::uint64_t end) {
  Bytes bytes(static_cast<std::size_t>(end - begin), '\0');
  const Result<std::size_t> length = read_fully(fs, file, bytes.data(), bytes.size(), begin);
  if (!length) return Unexpected{length.error()};
  if (*length < bytes.size()) return fail(Errc::changed, Op::read, file.path());
  return bytes;
}

/// The bytes between the last newline before `end` (or the beginning of the file) and `end`.
Result<Bytes> read_line_before(Fs& fs, const File& file, std::uint64_t end) {
  for (std::uint64_t at = end; at > 0;) {
    const std::uint64_t begin = at - std::min<std::uint64_t>(at, k_piece_bytes);
    Result<Bytes> piece = read_range(fs, file, begin, at);
    if (!piece) return piece;
    if (const std::size_t newline = piece->rfind('\n'); newline != Bytes::npos) {
      if (at == end) return piece->substr(newline + 1);
      return read_range(fs, file, begin + newline + 1, end);
    }
    at = begin;
    if (end - at > k_longest_line) {
      return fail(Errc::too_large, Op::read, file.path(),
                  "its last line is longer than " + std::to_string(k_longest_line) + " bytes");
    }
  }
  return read_range(fs, file, 0, end);
}

class Append {
 public:
  Append(Fs& fs, const Dir& dir, const AppendStep& step, File file)
      : fs_(fs), dir_(dir), step_(step), file_(std::move(file)) {}

  Result<Outcome> run() {
    if (Result<void> healed = heal(); !healed) return Unexpected{healed.error()};
    const Bytes text = step_.record + '\n';
    if (Result<void> written = write(text); !written) return Unexpected{written.error()};
    outcome_.bytes_written = text.size();
    return outcome_;
  }

 private:
  Result<void> heal() {
    const Result<Stat> before = fs_.stat(file_);
    if (!before) return Unexpected{before.error()};
    size_ = before->size;
    if (size_ == 0) return {};
    char last = '\0';
    if (Result<std::size_t> got = read_fully(fs_, file_, &last, 1, size_ - 1); !got) {
      return Unexpected{got.error()};
    }
    const Newline newline = last == '\n' ? Newline::present : Newline::missing;
    const Result<Bytes> line = read_line_before(fs_, file_, newline == Newline::present ? size_ - 1 : size_);
    if (!line) return Unexpected{line.error()};
    const TailJudgement judgement = judge_tail(*line, newline);
    Bytes tail = line->substr(judgement.whole);
    if (newline == Newline::present) tail += '\n';
    switch (judgement.tail) {
      case Tail::sound: return {};
      case Tail::whole_record: return add_newline(line->size() - without_padding(*line).size(), *before);
      case Tail::damaged: return leave(tail, newline, *before);
      case Tail::cut: break;
    }
    if (Result<void> checked = check_lines(line->size() + (newline == Newline::present ? 1 : 0), tail);
        !checked) {
      return checked;
    }
    if (Result<void> cut = move_away(tail, *before); !cut || judgement.whole == 0) return cut;
    // Behind a whole record, which lacks its newline then.
    if (Result<void> written = write("\n"); !written) return written;
    size_ += 1;
    return {};
  }

  /// In a write and a flush of its own: together with the new record a power cut could mix the two.
  Result<void> add_newline(std::size_t padding, const Stat& before) {
    if (padding > 0) {
      if (Result<void> same = still(before); !same) return same;
      if (Result<void> shortened = fs_.truncate(file_, size_ - padding); !shortened) return shortened;
      size_ -= padding;
    }
    if (Result<void> written = write("\n"); !written) return written;
    size_ += 1;
    outcome_.healing = Healing::newline_added;
    return {};
  }

  /// For a last line that is damaged, and not by a cut: on a line of its own it does no harm.
  Result<void> leave(const Bytes& line, Newline newline, const Stat& before) {
    if (Result<void> checked = check_lines(line.size(), line); !checked) return checked;
    if (newline == Newline::missing) {
      const std::size_t padding = line.size() - without_padding(line).size();
      if (Result<void> added = add_newline(padding, before); !added) return added;
    }
    outcome_.healing = Healing::left_damaged;
    return {};
  }

  /// An error where the file is no JSON Lines: its last line has `length` bytes and ends in `rest`, which is
  /// no record.
  Result<void> check_lines(std::size_t length, const Bytes& rest) {
    const std::uint64_t begin = size_ - length;
    const std::size_t first = rest.find_first_not_of(" \t\r\n");
    if (first != Bytes::npos && (rest[first] == '}' || rest[first] == ']')) {
      // No record begins so: it is the end of a document over several lines.
      return fail(Errc::invalid_content, Op::validate, file_.path(),
                  "the last line is no record, nor a torn one");
    }
    if (begin > 0) {
      // A document over several lines ends in a line that is no record, too; there is nothing torn about it.
      const Result<Bytes> line = read_line_before(fs_, file_, begin - 1);
      if (!line) return Unexpected{line.error()};
      const bool is_record =
          holds_whole_records(*line) || judge_tail(*line, Newline::present).tail == Tail::damaged;
      if (!is_record) {
        return fail(Errc::invalid_content, Op::validate, file_.path(),
                    "neither the torn last line nor the one before it is a record");
      }
    }
    return {};
  }

  /// Moves the torn tail into a sidecar of its own.
  Result<void> move_away(const Bytes& tail, const Stat& before) {
    const std::uint64_t begin = size_ - tail.size();
    const Result<Name> sidecar = write_sidecar(tail, before);
    if (!sidecar) return Unexpected{sidecar.error()};
    Result<void> shortened = still(before);
    if (shortened) shortened = fs_.truncate(file_, begin);
    if (!shortened) {
      // The tail is where it was, so its copy is of no use; should it stay, it does no harm.
      const Result<void> removed = fs_.unlink(dir_, *sidecar);
      static_cast<void>(removed);
      return shortened;
    }
    size_ = begin;
    outcome_.healing = Healing::tail_moved;
    outcome_.sidecar = *sidecar;
    // Else a power cut could leave the new record mixed with what remains of the torn one.
    if (Result<void> synced = fs_.sync(file_, SyncKind::full); !synced) {
      Error error = synced.error();
      error.detail = "the torn tail was moved to " + *sidecar;
      return Unexpected{std::move(error)};
    }
    return {};
  }

  /// Always durable: it becomes the only copy.
  Result<Name> write_sidecar(const Bytes& tail, const Stat& before) {
    static std::atomic<unsigned> counter = 0;
    const WriteOptions options{.durability = Durability::full, .existing = Existing::refuse};
    const auto fill = [&](const File& temporary) { return write_fully(fs_, temporary, tail); };
    for (unsigned attempt = 0;; ++attempt) {
      const Name name = make_artifact_name(ArtifactKind::sidecar, step_.name, now(), process_id(), counter++);
      const Result<Written> written = write_staged(fs_, dir_, name, fill, options, before);
      if (written) return name;
      Error error = written.error();
      if (error.code == Errc::exists && attempt < k_most_names) continue;
      if (error.code == Errc::durability_unknown) {
        // That the sidecar may vanish is a reason to cut nothing, not news of the session.
        error.code = errc_of(error.os_errno);
        const Result<void> removed = fs_.unlink(dir_, name);
        static_cast<void>(removed);
      }
      return Unexpected{std::move(error)};
    }
  }

  /// A program that knows nothing of our lock may be in the middle of the very line that looks torn.
  Result<void> still(const Stat& before) {
    const Result<Stat> now = fs_.stat(file_);
    if (!now) return Unexpected{now.error()};
    if (id_of(*now) == id_of(before)) return {};
    return fail(Errc::busy, Op::write, file_.path(), "another program is writing to it");
  }

  Result<void> write(ByteView text) {
    Result<std::size_t> length = fs_.write(file_, text);
    while (!length && is_interrupted(length.error())) length = fs_.write(file_, text);
    if (!length) return take_back(0, length.error());
    if (*length < text.size()) {
      return take_back(*length, {Errc::no_space, Op::write, 0, file_.path(), "only a part could be written"});
    }
    const Result<Stat> after = fs_.stat(file_);
    if (!after) return take_back(*length, after.error());
    outcome_.id = id_of(*after);
    if (step_.durability == Durability::none) return {};
    const SyncKind kind = step_.durability == Durability::full ? SyncKind::full : SyncKind::content;
    if (Result<void> synced = fs_.sync(file_, kind); !synced) return take_back(*length, synced.error());
    return {};
  }

  /// Makes the file end where it ended before the `length` bytes came, unless others have written behind
  /// them.
  Unexpected<Error> take_back(std::size_t length, Error error) {
    if (length == 0) return Unexpected{std::move(error)};
    const Result<Stat> now = fs_.stat(file_);
    if (!now || now->size != size_ + length) {
      add_detail(error, "it was not taken back, because another program has written behind it");
      return Unexpected{std::move(error)};
    }
    if (Result<void> shortened = fs_.truncate(file_, size_); !shortened) {
      add_detail(error, "it could not be taken back: " + describe(shortened.error()));
    }
    return Unexpected{std::move(error)};
  }

  Fs& fs_;
  const Dir& dir_;
  const AppendStep& step_;
  File file_;
  std::uint64_t size_ = 0;  // where the next record begins
  Outcome outcome_;
};

}  // namespace

Result<Outcome> append_record(Fs& fs, const Dir& dir, const AppendStep& step) {
  if (step.record.empty() || step.record.find('\n') != Bytes::npos) {
    return fail(Errc::bad_argument, Op::write, join_path(dir.path(), step.name),
                "a record of JSON Lines is one line");
  }
  for (;;) {
    Result<File> file =
        open_locked(fs, dir, step.name, Access::append, LockKind::exclusive, step.lock_patience);
    if (file) return Append(fs, dir, step, std::move(*file)).run();
    if (file.error().code != Errc::not_found) return Unexpected{std::move(file).error()};
    const Bytes text = step.record + '\n';
    const WriteOptions options{.durability = step.durability, .existing = Existing::refuse};
    const Result<Written> written = atomic_write(fs, dir, step.name, text, options);
    if (written) return Outcome{.bytes_written = text.size(), .id = written->id};
    // Another process has made it meanwhile: append to that one.
    if (written.error().code != Errc::exists) return Unexpected{written.error()};
  }
}

}  // namespace session
