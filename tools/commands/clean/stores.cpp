#include "commands/clean/stores.h"

#include "cli/store_choice.h"
#include "commands/clean/overlap.h"
#include "session/homes.h"

namespace session::commands {
namespace {

using Problem = Unexpected<cli::UsageProblem>;

class Selection {
 public:
  explicit Selection(const cli::Context& context) : context_(context), config_(context.config) {}

  Result<std::vector<CleanStore>, cli::UsageProblem> select(const std::vector<std::string>& paths) {
    const auto layout = cli::chosen_layout(context_);
    if (!layout) return Problem{layout.error()};
    layout_ = *layout;
    for (const std::string& name : context_.common.stores) {
      const auto chosen = cli::chosen_store(context_, name);
      if (!chosen) return Problem{chosen.error()};
      if (chosen->configured == nullptr) {
        add_directory(chosen->path);
      } else {
        add_chosen(*chosen);
      }
      stores_.back().named = true;
    }
    for (const std::string& path : paths) add_path(path);
    const bool is_configured = !config_.stores.empty();
    if (stores_.empty()) add_unnamed();
    if (auto separated = separate_stores(context_.fs, stores_); !separated) {
      return Unexpected{std::move(separated).error()};
    }
    if (!stores_.empty() || is_configured) return std::move(stores_);
    return Problem{{"no store to clean: none is named, none is configured",
                    "name a directory (session-clean DIR), a configured store (--store NAME), or a layout "
                    "with a home of its own (--layout miniclaw)"}};
  }

 private:
  CleanStore with_defaults(Path path) const {
    CleanStore store;
    store.path = std::move(path);
    store.layout = layout_;
    store.policy = config_.defaults;
    store.trash = config_.trash;
    store.trash_ttl = config_.trash_ttl;
    return store;
  }

  void add_chosen(const cli::ChosenStore& chosen) {
    CleanStore store = with_defaults(chosen.path);
    if (store.layout == nullptr) store.layout = chosen.layout;
    if (chosen.configured != nullptr) {
      store.name = chosen.configured->name;
      store.policy = chosen.configured->retention;
      store.trash = chosen.configured->trash;
      store.trash_ttl = chosen.configured->trash_ttl;
    }
    stores_.push_back(std::move(store));
  }

  void add_path(const std::string& path) {
    if (!add_file(path)) add_directory(path);
    stores_.back().named = true;
  }

  /// A path that is there and no directory is one session; a symlink may lead to a store.
  bool add_file(const std::string& path) {
    const auto place = open_parent(context_.fs, path);
    if (!place) return false;
    const auto about = context_.fs.stat(place->dir, place->name);
    if (!about || about->type == FileType::directory || about->type == FileType::symlink) return false;
    const Path parent = path.substr(0, path.size() - place->name.size());
    add_directory(parent.empty() ? "." : parent);
    CleanStore& store = stores_.back();
    store.only = place->name;
    if (layout_ == nullptr && store.name.empty()) store.layout = layout_of_path(cli::absolute_path(path));
    return true;
  }

  /// A configured store is cleaned by its own rules, however it is named, through a symlink too.
  void add_directory(const Path& path) {
    const Path whole = cli::absolute_path(path);
    for (const StoreConfig& configured : config_.stores) {
      const bool is_it = cli::absolute_path(configured.path) == whole ||
                         is_same_directory(context_.fs, configured.path, path);
      if (!is_it) continue;
      add_chosen(cli::configured_store(config_, configured));
      stores_.back().path = path;
      return;
    }
    add_chosen({.path = path, .configured = nullptr, .layout = layout_of_directory(whole)});
  }

  void add_unnamed() {
    if (layout_ != nullptr) return add_home(*layout_);
    for (const StoreConfig& configured : config_.stores) {
      if (configured.enabled) add_chosen(cli::configured_store(config_, configured));
    }
    if (config_.stores.empty() && !config_.file.empty()) {
      layout_ = find_layout("synapse");
      add_home(*layout_);
    }
  }

  /// A home that is nowhere is said to be missing, by the name that the layout has for it.
  void add_home(const Layout& layout) {
    for (Path& home : find_homes(context_.fs, layout, config_.project, context_.environment("HOME"))) {
      stores_.push_back(with_defaults(std::move(home)));
    }
    if (stores_.empty() && !layout.homes.empty()) stores_.push_back(with_defaults(layout.homes.front()));
  }

  const cli::Context& context_;
  const Config& config_;
  const Layout* layout_ = nullptr;
  std::vector<CleanStore> stores_;
};

}  // namespace

Result<std::vector<CleanStore>, cli::UsageProblem> select_stores(const std::vector<std::string>& paths,
                                                                 const cli::Context& context) {
  return Selection(context).select(paths);
}

}  // namespace session::commands
