#include "cli/store_choice.h"

#include <algorithm>
#include <filesystem>

#include "session/suggest.h"

namespace session::cli {

namespace {

UsageProblem unknown_name(std::string message, std::string_view word,
                          const std::vector<std::string_view>& known, std::string_view otherwise) {
  const auto meant = did_you_mean(word, known);
  return {std::move(message), meant ? "did you mean '" + std::string(*meant) + "'?" : std::string(otherwise)};
}

std::vector<std::string_view> layout_names(const Config& config) {
  std::vector<std::string_view> names;
  for (const Layout& layout : config.custom_layouts) names.push_back(layout.name);
  for (const Layout& layout : layouts()) names.push_back(layout.name);
  return names;
}

std::string listed(const std::vector<std::string_view>& names) {
  std::string list = "known are";
  for (const std::string_view name : names) {
    list += list.ends_with("are") ? " " : ", ";
    list += name;
  }
  return list;
}

}  // namespace

const Layout* named_layout(const Config& config, std::string_view name) {
  const auto custom = std::find_if(config.custom_layouts.begin(), config.custom_layouts.end(),
                                   [&](const Layout& layout) { return layout.name == name; });
  return custom != config.custom_layouts.end() ? &*custom : find_layout(name);
}

Result<const Layout*, UsageProblem> chosen_layout(const Context& context) {
  const std::string& name = context.common.layout;
  if (name.empty()) return nullptr;
  if (const Layout* const layout = named_layout(context.config, name)) return layout;
  const std::vector<std::string_view> known = layout_names(context.config);
  return Unexpected{
      unknown_name("--layout " + name + ": there is no such layout", name, known, listed(known))};
}

Path absolute_path(const Path& path) {
  std::error_code no_directory;
  const auto whole = std::filesystem::absolute(path.empty() ? "." : path, no_directory);
  if (no_directory) return path;
  Path normal = whole.lexically_normal().string();
  if (normal.size() > 1 && normal.back() == '/') normal.pop_back();
  return normal;
}

ChosenStore configured_store(const Config& config, const StoreConfig& store) {
  const Layout* const layout = store.layout.empty() ? layout_of_directory(absolute_path(store.path))
                                                    : named_layout(config, store.layout);
  return {store.path, &store, layout};
}

Result<ChosenStore, UsageProblem> chosen_store(const Context& context, const std::string& name) {
  std::vector<std::string_view> known;
  for (const StoreConfig& store : context.config.stores) {
    if (store.name == name) return configured_store(context.config, store);
    known.push_back(store.name);
  }
  if (name.find('/') != std::string::npos || context.fs.open_dir(name, FollowLinks::yes)) {
    return ChosenStore{name, nullptr, layout_of_directory(absolute_path(name))};
  }
  return Unexpected{unknown_name("--store " + name + ": neither a configured store nor a directory", name,
                                 known, "--show-config prints the stores that are configured")};
}

}  // namespace session::cli
