#pragma once
// Reporting: results on stdout, messages on stderr. A tool says the same thing once, as a record with
// its fields and as the line a person reads; the reporter of the chosen format writes one of them.

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "session/error.h"

namespace session::cli {

using Json = nlohmann::ordered_json;

class Reporter {
 public:
  virtual ~Reporter() = default;

  /// One result (a file, a session). `fields` must hold "path" (made by path_fields()); the record's
  /// "type" is "item". `text` may be empty (nothing to tell a person) and may have several lines.
  virtual void item(const Json& fields, std::string_view text) = 0;
  /// The last record; "type" is "summary".
  virtual void summary(const Json& fields, std::string_view text) = 0;

  /// An operation failed: a message on stderr in every format, and a record of type "error" in the machine
  /// formats.
  virtual void error(const Error& error, std::string_view hint = {}) = 0;
  virtual void warning(std::string_view message) = 0;
  virtual void note(std::string_view message) = 0;  ///< from -v on
  /// Bad usage or configuration found after parsing.
  virtual void usage_error(std::string_view message, std::string_view hint = {}) = 0;

  /// True where text goes to a terminal that takes colour.
  [[nodiscard]] virtual bool color() const = 0;
};

/// Puts "path" (valid UTF-8) or "path_b64" (any other bytes) into `record`.
void add_path(Json& record, std::string_view path);

/// Escapes control, bidi and zero-width characters and invalid UTF-8 where the sink is a terminal.
std::string display_path(std::string_view path);

}  // namespace session::cli
