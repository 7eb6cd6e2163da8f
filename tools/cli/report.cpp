#include "cli/report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/base64.h"
#include "cli/report/formats.h"
#include "cli/signals.h"
#include "cli/spool.h"
#include "cli/utf8.h"

namespace session::cli {

void Reporter::error(const Error& error, std::string_view hint, std::string_view stage,
                     const Json* /*fields*/) {
  const std::string text = describe(error);
  sinks_.messages.error(stage.empty() ? text : fmt::format("[{}] {}", stage, text), hint);
}

void Reporter::usage_error(std::string_view message, std::string_view hint) {
  sinks_.messages.error(message, hint);
}

std::string Reporter::display(std::string_view path) const {
  return sinks_.out_terminal.is_terminal ? escape_for_terminal(path) : std::string{path};
}

std::string Reporter::styled(Style style, std::string_view text) const {
  return sinks_.out_terminal.color ? with_style(style, text) : std::string{text};
}

void Reporter::write(std::string_view text) {
  sinks_.messages.clear_progress();
  sinks_.out.write(text);
}

void Reporter::replay(Spool& spool) {
  Result<void> replayed = spool.replay([this](std::string_view piece) {
    write(piece);
    return Result<void>();
  });
  if (!replayed) sinks_.out.fail(std::move(replayed).error());
}

std::vector<std::string> common_formats() { return {"text", "json", "ndjson"}; }

std::unique_ptr<Reporter> make_reporter(std::string_view format, const Sinks& sinks) {
  if (format == "text") return make_text_reporter(sinks);
  if (format == "json") return make_json_reporter(sinks);
  if (format == "ndjson") return make_ndjson_reporter(sinks);
  return nullptr;
}

void add_path(Json& record, std::string_view path, std::string_view key) {
  if (is_utf8(path)) {
    record[std::string{key}] = path;
  } else {
    record[std::string{key} + "_b64"] = to_base64(path);
  }
}

std::string to_line(const Json& record) {
  return record.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string left_open(const Json& object) {
  std::string line = to_line(object);
  line.pop_back();
  return line;
}

void add_end(Json& summary, ExitStatus status) {
  summary["exit"] = status;
  if (const auto signal = deadly_signal()) summary["signal"] = *signal;
}

Json error_record(const Error& error, std::string_view hint, std::string_view stage, const Json* fields) {
  Json record;
  record["type"] = "error";
  add_path(record, error.subject);
  if (!stage.empty()) record["stage"] = stage;
  record["op"] = name_of(error.op);
  record["code"] = name_of(error.code);
  if (error.os_errno != 0) record["errno"] = error.os_errno;
  record["message"] = describe(error);
  if (!hint.empty()) record["hint"] = hint;
  if (fields != nullptr) record.update(*fields);
  return record;
}

}  // namespace session::cli
