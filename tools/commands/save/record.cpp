#include "commands/save/record.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/report.h"
#include "session/save.h"

namespace session::commands {
namespace {

Unexpected<Error> wrong_record(std::string detail) {
  return fail(Errc::invalid_content, Op::validate, "", std::move(detail));
}

}  // namespace

Result<Bytes> content_of(const Member& value, Format format) {
  if (format == Format::json) return Bytes(value.value);
  if (value.type != ValueType::array) {
    return wrong_record(R"("session" must be an array of records, because sessions here are JSON Lines)");
  }
  const Result<Outline> records = outline_of(value.value);
  if (!records) return Unexpected{records.error()};
  Bytes content;
  for (const Member& record : records->members) {
    content += record.value;
    content += '\n';
  }
  if (content.empty()) return wrong_record(R"("session" must have a record: an empty file is no session)");
  return content;
}

Result<std::string> id_from(const Member* value) {
  if (value == nullptr || value->type != ValueType::string)
    return wrong_record(R"("id" must be there and be a string)");
  if (!cli::Json::accept(value->value)) return wrong_record(R"("id" has half of a surrogate pair in it)");
  return string_content(value->value);
}

Result<BatchRecord> parse_batch_record(ByteView line, Format format) {
  if (Result<void> valid = check_content(line, Format::json, ""); !valid) return Unexpected{valid.error()};
  const Result<Outline> record = outline_of(line);
  if (!record) return Unexpected{record.error()};
  if (record->type != ValueType::object)
    return wrong_record(R"(not an object like {"id": "…", "session": …})");
  const Member* id = nullptr;
  const Member* session = nullptr;
  for (const Member& member : record->members) {
    const Member*& place = member.key == "id" ? id : session;
    if (member.key != "id" && member.key != "session") {
      return wrong_record(fmt::format(R"(unknown member "{}"; a record has "id" and "session")", member.key));
    }
    if (place != nullptr) return wrong_record(fmt::format(R"("{}" stands there twice)", member.key));
    place = &member;
  }
  Result<std::string> name = id_from(id);
  if (!name) return Unexpected{std::move(name).error()};
  if (session == nullptr) return wrong_record(R"("session" is missing)");
  Result<Bytes> content = content_of(*session, format);
  if (!content) return Unexpected{std::move(content).error()};
  return BatchRecord{std::move(*name), std::move(*content)};
}

}  // namespace session::commands
