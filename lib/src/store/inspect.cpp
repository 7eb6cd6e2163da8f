#include "session/inspect.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>

#include "sys/read_once.h"

namespace session {

namespace {

/// What is missing in a file written to just now may still be on its way: damage in it is believed after
/// k_patience. Because that passes for all files alike, any number of fresh damaged files waits for little
/// longer than k_fresh together.
constexpr milliseconds k_fresh{1'000};
constexpr milliseconds k_patience{100};
constexpr milliseconds k_pause{10};

/// Smaller files are read faster than they are asked for holes.
constexpr std::uint64_t k_worth_looking = 4 << 20;

bool is_fresh(const Stat& about) {
  const auto age = now().time_since_epoch() - std::chrono::nanoseconds(about.mtime_ns);
  // Our clock counts milliseconds, that of files is finer: now may seem to be before it.
  return age > -k_fresh && age < k_fresh;
}

bool has_damage(const Diagnosis& diagnosis) { return diagnosis.verdict == Verdict::damaged; }

void recompute_verdict(Diagnosis& diagnosis) {
  diagnosis.verdict = Verdict::ok;
  for (const Finding& finding : diagnosis.findings) {
    diagnosis.verdict = std::max(diagnosis.verdict, verdict_of(severity_of(finding)));
  }
}

/// Drops what was found in the unfinished last line of a file that is being appended to.
void forget_tail(Diagnosis& diagnosis, std::uint64_t last_line) {
  std::erase_if(diagnosis.findings, [&](const Finding& finding) { return finding.offset >= last_line; });
  recompute_verdict(diagnosis);
}

Inspection unreadable(Error error) {
  Inspection inspection;
  inspection.error = std::move(error);
  return inspection;
}

}  // namespace

/// The parts of a JSON Lines file: part n has the lines that begin in [n * size, (n + 1) * size).
struct Inspector::Parts {
  struct Part {
    std::uint64_t begin = 0;
    std::uint64_t records = 0;
  };
  std::uint64_t file_bytes;
  std::uint64_t part_bytes;
  std::vector<Part> all;
  /// The first part that is not clean, or not read; later ones need not be looked at.
  std::atomic<std::size_t> first_bad;
  std::atomic<bool> given_up = false;

