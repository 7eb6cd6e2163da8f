#include "cli/act_as_owner.h"

#include <fmt/format.h>

#include "session/process.h"

namespace session::cli {
namespace {

constexpr std::string_view k_hint = "run as the owner of the store (sudo -u USER), or say --as-root";

/// The directory above `path`, as text.
Path parent_of(const Path& path) {
  const std::size_t slash = path.find_last_not_of('/') == std::string::npos
                                ? std::string::npos
                                : path.find_last_of('/', path.find_last_not_of('/'));
  if (slash == std::string::npos) return path.starts_with('/') ? "/" : ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

/// What is there of `place`: itself, or the nearest directory above it.
Result<Stat> nearest(Fs& fs, Path place) {
  for (;;) {
    if (const Result<Dir> dir = fs.open_dir(place, FollowLinks::yes)) return fs.stat(*dir);
    if (const Result<Place> file = open_parent_resolved(fs, place)) {
      if (Result<Stat> about = fs.stat(file->dir, file->name);
          about || about.error().code != Errc::not_found) {
        return about;
      }
    }
    const Path above = parent_of(place);
    if (above == place) return fail(Errc::not_found, Op::stat, place);
    place = above;
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
    const Result<Stat> about = nearest(fs, place);
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
