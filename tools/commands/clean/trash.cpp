#include "commands/clean/trash.h"

#include <algorithm>

#include "cli/store_choice.h"
#include "session/process.h"
#include "session/scan.h"

namespace session::commands {
namespace {

Path trash_of(const Path& store) { return join_path(store, k_trash_name); }

/// The part of `path` below `root`; empty for `root` itself.
Path below(const Path& root, const Path& path) {
  return path.size() <= root.size() ? Path() : path.substr(root.size() + (root.ends_with('/') ? 0 : 1));
}

/// When the run was whose directory is called `name`: `YYYYMMDDThhmmssZ-<pid>`.
std::optional<TimePoint> time_of_run(std::string_view name) {
  const std::size_t dash = std::min(name.find('-'), name.size());
  return parse_compact(name.substr(0, dash));
}

}  // namespace

TrashRun::TrashRun(Path store, TimePoint now)
    : store_(std::move(store)),
      run_(join_path(cli::absolute_path(trash_of(store_)),
                     format_compact(now) + '-' + std::to_string(process_id()))) {}

MoveStep TrashRun::step(const Path& directory, const Name& name, const FileId& judged) const {
  // A move is a rename: after a power cut the file is here or there, and nothing needs to be flushed for
  // that.
  return {.name = name,
          .judged = judged,
          .to_dir = join_path(run_, below(store_, directory)),
          .to_name = name,
          .durability = Durability::none};
}

Result<void> check_trash(Fs& fs, const Path& store) {
  const auto dir = fs.open_dir(store, FollowLinks::yes);
  if (!dir && dir.error().code == Errc::not_found) return {};
  if (!dir) return Unexpected{dir.error()};
  const auto trash = fs.open_subdir(*dir, Name(k_trash_name));
  if (!trash && trash.error().code != Errc::not_found) return Unexpected{trash.error()};
  return {};
}

Result<std::vector<TrashedSession>> list_trash(Fs& fs, const Path& store) {
  if (const auto checked = check_trash(fs, store); !checked) return Unexpected{checked.error()};
  const Path root = trash_of(store);
  std::vector<TrashedSession> found;
  std::optional<Error> failure;
  const auto visit = [&](const std::shared_ptr<const Dir>& dir, const std::vector<ScanItem>& items) {
    const Path place = below(root, dir->path());
    const std::size_t slash = std::min(place.find('/'), place.size());
    const auto trashed = time_of_run(std::string_view(place).substr(0, slash));
    for (const ScanItem& item : items) {
      if (item.error) failure = item.error;
      if (!trashed || item.type != FileType::regular) continue;
      const auto about = fs.stat(*dir, item.name);
      if (!about) continue;
      found.push_back(
          {dir->path(), place.substr(std::min(slash + 1, place.size())), item.name, id_of(*about), *trashed});
    }
    return true;
  };
  const auto scanned = scan(fs, root, ScanOptions{.recurse = Recurse::yes}, visit);
  if (!scanned && scanned.error().code != Errc::not_found) return Unexpected{scanned.error()};
  if (failure) return Unexpected{*failure};
  std::stable_sort(found.begin(), found.end(),
                   [](const TrashedSession& a, const TrashedSession& b) { return a.trashed > b.trashed; });
  return found;
}

std::vector<TrashedSession> find_trashed(const std::vector<TrashedSession>& trashed, std::string_view id) {
  std::vector<TrashedSession> found;
  for (const TrashedSession& session : trashed) {
    const auto is_in = [&](Format format) {
      return session.name == std::string(id).append(suffix_of(format));
    };
    const bool is_meant = session.name == id || is_in(Format::json) || is_in(Format::json_lines);
    if (is_meant && (found.empty() || found.front().trashed == session.trashed)) found.push_back(session);
  }
  return found;
}

MoveStep restore_step(const Path& store, const TrashedSession& session) {
  return {.name = session.name,
          .judged = session.id,
          .to_dir = join_path(cli::absolute_path(store), session.below),
          .to_name = session.name};
}

void tidy_trash(Fs& fs, const Path& store) {
  const Path root = trash_of(store);
  std::vector<Path> directories;
  const auto visit = [&](const std::shared_ptr<const Dir>& dir, const std::vector<ScanItem>& items) {
    for (const ScanItem& item : items) {
      if (item.type == FileType::directory) directories.push_back(join_path(dir->path(), item.name));
    }
    return true;
  };
  if (!scan(fs, root, ScanOptions{.recurse = Recurse::yes}, visit)) return;
  // The deepest first; one that holds anything refuses to go, and that is all that keeps it.
  std::ranges::reverse(directories);
  directories.push_back(root);
  for (const Path& path : directories) {
    const auto place = open_parent(fs, path);
    if (!place || !fs.remove_dir(place->dir, place->name)) continue;
  }
}

}  // namespace session::commands