  void mark_bad(std::size_t index) {
    std::size_t known = first_bad.load();
    while (index < known && !first_bad.compare_exchange_weak(known, index)) {
    }
  }
};

Inspector::Inspector(Fs& fs, InspectOptions options)
    : fs_(fs), options_(std::move(options)), buffer_(options_.buffer_bytes), checker_(CheckOptions()) {}

Inspection Inspector::inspect(const Dir& dir, const Name& name, const Subject& subject, const Share& share) {
  if (std::optional<Inspection> known = inspect_ahead(dir, name, subject)) return *std::move(known);
  const Result<OpenedFile> opened = fs_.open_described(dir, name, Access::read);
  if (!opened) return unreadable(opened.error());
  const File* const file = &opened->file;
  Stat before = opened->about;
  for (int reading = 1;; ++reading) {
    Inspection inspection = read_snapshot(*file, before, subject, share);
    if (inspection.error || inspection.given_up) return inspection;
    const bool is_sound = settled_ && !options_.hash && inspection.diagnosis.is_clean();
    judge_mode(before, subject, inspection.diagnosis);
    if (is_sound) return inspection;

    Result<Stat> after = fs_.stat(*file);
    if (!after) return unreadable(after.error());
    Diagnosis& diagnosis = inspection.diagnosis;
    const bool lines = diagnosis.format == Format::json_lines;
    if (id_of(*after) == id_of(before)) {
      if (!has_damage(diagnosis)) return inspection;
      after = await_change(*file, *after);
      if (!after) return unreadable(after.error());
      if (id_of(*after) == id_of(before)) return inspection;
    }
    if (lines && after->size > before.size) {
      forget_tail(diagnosis, last_line_);
      inspection.growing = true;
      if (!has_damage(diagnosis)) return inspection;
    }
    if (reading > 1) {
      return unreadable(Error{Errc::changed, Op::read, 0, file->path(),
                              "kept changing while it was read; verify it again when its writer rests"});
    }
    before = *after;
  }
}

/// Watches a file that was written to just now for signs of its writer; as long as there are none, the
/// answer is what was known.
Result<Stat> Inspector::await_change(const File& file, const Stat& known) {
  Result<Stat> about = known;
  for (milliseconds waited{0}; waited < k_patience && is_fresh(known); waited += k_pause) {
    std::this_thread::sleep_for(k_pause);
    about = fs_.stat(file);
    if (!about || id_of(*about) != id_of(known)) break;
  }
  return about;
}

Inspection Inspector::inspect_stream(const Subject& subject, const Read& read) {
  Inspection inspection;
  checker_.reset(check_options(subject));
  given_up_ = false;
  lines_wanted_ = false;
  for (;;) {
    Result<std::size_t> got = read(buffer_.data(), buffer_.size());
    if (!got) return unreadable(std::move(got).error());
    if (*got == 0) break;
    if (!take(ByteView(buffer_.data(), *got))) break;
  }
  inspection.given_up = given_up_;
  inspection.diagnosis = checker_.finish();
  if (options_.hash) inspection.hash = hash_.finish();
  return inspection;
}

Inspection Inspector::read_snapshot(const File& file, const Stat& before, const Subject& subject,
                                    const Share& share) {
  Inspection inspection;
  inspection.id = id_of(before);
  const CheckOptions options = check_options(subject);
  given_up_ = settled_ = false;
  lines_wanted_ = options.format != Format::json;
  Result<std::uint64_t> end = 0;
  if (before.size > 0 && before.size < buffer_.size()) {
    checker_.reset(options);
    Result<Diagnosis> diagnosis = read_at_once(file, static_cast<std::size_t>(before.size));
    if (!diagnosis) return unreadable(std::move(diagnosis).error());
    inspection.diagnosis = std::move(*diagnosis);
  } else if (share && before.size >= options_.share_from_bytes && options.format == Format::json_lines &&
             options.level != Level::links && !options_.hash && !is_sparse(file, before.size)) {
    end = read_in_parts(file, before.size, options, share, inspection.diagnosis);
  } else {
    checker_.reset(options);
    // A size of 0 is what /proc says of files that have content.
    end = feed(file, 0, before.size == 0 ? k_to_the_end : before.size);
    if (end) inspection.diagnosis = checker_.finish();
  }
  if (options_.hash) inspection.hash = hash_.finish();
  if (!end) return unreadable(end.error());
  inspection.given_up = given_up_;
  return inspection;
}

/// Parts would read every byte of a hole, and some more than once, to find where lines begin.
bool Inspector::is_sparse(const File& file, std::uint64_t size) {
  const Result<DataExtent> data = fs_.find_data(file, 0);
  return data && (data->begin > 0 || data->end < size);
}

CheckOptions Inspector::check_options(const Subject& subject) const {
  CheckOptions options;
  options.level = options_.level;
  options.format = subject.format;
  options.layout = subject.layout;
  options.file_stem = subject.file_stem;
  options.as_of = options_.as_of;
  options.ignored = options_.ignored;
  options.max_findings = options_.max_findings;
  return options;
}

bool Inspector::take(ByteView piece) {
  if (!note(piece)) return false;
  checker_.feed(piece);
  return true;
}

bool Inspector::note(ByteView piece) {
  if (options_.on_bytes && !options_.on_bytes(piece.size())) {
    given_up_ = true;
    return false;
  }
  if (options_.hash) hash_.update(piece);
  if (lines_wanted_) {
    const std::size_t newline = piece.rfind('\n');
    if (newline != ByteView::npos) last_line_ = fed_ + newline + 1;
  }
  fed_ += piece.size();
  return true;
}

bool Inspector::take_hole(std::uint64_t bytes) {
  if (options_.on_bytes && !options_.on_bytes(bytes)) {
    given_up_ = true;
    return false;
  }
  checker_.feed_nuls(bytes);
  fed_ += bytes;
  return true;
}

bool Inspector::may_have_holes(std::uint64_t bytes) const {
  // The hash is that of every byte.
  return bytes >= k_worth_looking && bytes != k_to_the_end && !options_.hash;
}

Result<std::uint64_t> Inspector::feed(const File& file, std::uint64_t from, std::uint64_t until) {
  fed_ = from;
  last_line_ = from;
  const auto take_piece = [this](ByteView piece) { return take(piece); };
  if (!may_have_holes(until - from)) return read_pieces(fs_, file, buffer_, from, until, take_piece);
  for (std::uint64_t at = from; at < until;) {
    const Result<DataExtent> data = fs_.find_data(file, at);
    if (!data) return Unexpected{data.error()};
    const std::uint64_t begin = std::min(data->begin, until);
    if (begin > at && !take_hole(begin - at)) return begin;
    // Data that became a hole between two questions has no end.
    const std::uint64_t end = data->end > begin ? std::min(data->end, until) : until;
    Result<std::uint64_t> read = read_pieces(fs_, file, buffer_, begin, end, take_piece);
    if (!read || *read < end) return read;
    at = end;
  }
  return until;
}

/// One call says what the file holds and, asked for a byte more, that it ends there.
Result<Diagnosis> Inspector::read_at_once(const File& file, std::size_t size) {
  fed_ = last_line_ = 0;
  const Result<std::size_t> got = read_once(fs_, file, buffer_.data(), size + 1, 0);
  if (!got) return Unexpected{got.error()};
  settled_ = *got == size;
  std::size_t length = std::min(*got, size);
  if (length < size) {
    // Cut meanwhile, or one of the file systems that give less than there is.
    const Result<std::size_t> rest = read_fully(fs_, file, buffer_.data() + length, size - length, length);
    if (!rest) return Unexpected{rest.error()};
    length += *rest;
  }
  const ByteView content(buffer_.data(), length);
  if (!note(content)) return checker_.finish();
  return checker_.finish(content);
}

void Inspector::check_part(const File& file, const CheckOptions& options, Parts& parts, std::size_t index) {
  if (index > parts.first_bad || parts.given_up) return;
  Parts::Part& part = parts.all[index];
  CheckOptions own = options;
  own.starts_at = index == 0 ? StartsAt::first_record : StartsAt::later_record;
  // Lines are counted by records, so no finding may hide a line that is none.
  own.ignored.reset();
  checker_.reset(own);

  const std::uint64_t start = index * parts.part_bytes;
  const std::uint64_t last = start + parts.part_bytes - 1;  // the newline that ends the part is here or later
  std::uint64_t at = index == 0 ? 0 : start - 1;
  bool begun = index == 0;
  const auto take_part = [&](ByteView piece) {
    const std::uint64_t piece_at = std::exchange(at, at + piece.size());
    const std::uint64_t ours = std::min(at, last + 1) - std::min(piece_at, last + 1);
    if (options_.on_bytes && !options_.on_bytes(ours)) {
      parts.given_up = true;
      return false;
    }
    std::size_t from = 0;
    if (!begun) {
      from = piece.find('\n');
      if (from == ByteView::npos) return at <= last;
      part.begin = piece_at + ++from;
      if (part.begin > last || part.begin == parts.file_bytes) return false;
      begun = true;
    }
    const std::size_t end =
        at > last ? piece.find('\n', std::max(last, piece_at) - piece_at) : ByteView::npos;
    checker_.feed(piece.substr(from, end == ByteView::npos ? end : end + 1 - from));
    return end == ByteView::npos;
  };
  const Result<std::uint64_t> read = read_pieces(fs_, file, buffer_, at, parts.file_bytes, take_part);
  const Diagnosis diagnosis = begun ? checker_.finish() : Diagnosis();
  part.records = diagnosis.records;
  if (!read || !diagnosis.is_clean()) parts.mark_bad(index);
}

Result<std::uint64_t> Inspector::read_in_parts(const File& file, std::uint64_t size,
                                               const CheckOptions& options, const Share& share,
                                               Diagnosis& diagnosis) {
  const std::size_t count = (size + options_.part_bytes - 1) / options_.part_bytes;
  Parts parts{size, options_.part_bytes, std::vector<Parts::Part>(count), {count}};
  share(*this, count,
        [&](Inspector& inspector, std::size_t index) { inspector.check_part(file, options, parts, index); });

  given_up_ = parts.given_up;
  if (given_up_) return size;
  const std::size_t bad = parts.first_bad;
  std::uint64_t records = 0;
  for (std::size_t index = 0; index < bad; ++index) records += parts.all[index].records;
  diagnosis.format = Format::json_lines;
  if (bad == count) {
    diagnosis.bytes = size;
    diagnosis.records = records;
    last_line_ = size;
    return size;
  }
  // Parts only ever prove health: from the first that does not, one pass finds what is wrong, with the
  // state that damage may carry from line to line.
  const std::uint64_t begin = parts.all[bad].begin;
  CheckOptions rest = options;
  rest.starts_at = bad == 0 ? StartsAt::first_record : StartsAt::later_record;
  checker_.reset(rest);
  Result<std::uint64_t> end = feed(file, begin, size);
  if (!end) return end;
  diagnosis = checker_.finish();
  diagnosis.bytes = *end;
  diagnosis.records += records;
  for (Finding& finding : diagnosis.findings) {
    finding.offset += begin;
    finding.line += records;
  }
  return end;
}

bool Inspector::asks_for_mode(const Subject& subject) const {
  return subject.owner_only_mode && options_.level != Level::syntax &&
         !options_.ignored.test(static_cast<std::size_t>(Kind::open_mode));
}

void Inspector::judge_mode(const Stat& about, const Subject& subject, Diagnosis& diagnosis) const {
  constexpr std::uint32_t k_others = 077;
  if (!asks_for_mode(subject) || (about.mode & k_others) == 0) return;
  const Severity severity = row_of(Kind::open_mode).severity;
  const auto place = std::find_if(diagnosis.findings.begin(), diagnosis.findings.end(),
                                  [&](const Finding& f) { return severity_of(f) < severity; });
  Finding finding{};
  finding.kind = Kind::open_mode;
  for (int shift = 6; shift >= 0; shift -= 3) {
    finding.detail += static_cast<char>('0' + ((about.mode >> shift) & 7));
  }
  diagnosis.findings.insert(place, std::move(finding));
  diagnosis.verdict = std::max(diagnosis.verdict, verdict_of(severity));
}

}  // namespace session
