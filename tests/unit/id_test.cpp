#include "session/id.h"

#include <doctest/doctest.h>

#include <string>

using namespace session;
using namespace std::string_literals;

namespace {

std::string problem_of(std::string_view id) {
  const Result<void> checked = check_session_id(id);
  if (checked) return "";
  CHECK(checked.error().code == Errc::bad_argument);
  CHECK(checked.error().op == Op::validate);
  CHECK(checked.error().subject == id);
  return checked.error().detail;
}

}  // namespace

TEST_CASE("ids as agents make them are fine") {
  for (const std::string& id :
       {"telegram_123456789"s, "telegram_-100200300"s, "0192e4a1-7c3d-7000-8000-0123456789ab"s, "a"s, "a.b"s,
        "a b"s, "rollout-2026-11-21T11-12-29-x"s, "Grüße"s, "会話"s, "con-1"s, "COM10"s, "console"s, "nul_x"s,
        "user@host#1"s, "_active-agent"s, std::string(k_max_id_bytes, 'x')}) {
    CAPTURE(id);
    CHECK(problem_of(id).empty());
  }
}

TEST_CASE("every rule refuses with its own words") {
  CHECK(problem_of("") == "an id must not be empty");
  CHECK(problem_of(std::string(k_max_id_bytes + 1, 'x')) ==
        "an id must not be longer than 200 bytes; this has 201");
  CHECK(problem_of("a\0b"s) == "an id must not contain a NUL");
  CHECK(problem_of("a\nb") == "an id must not contain a control character");
  CHECK(problem_of("a\x7F") == "an id must not contain a control character");
  for (const char c : "/\\<>:\"|?*"s) {
    CHECK(problem_of("a"s + c + "b") == "an id must not contain '"s + c + "'");
  }
  CHECK(problem_of("../x") == "an id must not contain '/'");
  CHECK(problem_of("..") == "an id must not begin with a dot");
  CHECK(problem_of(".hidden") == "an id must not begin with a dot");
  CHECK(problem_of("a.") == "an id must not end with a dot or a space");
  CHECK(problem_of("a ") == "an id must not end with a dot or a space");
}

TEST_CASE("names that Windows reserves are refused in any case and with any extension") {
  for (const std::string& id : {"con"s, "CON"s, "Prn"s, "aux"s, "NUL"s, "com0"s, "COM9"s, "lpt1"s, "LPT9"s,
                                "nul.txt"s, "con.a.b"s, "CONIN$"s, "conout$"s, "aux .x"s, "com¹"s, "LPT³"s}) {
    CAPTURE(id);
    CHECK(problem_of(id) == "Windows reserves this name for a device");
  }
}
