#pragma once
// Ids and times, told without a layout: by the name of the member, or by how the value reads.

#include "session/bytes.h"

namespace session::repair {

/// Whether members of this key hold ids: "id", "tool_use_id", "parentUuid".
bool is_name_of_id(ByteView key);

/// Whether the text of a string reads as a UUID or as a time of ISO 8601, if each of its control characters
/// stands in the place of another.
bool reads_as_identity(ByteView text);

}  // namespace session::repair
