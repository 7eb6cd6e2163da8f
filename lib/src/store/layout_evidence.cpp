#include "session/layout_evidence.h"

#include <algorithm>
#include <set>
#include <string>
#include <tuple>

#include "session/check.h"
#include "session/members.h"
#include "session/names.h"
#include "session/scan.h"

namespace session {
namespace {

constexpr std::uint64_t k_most_files = 4'096;
constexpr std::uint64_t k_most_read = 64;
constexpr std::uint64_t k_largest_document = 4 << 20;
constexpr std::size_t k_head_of_lines = 256 * 1024;
constexpr std::size_t k_records = 32;

/// What a layout forbids; everything else that may be found in a file is damage, which tells nothing.
bool speaks_against(Kind kind) {
  switch (kind) {
    case Kind::wrong_shape:
    case Kind::headless:
    case Kind::missing_field:
    case Kind::wrong_type:
    case Kind::bad_value: return true;
    default: return false;
  }
}

/// The keys that a layout's rules name at the top of a document or record.
std::set<std::string> known_keys(const Layout& layout) {
  std::set<std::string> keys;
  for (const auto* const rules : {&layout.fields, &layout.header_fields}) {
    for (const FieldRule& rule : *rules) {
      if (rule.path.size() < 2) continue;
      const std::string key = rule.path.substr(1, rule.path.find('/', 1) - 1);
      if (key != "*") keys.insert(key);
    }
  }
  return keys;
}

void add_keys(ByteView value, std::set<std::string>& keys) {
  const Result<Outline> outline = outline_of(value);
  if (!outline || outline->type != ValueType::object) return;
  for (const Member& member : outline->members) keys.insert(member.key);
}

/// The keys of a document, or of the first records.
std::set<std::string> keys_in(ByteView content, Format format) {
  std::set<std::string> keys;
  if (format == Format::json) {
    add_keys(content, keys);
    return keys;
  }
  for (std::size_t record = 0; record < k_records && !content.empty(); ++record) {
    const std::size_t end = std::min(content.find('\n'), content.size());
    add_keys(content.substr(0, end), keys);
    content.remove_prefix(std::min(end + 1, content.size()));
  }
  return keys;
}

/// One layout while the files go by.
struct Suspect {
  LayoutEvidence evidence;
  std::set<std::string> known;
  std::set<std::string> met;
};

class Search {
 public:
  Search(Fs& fs, std::span<const Layout> custom) : fs_(fs) {
    for (const auto all : {custom, layouts()}) {
      for (const Layout& layout : all) {
        Suspect suspect{{}, known_keys(layout), {}};
        suspect.evidence.layout = &layout;
        suspect.evidence.telling_names = !layout.stem_patterns.empty() || !layout.single_file.empty();
        suspect.evidence.fields = suspect.known.size();
        suspects_.push_back(std::move(suspect));
      }
    }
  }

  /// False: enough has been seen.
  bool see(const Dir& dir, const Path& absolute_dir, const Name& name) {
    if (name.starts_with('.') || parse_artifact(name)) return true;
    if (detection_.files == k_most_files) {
      detection_.all_seen = false;
      return false;
    }
    ++detection_.files;
    if (absolute_dir != place_) {
      place_ = absolute_dir;
      at_home_ = layouts_of_directory(absolute_dir);
    }
    std::vector<Suspect*> named;
    for (Suspect& suspect : suspects_) {
      if (suspect.evidence.layout->classify(name) != NameKind::session) continue;
      ++suspect.evidence.named;
      const bool at_home =
          std::find(at_home_.begin(), at_home_.end(), suspect.evidence.layout) != at_home_.end();
      suspect.evidence.place = suspect.evidence.place || at_home;
      named.push_back(&suspect);
    }
    if (!named.empty() && read_ < k_most_read) look_into(dir, name, named);
    return true;
  }

  Detection finish() {
    for (Suspect& suspect : suspects_) {
      suspect.evidence.found = suspect.met.size();
      if (const std::optional<int> points = points_of(suspect.evidence)) add(suspect.evidence, *points);
    }
    std::stable_sort(ranked_.begin(), ranked_.end(),
                     [](const Ranked& a, const Ranked& b) { return a.rank() > b.rank(); });
    for (std::size_t i = 0; i < ranked_.size(); ++i) {
      LayoutEvidence evidence = ranked_[i].evidence;
      const auto rivals = [&](std::size_t other) {
        return other < ranked_.size() && ranked_[other].points == ranked_[i].points &&
               ranked_[other].evidence.named == evidence.named;
      };
      evidence.ambiguous = rivals(i + 1) || (i > 0 && rivals(i - 1));
      if (evidence.ambiguous) evidence.confidence = Confidence::low;
      detection_.candidates.push_back(evidence);
    }
    return std::move(detection_);
  }

 private:
  struct Ranked {
    LayoutEvidence evidence;
    int points;

    /// Where a store of many certainly is, a single file beside its sessions is not what the place is.
    [[nodiscard]] std::tuple<bool, int, std::uint64_t> rank() const {
      const bool is_store = evidence.confidence == Confidence::high && evidence.layout->single_file.empty();
      return {is_store, points, evidence.named};
    }
  };

