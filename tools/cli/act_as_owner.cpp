#include "cli/act_as_owner.h"

#include <fmt/format.h>

#include <CLI/App.hpp>

#include "session/path.h"
#include "session/process.h"

namespace session::cli {
namespace {

constexpr std::string_view k_hint = "run as the owner of the store (sudo -u USER), or say --as-root";

/// The directory of a user other than root in which a link stands on the way to `place`: it leads wherever
/// that user wants.
std::optional<Stat> holder_of_link(Fs& fs, const Path& place) {
  for (std::size_t slash = place.find('/', 1); slash != Path::npos; slash = place.find('/', slash + 1)) {
    const Result<Place> step = open_parent(fs, place.substr(0, slash));
    if (!step) continue;
    const Result<Stat> about = fs.stat(step->dir, step->name);
    if (!about || about->type != FileType::symlink) continue;
    const Result<Stat> holder = fs.stat(step->dir);
    if (holder && holder->uid != 0) return *holder;
  }
  return std::nullopt;
}

/// Who has `place` in hand: the owner of the directory it names; of anything else, a link above all, and of
/// what is not there yet, the owner of the nearest directory above it.
Result<Stat> holder_of(Fs& fs, Path place) {
  for (;;) {
    while (place.size() > 1 && place.back() == '/') place.pop_back();
    if (const auto holder = holder_of_link(fs, place)) return *holder;
    const Result<Place> parent = open_parent(fs, place);
    if (!parent && parent.error().code == Errc::bad_argument) {  // "/", ".", "x/.."
      const Result<Dir> dir = fs.open_dir(place, FollowLinks::yes);
      if (!dir) return Unexpected{dir.error()};
      return fs.stat(*dir);
    }
    if (parent) {
      Result<Stat> about = fs.stat(parent->dir, parent->name);
      if (about && about->type == FileType::directory) return about;
      return fs.stat(parent->dir);
    }
    place = split_path(place).parent;
  }
}

}  // namespace

void add_as_root(CLI::App& app, ActAs& act_as) {
  app.add_flag_callback(
      "--as-root", [&act_as] { act_as = ActAs::root; },
      "Where root works on a store of somebody else: keep root's rights, instead of taking on the owner's");
}

Result<void, UsageProblem> act_as_owner(Fs& fs, ActAs act_as, std::span<const Path> places) {
  if (user_id() != 0 || act_as == ActAs::root) return {};
  std::optional<Stat> owner;
  for (const Path& place : places) {
    const Result<Stat> about = holder_of(fs, place);
    // What cannot be looked at is reported where it is worked on.
    if (!about) continue;
    if (owner && owner->uid != about->uid) {
      return Unexpected{UsageProblem{
          fmt::format("run as root over files of several users (uid {} and uid {})", owner->uid, about->uid),
          "run once for each user (sudo -u USER), or say --as-root"}};
    }
    owner = *about;
  }
  if (!owner || owner->uid == 0) return {};
  if (const Result<void> become = become_user(owner->uid, owner->gid); !become) {
    return Unexpected{UsageProblem{describe(become.error()), std::string(k_hint)}};
  }
  return {};
}

}  // namespace session::cli
