// What is in memory: loaded from the store, put, patched, removed.

#include "session/autosave.h"

#include <new>
#include <utility>

#include "session/names.h"
#include "session/patch.h"
#include "session/scan.h"
#include "store/save_guards.h"

namespace session {
namespace {

Error about(Error error, std::string_view subject) {
  error.subject = subject;
  return error;
}

bool is_same_directory(const Stat& a, const Stat& b) { return a.dev == b.dev && a.ino == b.ino; }

/// The id of the session `name` holds; nullopt if it holds none.
std::optional<std::string> id_of_file(const Name& name, const AutosaveOptions& options) {
  if (parse_artifact(name)) return std::nullopt;
  const Layout* const layout = options.layout;
  std::string_view id;
  if (layout != nullptr) {
    if (layout->classify(name) != NameKind::session) return std::nullopt;
    id = layout->stem(name);
  } else {
    const std::string_view suffix = suffix_of(options.format);
    if (!name.ends_with(suffix)) return std::nullopt;
    id = std::string_view(name).substr(0, name.size() - suffix.size());
  }
  const Result<Name> same = session_file_name(id, layout, options.format);
  if (!same || *same != name) return std::nullopt;
  return std::string(id);
}

}  // namespace

Result<std::shared_ptr<Autosave>> Autosave::open(Fs& fs, const Path& store, const AutosaveOptions& options,
                                                 LoadReport& report) {
  std::shared_ptr<Autosave> autosave(new Autosave(fs, store, options));
  if (Result<void> attached = autosave->attach(); !attached) return Unexpected{attached.error()};
  if (Result<void> loaded = autosave->load(report); !loaded) return Unexpected{loaded.error()};
  return autosave;
}

/// Makes sure that the directory we hold is the one that stands under the store's path.
Result<void> Autosave::attach() {
  Result<Dir> dir = open_or_make_dir(fs_, path_, options_.durability);
  if (!dir) return Unexpected{std::move(dir).error()};
  if (dir_) {
    const Result<Stat> before = fs_.stat(dir_);
    if (!before) return Unexpected{before.error()};
    const Result<Stat> now = fs_.stat(*dir);
    if (!now) return Unexpected{now.error()};
    if (is_same_directory(*before, *now)) return {};
  }
  Result<Lock> lock = lock_file(fs_, *dir, Name(k_autosave_lock_name), LockKind::exclusive, milliseconds(0));
  if (!lock) return Unexpected{std::move(lock).error()};
  const bool replaced = static_cast<bool>(dir_);
  dir_ = std::move(*dir);
  lock_ = std::move(*lock);
  if (replaced) {
    // What was saved went with the directory that was removed or moved away.
    on_disk_.clear();
    table_.mark_all_unsaved();
  }
  return {};
}

Result<void> Autosave::load(LoadReport& report) {
  const Visit visit = [&](const std::shared_ptr<const Dir>& dir, const std::vector<ScanItem>& items) {
    for (const ScanItem& item : items) {
      if (item.error) {
        report.left_alone.push_back({item.name, *item.error});
      } else if (item.type == FileType::regular || item.type == FileType::symlink) {
        load_if_it_fits(*dir, item.name, report);
      } else if (id_of_file(item.name, options_)) {
        report.left_alone.push_back(
            {item.name, fail(Errc::not_regular, Op::open, join_path(dir->path(), item.name)).error});
      }
    }
    return true;
  };
  return scan(fs_, path_, {}, visit);
}

void Autosave::load_if_it_fits(const Dir& dir, const Name& name, LoadReport& report) {
  try {
    load_one(dir, name, report);
  } catch (const std::bad_alloc&) {
    const Path path = join_path(dir.path(), name);
    report.left_alone.push_back(
        {name, fail(Errc::too_large, Op::read, path, "there is no memory for it").error});
  }
}

void Autosave::load_one(const Dir& dir, const Name& name, LoadReport& report) {
  const std::optional<std::string> id = id_of_file(name, options_);
  if (!id) {
    const bool is_of_other_format = name.ends_with(suffix_of(other_format(options_.format)));
    if (!options_.takes_twins && is_of_other_format) twins_.insert(name);
    return;
  }
  const auto leave = [&](const Error& error) { report.left_alone.push_back({name, error}); };
  // Read where it points, as it is saved there.
  const Result<Place> place = open_parent_resolved(fs_, join_path(dir.path(), name));
  if (!place) return leave(place.error());
  const Result<File> file = fs_.open(place->dir, place->name, Access::read);
  // A link that leads nowhere is what the removal of a session leaves of it.
  if (!file && file.error().code == Errc::not_found) return;
  if (!file) return leave(file.error());
  const Result<Stat> about_file = fs_.stat(*file);
  if (!about_file) return leave(about_file.error());
  Result<Bytes> content = read_all(fs_, *file, k_largest_session);
  if (!content) return leave(content.error());
  if (Result<void> valid = check_content(*content, options_.format, file->path()); !valid) {
    return leave(valid.error());
  }
  ++report.loaded;
  report.bytes += content->size();
  on_disk_[name] = id_of(*about_file);
  table_.put_saved(*id, share(std::move(*content)));
}

Result<void> Autosave::put(std::string_view id, Bytes content) {
  const Result<Name> name = session_file_name(id, options_.layout, options_.format);
  if (!name) return Unexpected{name.error()};
  if (Result<void> valid = check_content(content, options_.format, id); !valid) return valid;
  if (is_husk(content, options_.format)) {
    const SharedBytes old = table_.get(id);
    if (old && !is_husk(*old, options_.format)) return husk_refused(id);
  }
  if (const Name twin = twin_file_name(id, options_.format); has_twin(twin) && !table_.get(id)) {
    return fail(Errc::bad_argument, Op::validate, std::string(id),
                "it stands in " + twin + " and would be begun anew");
  }
  table_.put(std::string(id), share(std::move(content)));
  return {};
}

/// Whether a file of the other format that was there at the start is there still.
bool Autosave::has_twin(const Name& name) const {
  if (!twins_.contains(name)) return false;
  const Result<Dir> dir = fs_.open_dir(path_, FollowLinks::yes);
  return !dir || fs_.stat(*dir, name);
}

Result<void> Autosave::patch(std::string_view id, ByteView patch) {
  if (options_.format == Format::json_lines) {
    return fail(Errc::bad_argument, Op::validate, std::string(id),
                "a patch changes a JSON document; sessions here are JSON Lines");
  }
  while (true) {
    const SharedBytes old = table_.get(id);
    if (!old) return fail(Errc::not_found, Op::open, std::string(id), "there is no such session");
    Result<Bytes> patched = merge_patch(*old, patch);
    if (!patched) return Unexpected{about(std::move(patched).error(), id)};
    if (is_husk(*patched, options_.format) && !is_husk(*old, options_.format)) return husk_refused(id);
    if (table_.put_if(std::string(id), old, share(std::move(*patched)))) return {};
  }
}

bool Autosave::remove(std::string_view id) { return table_.remove(id); }

Name Autosave::name_of(const std::string& id) const {
  return *session_file_name(id, options_.layout, options_.format);
}

}  // namespace session
