#pragma once
// Records of sessions: what stands in a line of --batch and in the "session" of a request.

#include <string>

#include "session/bytes.h"
#include "session/error.h"
#include "session/layout.h"
#include "session/members.h"

namespace session::commands {

/// The content of the session file that `value` gives, byte for byte as it stands: a document itself; for
/// JSON Lines an array of records, each of which becomes a line.
Result<Bytes> content_of(const Member& value, Format format);

/// The id that `value` gives (nullptr: there is none). Half a surrogate pair stands for no character, so two
/// ids that differ in nothing else would become one file.
Result<std::string> id_from(const Member* value);

struct BatchRecord {
  std::string id;
  Bytes content;
};

/// Reads `{"id": "…", "session": …}`. invalid_content says what is wrong with it; members it does not know
/// are wrong too.
Result<BatchRecord> parse_batch_record(ByteView line, Format format);

}  // namespace session::commands
