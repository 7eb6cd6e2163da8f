#include "commands/verify/walk.h"

#include <algorithm>

#include "cli/input.h"
#include "cli/limits.h"
#include "commands/clean/trash.h"
#include "session/path.h"

namespace session::commands {

namespace {

/// The name is empty where the path can only mean a directory.
SplitPath split(const Path& path) {
  SplitPath result = split_path(path);
  if (result.name == "." || result.name == "..") result.name.clear();
  return result;
}

bool is_within(const Path& directory, const Path& store) {
  return directory.starts_with(store) &&
         (directory.size() == store.size() || store == "/" || directory[store.size()] == '/');
}

}  // namespace

VerifyWalk::VerifyWalk(const cli::Context& context, const Layout* layout, Shard shard, Submit submit,
                       std::function<bool()> stop, std::function<void()> many)
    : fs_(context.fs),
      layout_(layout),
      shard_(shard),
      submit_(std::move(submit)),
      stop_(std::move(stop)),
      many_(std::move(many)) {
  for (const StoreConfig& store : context.config.stores) {
    configured_.push_back(cli::configured_store(context.config, store));
    configured_.back().path = cli::absolute_path(store.path);
  }
}

void VerifyWalk::add_path(const Path& path) {
  roots_.push_back(path);
  if (path == cli::k_standard_input) {
    if (shard_.has_the_rest()) submit_({});
  } else if (path.empty()) {
    submit_error(fail(Errc::bad_argument, Op::open, "''", "an empty path names nothing").error);
  } else if (split(path).name.empty()) {
    walk(path, asked_for());
  } else {
    add_file(path);
  }
}

void VerifyWalk::add_store(const cli::ChosenStore& store) {
  roots_.push_back(store.path);
  walk(store.path, {layout_ != nullptr ? layout_ : store.layout, true});
}

Result<void> VerifyWalk::add_listed(const Path& list) {
  Path path;
  // Who makes a list means the file of that name, not standard input.
  const auto add = [&] { add_path(path == cli::k_standard_input ? "./-" : path); };
  const auto take = [&](ByteView piece) {
    while (!stop_()) {
      const std::size_t end = piece.find('\0');
      path += piece.substr(0, end);
      if (end == ByteView::npos) return true;
      add();
      path.clear();
      piece.remove_prefix(end + 1);
    }
    return false;
  };
  Result<bool> whole = cli::read_input_pieces(fs_, list, take);
  if (stop_()) return {};
  // Of a list that could not be read further the last name may be half of one.
  if (whole && !path.empty()) add();
  if (whole) return {};
  if (list != cli::k_standard_input) whole.error().subject = list;
  return Unexpected{std::move(whole).error()};
}

void VerifyWalk::add_file(const Path& path) {
  SplitPath parts = split(path);
  std::shared_ptr<const VerifyPlace> place = parent_place(parts.parent);
  if (place == nullptr) return;
  const Result<Stat> about = fs_.stat(*place->dir, parts.name);
  if (!about) {
    submit_error(about.error());
    return;
  }
  switch (about->type) {
    case FileType::directory: walk(path, asked_for()); return;
    case FileType::symlink: add_linked(path); return;
    case FileType::regular: submit_file(std::move(place), std::move(parts.name), path); return;
    case FileType::other:
    case FileType::unknown: submit_error(fail(Errc::not_regular, Op::open, path).error); return;
  }
}

/// A link that the user names is followed, as far as it leads.
void VerifyWalk::add_linked(const Path& path) {
  Result<Place> target = open_parent_resolved(fs_, path);
  if (!target) {
    submit_error(std::move(target).error());
    return;
  }
  const Result<Stat> about = fs_.stat(target->dir, target->name);
  if (!about) {
    submit_error(about.error());
  } else if (about->type == FileType::directory) {
    walk(path, asked_for());
  } else if (about->type != FileType::regular) {
    submit_error(fail(Errc::not_regular, Op::open, path).error);
  } else {
    submit_file(make_place(std::make_shared<Dir>(std::move(target->dir)), asked_for()),
                std::move(target->name), path);
  }
}

void VerifyWalk::submit_file(std::shared_ptr<const VerifyPlace> place, Name name, const Path& shown) {
  if (!shard_.has(name)) return;
  VerifyTask task;
  task.place = std::move(place);
  task.name = std::move(name);
  task.shown = shown;
  task.root = roots_.size() - 1;
  task.named = Named::yes;
  submit_(std::move(task));
}

std::shared_ptr<const VerifyPlace> VerifyWalk::parent_place(const Path& parent) {
  if (last_place_ != nullptr && parent == last_parent_) return last_place_;
  Result<Dir> dir = fs_.open_dir(parent, FollowLinks::yes);
  if (!dir) {
    Error error = std::move(dir).error();
    error.subject = roots_.back();
    submit_error(std::move(error));
    return nullptr;
  }
  last_parent_ = parent;
  last_place_ = make_place(std::make_shared<Dir>(std::move(*dir)), asked_for());
  return last_place_;
}

void VerifyWalk::walk(const Path& root, const Store& store) {
  std::shared_ptr<const VerifyPlace> place;
  const auto place_of = [&](const std::shared_ptr<const Dir>& dir) {
    return make_place(dir, store,
                      std::string_view(dir->path()).substr(std::min(root.size(), dir->path().size())));
  };
  const auto visit = [&](const std::shared_ptr<const Dir>& dir, std::vector<ScanItem> items) {
    if (place == nullptr || place->dir != dir) place = place_of(dir);
    for (ScanItem& item : items) {
      if (stop_()) return false;
      add_entry(place, std::move(item));
    }
    return true;
  };
  ScanOptions options;
  options.recurse = Recurse::yes;
  options.many = many_;
  // As many as tasks may keep open: each has its share of what the process may.
  options.held_open = std::min(options.held_open, verify_room(1, cli::descriptor_limit()).places);
  // What session-clean has thrown away is no part of a store any more.
  options.enter = [&](const std::shared_ptr<const Dir>& dir, const Name& name) {
    if (name != k_trash_name) return true;
    return !(place != nullptr && place->dir == dir ? place : place_of(dir))->is_store;
  };
  if (const Result<void> scanned = scan(fs_, root, options, visit); !scanned) submit_error(scanned.error());
}

void VerifyWalk::add_entry(const std::shared_ptr<const VerifyPlace>& place, ScanItem item) {
  if (item.error) {
    submit_error(std::move(*item.error));
    return;
  }
  if (item.type == FileType::directory) return;
  if (item.type != FileType::regular) {
    if (shard_.has_the_rest()) ++special_entries_;
    return;
  }
  if (!shard_.has(item.name)) return;
  VerifyTask task;
  task.place = place;
  task.name = std::move(item.name);
  task.root = roots_.size() - 1;
  submit_(std::move(task));
}

std::shared_ptr<const VerifyPlace> VerifyWalk::make_place(std::shared_ptr<const Dir> dir, const Store& store,
                                                          std::string_view below) const {
  VerifyPlace place;
  Store known = store;
  if (known.layout == nullptr) {
    const Path directory = cli::absolute_path(dir->path());
    const Store other = configured(directory);
    known.layout = other.layout;
    known.is_store = known.is_store || other.is_store;
    if (known.layout == nullptr) place.layouts = layouts_of_directory(directory);
  }
  const bool holds_sessions = known.layout != nullptr && known.layout->may_hold_sessions(below);
  if (holds_sessions) place.layouts = {known.layout};
  place.is_store = known.is_store || !place.layouts.empty();
  place.dir = std::move(dir);
  return std::make_shared<const VerifyPlace>(std::move(place));
}

VerifyWalk::Store VerifyWalk::configured(const Path& directory) const {
  for (const cli::ChosenStore& store : configured_) {
    if (is_within(directory, store.path)) return {store.layout, true};
  }
  return {};
}

void VerifyWalk::submit_error(Error error) {
  if (!shard_.has_the_rest()) return;
  VerifyTask task;
  task.shown = error.subject;
  task.error = std::move(error);
  task.root = roots_.size() - 1;
  submit_(std::move(task));
}

}  // namespace session::commands
