#include "repair/versions.h"

#include "repair/accept.h"
#include "session/facts.h"

namespace session::repair {
namespace {

/// What tells versions of one session apart. Without a layout only the size of the text is known to grow.
struct Version {
  std::string id;
  std::optional<TimePoint> activity;
  std::uint64_t records = 0;
  std::size_t bytes = 0;
};

Version version_of(ByteView bytes, const Layout* layout) {
  Version version;
  version.bytes = bytes.size();
  if (layout == nullptr) return version;
  const Facts facts = read_facts(bytes, *layout);
  version.id = facts.id;
  version.activity = facts.activity;
  version.records = facts.records;
  return version;
}

bool is_newer(const Version& a, const Version& b) {
  if (a.activity && b.activity && *a.activity != *b.activity) return *a.activity > *b.activity;
  if (a.records != b.records) return a.records > b.records;
  return a.bytes > b.bytes;
}

/// A husk replaces nothing: whole text is not enough, the layout's fields must be there too.
bool is_loadable(ByteView content, Format format, const RepairOptions& options) {
  const Diagnosis diagnosis = diagnose(content, check_options(options, format));
  return diagnosis.verdict != Verdict::damaged && parses_strictly(content, format) && content.size() > 2;
}

}  // namespace

Choice choose_candidate(Mended& mended, std::span<const Candidate> candidates, Format format,
                        const RepairOptions& options) {
  Choice choice;
  if (candidates.empty()) return choice;
  Version best;
  if (mended.has_content) best = version_of(mended.content, options.layout);
  for (const Candidate& candidate : candidates) {
    // What the user gives is merged into what is there; where nothing is, it may stand for it.
    if (mended.has_content && candidate.origin == Candidate::Origin::given) continue;
    Bytes content = candidate.read();
    if (!is_loadable(content, format, options)) continue;
    const Version version = version_of(content, options.layout);
    const bool same_session = best.id.empty() || version.id.empty() || best.id == version.id;
    const bool first = !mended.has_content && choice.candidate == nullptr;
    if (!same_session || !(first || is_newer(version, best))) continue;
    choice.candidate = &candidate;
    choice.content = std::move(content);
    Bytes().swap(mended.content);  // assigning would keep its room
    best = version;
  }
  return choice;
}

}  // namespace session::repair
