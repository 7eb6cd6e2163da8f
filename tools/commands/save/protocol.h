#pragma once
// The requests of autosave, one JSON object a line, and their replies; docs/autosave.md is the contract.
//   {"op":"put","id":"…","session":…}   {"op":"patch","id":"…","patch":…}   {"op":"get","id":"…"}
//   {"op":"delete","id":"…"}   {"op":"flush"}   {"op":"stats"}
// Without "op" a request is a put, so that what --batch reads can be fed too.

#include <string>

#include "cli/report.h"
#include "session/autosave.h"

namespace session::commands {

enum class RequestOp : std::uint8_t { put, patch, get, remove, flush, stats };

struct Request {
  RequestOp op = RequestOp::put;
  std::string id;
  Bytes content;  ///< of put: the session file's; of patch: the patch
};

/// invalid_content says what is wrong with the line; unknown members are wrong.
Result<Request> parse_request(ByteView line, Format format);

/// What the server counts, for the reply to stats.
struct ServerCounts {
  std::uint64_t clients = 0;
  std::uint64_t rounds = 0;
  std::uint64_t saved = 0;
  std::uint64_t failures = 0;  ///< of the last round
  double last_round_ms = 0;
  double last_lock_us = 0;
};

/// Carries out any request but flush and returns the reply, one line; or why it was refused.
Result<std::string> answer(Autosave& autosave, const Request& request, const ServerCounts& counts);
std::string refusal(const Error& error);
std::string flush_reply(const RoundReport& report);

}  // namespace session::commands
