// The ndjson format: one record a line, as things happen. The first is "begin", the last "summary".

#include <nlohmann/json.hpp>

#include "cli/report/formats.h"

namespace session::cli {

namespace {

class NdjsonReporter final : public Reporter {
 public:
  using Reporter::Reporter;

  void begin(const Json& fields) override { record("begin", fields); }
  void item(const Json& fields, std::string_view /*text*/) override { record("item", fields); }
  void summary(const Json& fields, std::string_view /*text*/) override { totals_ = fields; }

  void error(const Error& error, std::string_view hint, std::string_view stage, const Json* fields) override {
    Reporter::error(error, hint, stage);
    write(to_line(error_record(error, hint, stage, fields)) + "\n");
  }

  void finish(ExitStatus status) override {
    add_end(totals_, status);
    record("summary", totals_);
  }

 private:
  void record(std::string_view type, const Json& fields) {
    Json whole;
    whole["type"] = type;
    whole.update(fields);
    write(to_line(whole) + "\n");
  }

  Json totals_ = Json::object();
};

}  // namespace

std::unique_ptr<Reporter> make_ndjson_reporter(const Sinks& sinks) {
  return std::make_unique<NdjsonReporter>(sinks);
}

}  // namespace session::cli
