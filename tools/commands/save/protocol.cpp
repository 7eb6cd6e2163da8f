#include "commands/save/protocol.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "commands/save/record.h"
#include "session/save.h"

namespace session::commands {
namespace {

struct OpRow {
  std::string_view word;
  RequestOp op;
  std::string_view content;  ///< the member that holds what is put or patched; empty: none
};
constexpr std::array k_ops = {
    OpRow{"put", RequestOp::put, "session"}, OpRow{"patch", RequestOp::patch, "patch"},
    OpRow{"get", RequestOp::get, ""},        OpRow{"delete", RequestOp::remove, ""},
    OpRow{"flush", RequestOp::flush, ""},    OpRow{"stats", RequestOp::stats, ""},
};

bool wants_id(RequestOp op) { return op != RequestOp::flush && op != RequestOp::stats; }

const OpRow& row_of(RequestOp op) { return *std::ranges::find(k_ops, op, &OpRow::op); }

Unexpected<Error> wrong(std::string detail) {
  return fail(Errc::invalid_content, Op::validate, "request", std::move(detail));
}

Result<OpRow> op_of(const Outline& request) {
  const Member* const op = find_member(request, "op");
  if (op == nullptr) return k_ops.front();
  const std::string word = op->type == ValueType::string ? string_content(op->value) : std::string(op->value);
  const auto row = std::ranges::find(k_ops, word, &OpRow::word);
  if (row != k_ops.end()) return *row;
  return wrong(R"("op" must be one of put, patch, get, delete, flush, stats)");
}

/// Every member once, and none that the operation does not have.
Result<void> check_members(const Outline& request, const OpRow& row) {
  for (const Member& member : request.members) {
    const bool known = member.key == "op" || (member.key == "id" && wants_id(row.op)) ||
                       (member.key == row.content && !row.content.empty());
    if (!known) return wrong(fmt::format(R"({} has no member "{}")", row.word, member.key));
    if (&member != find_member(request, member.key)) {
      return wrong(fmt::format(R"("{}" stands there twice)", member.key));
    }
  }
  return {};
}

cli::Json fine(const Request& request) {
  cli::Json reply;
  reply["ok"] = true;
  reply["op"] = row_of(request.op).word;
  if (wants_id(request.op)) reply["id"] = request.id;
  return reply;
}

/// `content` as one JSON value on one line, its bytes kept but for the line breaks between tokens: the only
/// place where JSON text can have any.
std::string on_one_line(ByteView content, Format format) {
  if (content.starts_with(k_byte_order_mark)) content.remove_prefix(k_byte_order_mark.size());
  std::string line(content);
  if (format == Format::json_lines) {
    std::string records;
    while (!content.empty()) {
      const ByteView record = content.substr(0, content.find('\n'));
      content.remove_prefix(std::min(record.size() + 1, content.size()));
      if (record.find_first_not_of(" \t\r") == ByteView::npos) continue;
      records += records.empty() ? "" : ",";
      records += record;
    }
    return "[" + records + "]";
  }
  std::ranges::replace(line, '\n', ' ');
  std::ranges::replace(line, '\r', ' ');
  return line;
}

/// The reply with the session in it, which must not go through a JSON library: that would change its numbers.
std::string with_session(cli::Json reply, ByteView content, Format format) {
  reply["session"] = nullptr;
  std::string line = cli::to_line(reply);
  constexpr std::string_view k_place = "null}";
  line.replace(line.size() - k_place.size(), k_place.size(), on_one_line(content, format) + "}");
  return line;
}

std::string stats_reply(const Autosave& autosave, const Request& request, const ServerCounts& counts) {
  const SessionTable::Counts held = autosave.table().counts();
  cli::Json reply = fine(request);
  reply["sessions"] = held.sessions;
  reply["unsaved"] = held.unsaved;
  reply["bytes"] = held.bytes;
  reply["clients"] = counts.clients;
  reply["rounds"] = counts.rounds;
  reply["saved"] = counts.saved;
  reply["failures"] = counts.failures;
  reply["last_round_ms"] = counts.last_round_ms;
  reply["last_lock_us"] = counts.last_lock_us;
  return cli::to_line(reply);
}

}  // namespace

Result<Request> parse_request(ByteView line, Format format) {
  if (Result<void> valid = check_content(line, Format::json, "request"); !valid) {
    return Unexpected{valid.error()};
  }
  const Result<Outline> outline = outline_of(line);
  if (!outline) return Unexpected{outline.error()};
  if (outline->type != ValueType::object)
    return wrong(R"(not an object like {"op":"put","id":…,"session":…})");
  const Result<OpRow> row = op_of(*outline);
  if (!row) return Unexpected{row.error()};
  if (Result<void> checked = check_members(*outline, *row); !checked) return Unexpected{checked.error()};
  Request request{row->op, {}, {}};
  if (wants_id(row->op)) {
    Result<std::string> id = id_from(find_member(*outline, "id"));
    if (!id) return wrong(id.error().detail);
    request.id = std::move(*id);
  }
  if (row->content.empty()) return request;
  const Member* const content = find_member(*outline, row->content);
  if (content == nullptr) return wrong(fmt::format(R"("{}" is missing)", row->content));
  Result<Bytes> bytes =
      row->op == RequestOp::put ? content_of(*content, format) : Result<Bytes>(Bytes(content->value));
  if (!bytes) return wrong(bytes.error().detail);
  request.content = std::move(*bytes);
  return request;
}

std::string refusal(const Error& error) {
  cli::Json reply;
  reply["ok"] = false;
  reply["code"] = name_of(error.code);
  reply["error"] = describe(error);
  return cli::to_line(reply);
}

Result<std::string> answer(Autosave& autosave, const Request& request, const ServerCounts& counts) {
  const auto missing = [&] {
    return fail(Errc::not_found, Op::open, request.id, "there is no such session");
  };
  switch (request.op) {
    case RequestOp::put: {
      const Result<void> put = autosave.put(request.id, request.content);
      if (!put) return Unexpected{put.error()};
      break;
    }
    case RequestOp::patch: {
      const Result<void> patched = autosave.patch(request.id, request.content);
      if (!patched) return Unexpected{patched.error()};
      break;
    }
    case RequestOp::get: {
      const SharedBytes content = autosave.get(request.id);
      if (!content) return missing();
      return with_session(fine(request), *content, autosave.format());
    }
    case RequestOp::remove:
      if (!autosave.remove(request.id)) return missing();
      break;
    case RequestOp::stats: return stats_reply(autosave, request, counts);
    case RequestOp::flush: break;
  }
  return cli::to_line(fine(request));
}

std::string flush_reply(const RoundReport& report) {
  cli::Json reply;
  reply["ok"] = report.failures.empty();
  reply["op"] = "flush";
  reply["saved"] = report.saved;
  reply["removed"] = report.removed;
  if (!report.failures.empty()) {
    reply["failures"] = report.failures.size();
    reply["code"] = name_of(report.failures.front().error.code);
    reply["error"] = describe(report.failures.front().error);
  }
  return cli::to_line(reply);
}

}  // namespace session::commands
