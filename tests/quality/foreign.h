#pragma once
// Documents in which nothing is as in those that the engine was made with: other agents' and nobody's, in
// every form that writers have.

#include <vector>

#include "quality/documents.h"

namespace quality {

std::vector<Document> make_foreign_documents(unsigned seed);

}  // namespace quality
