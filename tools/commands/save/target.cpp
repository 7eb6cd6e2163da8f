#include "commands/save/target.h"

#include <fmt/format.h>

#include <optional>

#include "cli/store_choice.h"
#include "session/atomic_write.h"
#include "session/homes.h"
#include "session/path.h"
#include "session/save.h"

namespace session::commands {
namespace {

using Problem = Unexpected<cli::UsageProblem>;

/// The one directory that a layout calls home here.
Result<Path, cli::UsageProblem> home_of(const cli::Context& context, const Layout& layout) {
  std::vector<Path> homes =
      find_homes(context.fs, layout, context.config.project, context.environment("HOME"));
  if (homes.size() == 1) return std::move(homes.front());
  return Problem{{fmt::format("layout {} has no one directory of its own", layout.name),
                  "name the directory with --store DIR"}};
}

Result<cli::ChosenStore, cli::UsageProblem> configured_one(const cli::Context& context) {
  const StoreConfig* only = nullptr;
  for (const StoreConfig& store : context.config.stores) {
    if (!store.enabled) continue;
    if (only != nullptr) {
      return Problem{{fmt::format("several stores are configured ({}, {})", only->name, store.name),
                      fmt::format("say which one with --store {}", only->name)}};
    }
    only = &store;
  }
  if (only != nullptr) return cli::configured_store(context.config, *only);
  if (context.config.file.empty()) {
    return Problem{
        {"no store to save in: none is named, none is configured",
         "name a directory (--store DIR), a file (--file PATH), or a layout with a home of its own "
         "(--layout miniclaw)"}};
  }
  const Layout& synapse = *find_layout("synapse");
  return cli::ChosenStore{join_path(context.config.project, synapse.homes.front()), nullptr, &synapse};
}

Result<cli::ChosenStore, cli::UsageProblem> choose(const cli::Context& context) {
  const std::vector<std::string>& named = context.common.stores;
  if (named.size() > 1) {
    return Problem{{"a session is saved in one store, but --store is given more than once", ""}};
  }
  const Result<const Layout*, cli::UsageProblem> layout = cli::chosen_layout(context);
  if (!layout) return Problem{layout.error()};
  if (*layout != nullptr && named.empty()) {
    Result<Path, cli::UsageProblem> home = home_of(context, **layout);
    if (!home) return Problem{std::move(home).error()};
    return cli::ChosenStore{std::move(*home), nullptr, *layout};
  }
  Result<cli::ChosenStore, cli::UsageProblem> store =
      named.empty() ? configured_one(context) : cli::chosen_store(context, named.front());
  if (store && *layout != nullptr) store->layout = *layout;
  return store;
}

}  // namespace

Result<SaveStore, cli::UsageProblem> select_save_store(const cli::Context& context,
                                                       const SaveRequest& request) {
  const std::optional<Format> format = request.format;
  Result<cli::ChosenStore, cli::UsageProblem> chosen = choose(context);
  if (!chosen) return Problem{std::move(chosen).error()};
  SaveStore store{std::move(chosen->path), chosen->layout, format.value_or(request.otherwise)};
  if (store.layout == nullptr) return store;
  if (!store.layout->single_file.empty()) {
    return Problem{{fmt::format("layout {} is the single file {}, not a store of many", store.layout->name,
                                store.layout->single_file),
                    fmt::format("session-save --file {}", join_path(store.path, store.layout->single_file))}};
  }
  if (format && *format != store.layout->format) {
    return Problem{{fmt::format("--stdin-format {}: sessions of layout {} are {}", name_of(*format),
                                store.layout->name, name_of(store.layout->format)),
                    ""}};
  }
  store.format = store.layout->format;
  return store;
}

Result<SaveStore, cli::UsageProblem> take_save_store(const cli::Context& context,
                                                     const SaveRequest& request) {
  Result<SaveStore, cli::UsageProblem> store = select_save_store(context, request);
  if (!store) return store;
  const auto acted = cli::act_as_owner(context.fs, request.act_as, {&store->path, 1});
  if (!acted) return Problem{acted.error()};
  return store;
}

Result<SaveTarget> target_of_id(const SaveStore& store, std::string_view id) {
  const Result<Name> name = session_file_name(id, store.layout, store.format);
  if (!name) return Unexpected{name.error()};
  return SaveTarget{join_path(store.path, *name), std::string(id), store.format};
}

Result<SaveTarget, cli::UsageProblem> target_of_file(const cli::Context& context,
                                                     const SaveRequest& request) {
  const Path& path = request.file;
  const std::optional<Format> format = request.format;
  if (!context.common.stores.empty()) {
    return Problem{{"--file names the file itself; --store has no meaning with it", ""}};
  }
  const Result<const Layout*, cli::UsageProblem> named = cli::chosen_layout(context);
  if (!named) return Problem{named.error()};
  const Layout* const layout = *named != nullptr ? *named : layout_of_path(cli::absolute_path(path));
  Format expected = request.otherwise;
  for (const Format each : {Format::json, Format::json_lines}) {
    if (path.ends_with(suffix_of(each))) expected = each;
  }
  if (layout != nullptr) expected = layout->format;
  if (format && layout != nullptr && *format != layout->format) {
    return Problem{{fmt::format("--stdin-format {}: {} is of layout {}, whose sessions are {}",
                                name_of(*format), path, layout->name, name_of(layout->format)),
                    ""}};
  }
  return SaveTarget{path, {}, format.value_or(expected)};
}

Result<Place> open_target(Fs& fs, const SaveTarget& target, Durability durability) {
  if (const Path parent = split_path(target.path).parent; !parent.empty()) {
    Result<Dir> dir = open_or_make_dir(fs, parent, durability);
    if (!dir) return Unexpected{std::move(dir).error()};
  }
  return open_parent_resolved(fs, target.path);
}

Result<void, cli::UsageProblem> check_no_twin(Fs& fs, const SaveTarget& target, const Dir& dir,
                                              const Name& name, const SaveRequest& request) {
  // What --file and --stdin-format say in so many words is meant.
  if (target.id.empty() || request.format || !name.starts_with(target.id + ".")) return {};
  const Name twin = twin_file_name(target.id, target.format);
  if (twin == name || !fs.stat(dir, twin) || fs.stat(dir, name)) return {};
  return Problem{
      {fmt::format("the session {} stands in {} and would be begun anew in {}", target.id,
                   join_path(dir.path(), twin), target.path),
       fmt::format("--stdin-format {} means the file that is there", name_of(other_format(target.format)))}};
}

}  // namespace session::commands
