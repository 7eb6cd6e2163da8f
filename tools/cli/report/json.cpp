// The json format: the records of ndjson in one document. Items are written as they come, so that memory
// does not grow with their number; errors follow behind them.

#include <nlohmann/json.hpp>
#include <utility>

#include "cli/report/formats.h"
#include "cli/spool.h"

namespace session::cli {

namespace {

class JsonReporter final : public Reporter {
 public:
  using Reporter::Reporter;

  void begin(const Json& fields) override {
    write(left_open(fields) + (fields.empty() ? "" : ",") + "\"items\":[");
  }

  void item(const Json& fields, std::string_view /*text*/) override {
    write(first_item_ ? "\n" : ",\n");
    first_item_ = false;
    write(to_line(fields));
  }

  void summary(const Json& fields, std::string_view /*text*/) override { totals_ = fields; }

  void error(const Error& error, std::string_view hint, std::string_view stage, const Json* fields) override {
    Reporter::error(error, hint, stage);
    Json record = error_record(error, hint, stage, fields);
    record.erase("type");
    if (!std::exchange(first_error_, false)) errors_.add(",");
    errors_.add(to_line(record));
  }

  void finish(ExitStatus status) override {
    add_end(totals_, status);
    write("\n],\"errors\":[");
    replay(errors_);
    write("],\"summary\":" + to_line(totals_) + "}\n");
  }

 private:
  bool first_item_ = true;
  bool first_error_ = true;
  Spool errors_{sinks().temporary_directory};
  Json totals_ = Json::object();
};

}  // namespace

std::unique_ptr<Reporter> make_json_reporter(const Sinks& sinks) {
  return std::make_unique<JsonReporter>(sinks);
}

}  // namespace session::cli
