#include "commands/clean/overlap.h"

#include <optional>

namespace session::commands {
namespace {

std::optional<DirectoryId> directory_at(Fs& fs, const Path& path) {
  const auto dir = fs.open_dir(path, FollowLinks::yes);
  if (!dir) return std::nullopt;
  const auto about = fs.stat(*dir);
  return about ? std::optional(DirectoryId{about->dev, about->ino}) : std::nullopt;
}

bool has_same_rules(const CleanStore& one, const CleanStore& other) {
  const RetentionPolicy& a = one.policy;
  const RetentionPolicy& b = other.policy;
  return a.ttl == b.ttl && a.on_undatable == b.on_undatable && a.keep_newest == b.keep_newest &&
         a.max_delete_count == b.max_delete_count && a.max_delete_percent == b.max_delete_percent &&
         one.trash == other.trash && one.trash_ttl == other.trash_ttl;
}

/// One that stands in for any where it is not known yet.
bool may_share_layout(const CleanStore& one, const CleanStore& other) {
  return one.layout == nullptr || other.layout == nullptr || one.layout == other.layout;
}

/// Whether every file of `inner`, of the same directory, is one of `outer` too.
bool covers(const CleanStore& outer, const CleanStore& inner) {
  return may_share_layout(outer, inner) && (!outer.only || outer.only == inner.only);
}

class Separation {
 public:
  Separation(Fs& fs, std::vector<CleanStore>& stores) : stores_(stores) {
    for (const CleanStore& store : stores) directories_.push_back(directory_at(fs, store.path));
  }

  Result<void, cli::UsageProblem> run() {
    std::vector<bool> covered(stores_.size(), false);
    for (std::size_t i = 0; i < stores_.size(); ++i) {
      for (std::size_t j = 0; j < stores_.size(); ++j) {
        if (i == j || covered[i] || covered[j] || !directories_[i] || directories_[i] != directories_[j])
          continue;
        // Of two that cover each other the earlier stays.
        if (!covers(stores_[i], stores_[j]) || (j < i && covers(stores_[j], stores_[i]))) continue;
        if (!has_same_rules(stores_[i], stores_[j])) return Unexpected{contradiction(stores_[i], stores_[j])};
        covered[j] = true;
        if (stores_[i].layout == nullptr) stores_[i].layout = stores_[j].layout;
      }
    }
    std::size_t place = 0;
    std::erase_if(directories_, [&](const auto&) { return covered[place++]; });
    place = 0;
    std::erase_if(stores_, [&](const CleanStore&) { return covered[place++]; });
    for (std::size_t i = 0; i < stores_.size(); ++i) leave_others_alone(i);
    return {};
  }

 private:
  void leave_others_alone(std::size_t outer) {
    for (std::size_t i = 0; i < stores_.size(); ++i) {
      if (i == outer || !directories_[i]) continue;
      const bool is_beside = directories_[i] == directories_[outer];
      // Two sessions of one directory never meet.
      if (is_beside && stores_[outer].only && stores_[i].only) continue;
      stores_[outer].others.push_back(
          {*directories_[i], stores_[i].only, is_beside && !stores_[i].only ? stores_[i].layout : nullptr});
    }
  }

  static cli::UsageProblem contradiction(const CleanStore& one, const CleanStore& other) {
    return {"stores '" + one.name + "' and '" + other.name +
                "' are one directory with different rules: " + one.path,
            "configure it once, or give the two stores layouts of their own"};
  }

  std::vector<CleanStore>& stores_;
  std::vector<std::optional<DirectoryId>> directories_;
};

}  // namespace

Result<void, cli::UsageProblem> separate_stores(Fs& fs, std::vector<CleanStore>& stores) {
  if (stores.size() < 2) return {};
  return Separation(fs, stores).run();
}

bool is_same_directory(Fs& fs, const Path& one, const Path& other) {
  const auto directory = directory_at(fs, one);
  return directory && directory == directory_at(fs, other);
}

}  // namespace session::commands
