#pragma once
// What the owner of a document's layout makes of what is left of it.

#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "quality/documents.h"

namespace quality {

/// Whether the owner of `document` could load `result`: every required field of its layout, of its type.
bool loads(const Document& document, std::string_view result);

/// The same, and of records the first as the layout has it (Layout::header_fields): whether it would take it.
bool accepts(const Document& document, std::string_view result);

/// Of surviving_values() those that the owner can use: without each message or record that lost something its
/// layout requires (Layout::fields, Layout::cut_records), and without the document where that is one of its
/// own fields. They stand in the damaged text, but no repair could put them where they would be read again.
std::vector<nlohmann::json> usable_values(const Document& document, std::vector<nlohmann::json> surviving);

}  // namespace quality