  void add(LayoutEvidence evidence, int points) {
    constexpr int k_high = 5, k_medium = 3;
    evidence.confidence = points >= k_high     ? Confidence::high
                          : points >= k_medium ? Confidence::medium
                                               : Confidence::low;
    ranked_.push_back({evidence, points});
  }

  /// Nullopt: nothing speaks for it, or more against it than for it.
  static std::optional<int> points_of(const LayoutEvidence& evidence) {
    const bool fits = evidence.fitting * 2 >= evidence.looked_at;
    // Where such sessions live they are that, whatever has become of them.
    if (evidence.named == 0 || (!fits && !evidence.place)) return std::nullopt;
    int points = 0;
    if (evidence.place) points += 3;
    if (evidence.telling_names) points += 2;
    const bool half = evidence.fields > 0 && evidence.found * 2 >= evidence.fields;
    if (evidence.fitting > 0 && fits && half) points += evidence.found == evidence.fields ? 3 : 2;
    const bool has_header = !evidence.layout->header_fields.empty();
    if (evidence.fitting > 0 && fits && has_header && half) points += 1;
    return points > 0 ? std::optional(points) : std::nullopt;
  }

  void look_into(const Dir& dir, const Name& name, const std::vector<Suspect*>& named) {
    const Result<File> file = fs_.open(dir, name, Access::read);
    if (!file) return;
    ++read_;
    for (const Format format : {Format::json, Format::json_lines}) {
      const auto wants = [format](const Suspect* s) { return s->evidence.layout->format == format; };
      if (std::none_of(named.begin(), named.end(), wants)) continue;
      const std::optional<Bytes> content = content_of(*file, format);
      if (!content) continue;
      const std::set<std::string> keys = keys_in(*content, format);
      for (Suspect* suspect : named) {
        if (wants(suspect)) compare(*suspect, *content, keys);
      }
    }
  }

  /// A whole document, or the whole lines at the beginning.
  std::optional<Bytes> content_of(const File& file, Format format) {
    if (format == Format::json) {
      Result<Bytes> all = read_all(fs_, file, k_largest_document);
      return all ? std::optional(std::move(*all)) : std::nullopt;
    }
    Bytes head(k_head_of_lines, '\0');
    const Result<std::size_t> got = read_fully(fs_, file, head.data(), head.size(), 0);
    if (!got) return std::nullopt;
    head.resize(*got);
    head.resize(head.rfind('\n') + 1);
    return head.empty() ? std::nullopt : std::optional(std::move(head));
  }

  static void compare(Suspect& suspect, ByteView content, const std::set<std::string>& keys) {
    CheckOptions options;
    options.layout = suspect.evidence.layout;
    options.format = suspect.evidence.layout->format;
    const Diagnosis diagnosis = diagnose(content, options);
    bool against = false, damaged = false;
    for (const Finding& finding : diagnosis.findings) {
      if (speaks_against(finding.kind)) {
        against = true;
      } else if (severity_of(finding) == Severity::error) {
        damaged = true;
      }
    }
    if (damaged) return;
    ++suspect.evidence.looked_at;
    if (against) return;
    ++suspect.evidence.fitting;
    std::set_intersection(keys.begin(), keys.end(), suspect.known.begin(), suspect.known.end(),
                          std::inserter(suspect.met, suspect.met.end()));
  }

  Fs& fs_;
  std::vector<Suspect> suspects_;
  std::vector<Ranked> ranked_;
  Detection detection_;
  std::uint64_t read_ = 0;
  Path place_;
  std::vector<const Layout*> at_home_;
};

/// What follows `root` in `path`, put behind `absolute`.
Path moved(const Path& path, const Path& root, const Path& absolute) {
  return path.size() > root.size() ? absolute + '/' + path.substr(root.size()) : absolute;
}

}  // namespace

std::string_view name_of(Confidence confidence) {
  switch (confidence) {
    case Confidence::low: return "low";
    case Confidence::medium: return "medium";
    case Confidence::high: return "high";
  }
  return {};
}

Result<Detection> detect_by_evidence(Fs& fs, const Path& path, const Path& absolute,
                                     std::span<const Layout> custom) {
  Search search(fs, custom);
  const Result<Place> place = open_parent_resolved(fs, path);
  const Result<Stat> about = place ? fs.stat(place->dir, place->name) : Unexpected{place.error()};
  if (about && about->type == FileType::regular) {
    search.see(place->dir, absolute.substr(0, absolute.rfind('/')), place->name);
    return search.finish();
  }
  ScanOptions options;
  options.recurse = Recurse::yes;
  const auto visit = [&](const std::shared_ptr<const Dir>& dir, const std::vector<ScanItem>& items) {
    const Path absolute_dir = moved(dir->path(), path, absolute);
    for (const ScanItem& item : items) {
      if (item.type != FileType::regular || item.error) continue;
      if (!search.see(*dir, absolute_dir, item.name)) return false;
    }
    return true;
  };
  if (const Result<void> scanned = scan(fs, path, options, visit); !scanned) {
    return Unexpected{scanned.error()};
  }
  return search.finish();
}

}  // namespace session
