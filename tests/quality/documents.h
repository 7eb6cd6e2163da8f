#pragma once
// Synthetic sessions of every family of layouts, in pairs: a version and an older one of it.

#include <cstdint>
#include <string>
#include <vector>

#include "session/layout.h"

namespace quality {

struct Document {
  std::string name;    ///< for reports: "miniclaw/compact"
  std::string layout;  ///< a built-in layout's name; empty: none
  std::string file_stem;
  session::Format format = session::Format::json;
  std::string text;
  std::string older;  ///< the same session some messages earlier
};

enum class DocumentSet : std::uint8_t {
  usual,
  other,   ///< other layouts, forms and sizes than those that the engine was made with
  foreign  ///< written last, of other agents and of none, in every form that writers have
};

/// The documents that all families are applied to, always the same for one seed.
std::vector<Document> make_documents(unsigned seed, DocumentSet set = DocumentSet::usual);

}  // namespace quality
