#include "cli/report/page_file.h"

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>

#include "session/execute.h"

namespace session::cli {

namespace {

bool is_page_name(std::string_view name) { return name.ends_with(".html") || name.ends_with(".htm"); }

/// Where `file` lies, links followed: what one leads to must be named as a page too.
Result<Place> place_of(Fs& fs, const std::string& file) {
  Result<Place> place = open_parent_resolved(fs, file);
  if (place && !is_page_name(place->name)) {
    return fail(Errc::bad_argument, Op::resolve, file,
                "the link leads to " + place->name + ", which is no page");
  }
  return place;
}

}  // namespace

CLI::Option* add_page_option(CLI::App& app, std::string& file, const std::string& words) {
  const auto is_page = [](const std::string& name) -> std::string {
    return is_page_name(name) ? "" : "the name must end in .html";
  };
  return app.add_option("--report", file, words)->type_name("FILE")->check(CLI::Validator(is_page, ""));
}

Result<void> look_for_page_place(Fs& fs, const std::string& file) {
  if (file.empty()) return {};
  const Result<Place> place = place_of(fs, file);
  return place ? Result<void>{} : Unexpected{place.error()};
}

Result<void> write_page(Fs& fs, const std::string& file, std::string html) {
  const Result<Place> place = place_of(fs, file);
  if (!place) return Unexpected{place.error()};
  const Result<Outcome> written =
      execute(fs, place->dir, ReplaceStep{place->name, share(std::move(html)), {}});
  return written ? Result<void>{} : Unexpected{written.error()};
}

}  // namespace session::cli
