#include "commands/clean/known_fresh.h"

#include <memory>

#include "session/execute.h"
#include "session/process.h"

namespace session::commands {
namespace {

/// Looking at so many takes less time than anybody would notice.
constexpr std::size_t k_worth_noting = 4'096;
constexpr std::uint64_t k_most_index_bytes = 256 << 20;
/// As far in the future as an activity time is believed (is_plausible()).
constexpr std::chrono::hours k_believed_ahead{24};
constexpr std::uint32_t k_write_for_others = 022;

bool decides_alone(const CleanStore& store, const Layout& layout) {
  const RetentionPolicy& policy = store.policy;
  return !store.only && policy.ttl > milliseconds{0} && policy.keep_newest == 0 &&
         !policy.max_delete_percent && layout.expiry == Expiry::by_ttl && layout.ttl_pointer.empty();
}

/// Of everything from which a moment in the index follows.
std::uint64_t rules_of(const CleanStore& store, const Layout& layout) {
  std::string rules = layout.name + '\n' + layout.id_pointer + '\n' +
                      (layout.format == Format::json_lines ? "lines\n" : "document\n") +
                      (store.policy.on_undatable == OnUndatable::mtime ? "mtime\n" : "keep\n") +
                      std::to_string(store.policy.ttl.count());
  for (const std::string& pointer : layout.activity_pointers) rules += '\n' + pointer;
  return fingerprint_of(rules);
}

std::optional<ExpiryIndex> read_index(Fs& fs, const Path& store, std::uint64_t rules) {
  const auto dir = fs.open_dir(store, FollowLinks::yes);
  if (!dir) return std::nullopt;
  const auto opened = fs.open_described(*dir, Name(k_index_name), Access::read);
  const bool is_ours =
      opened && opened->about.uid == user_id() && (opened->about.mode & k_write_for_others) == 0;
  if (!is_ours) return std::nullopt;
  const auto bytes = read_all(fs, opened->file, k_most_index_bytes);
  return bytes ? ExpiryIndex::parse(*bytes, rules) : std::nullopt;
}

}  // namespace

std::optional<KnownFresh> KnownFresh::open(Fs& fs, const CleanStore& store, const Layout& layout,
                                           TimePoint as_of) {
  if (!decides_alone(store, layout)) return std::nullopt;
  const std::uint64_t rules = rules_of(store, layout);
  KnownFresh known(store, rules, as_of);
  if (auto index = read_index(fs, store.path, rules)) known.known_ = std::move(*index);
  return known;
}

std::optional<TimePoint> KnownFresh::fresh_until(const Path& directory, const Name& name) {
  if (known_.size() == 0) return std::nullopt;
  const auto until = known_.expiry_of(path_below(directory, name));
  if (!until || *until <= as_of_) return std::nullopt;
  // No activity time that is believed lies further ahead: the clock was wrong when this was noted.
  if (*until > as_of_ + k_believed_ahead + ttl_) return std::nullopt;
  return until;
}

void KnownFresh::note(const Path& directory, const Name& name, TimePoint until, Source source) {
  if (source == Source::content) ++looked_at_;
  noted_.add(path_below(directory, name), until);
}

Result<void> KnownFresh::save(Fs& fs) {
  if (looked_at_ < k_worth_noting) return {};
  const auto dir = fs.open_dir(store_, FollowLinks::yes);
  if (!dir) return Unexpected{dir.error()};
  // A power cut may leave anything in it: then it is not believed.
  const ReplaceStep step{.name = Name(k_index_name),
                         .content = std::make_shared<const Bytes>(noted_.serialise()),
                         .options = {.durability = Durability::none}};
  const auto written = execute(fs, *dir, step);
  if (!written) return Unexpected{written.error()};
  return {};
}

const std::string& KnownFresh::path_below(const Path& directory, const Name& name) {
  path_.assign(directory, std::min(store_.size(), directory.size()));
  path_ += '/';
  path_ += name;
  return path_;
}

}  // namespace session::commands
