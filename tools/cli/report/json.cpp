// The json format: the records of ndjson in one document. Items are written as they come, so that memory
// does not grow with their number; errors, which are few, follow behind them.

#include <nlohmann/json.hpp>

#include "cli/report/formats.h"

namespace session::cli {

namespace {

class JsonReporter final : public Reporter {
 public:
  using Reporter::Reporter;

  void begin(const Json& fields) override {
    // The members of `fields` with the object left open.
    std::string head = to_line(fields);
    head.pop_back();
    write(head + (fields.empty() ? "" : ",") + "\"items\":[");
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
    errors_.push_back(std::move(record));
  }

  void finish(ExitStatus status) override {
    totals_["exit"] = status;
    write("\n],\"errors\":" + to_line(errors_) + ",\"summary\":" + to_line(totals_) + "}\n");
  }

 private:
  bool first_item_ = true;
  Json errors_ = Json::array();
  Json totals_ = Json::object();
};

}  // namespace

std::unique_ptr<Reporter> make_json_reporter(const Sinks& sinks) {
  return std::make_unique<JsonReporter>(sinks);
}

}  // namespace session::cli
