#pragma once
// What is left of a document: its values, one per record, without those that the damage took.

#include <nlohmann/json.hpp>
#include <vector>

#include "quality/damage.h"

namespace quality {

/// The values of `document` whose bytes, key and value, are all in `damaged`, in one piece. A container is
/// left if anything in it is, or its key and opener are; a record of which nothing is left is discarded.
std::vector<nlohmann::json> surviving_values(const Document& document, const Damaged& damaged);
/// All of them, undamaged.
std::vector<nlohmann::json> all_values(const Document& document);

}  // namespace quality
