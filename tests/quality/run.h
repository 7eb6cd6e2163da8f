#pragma once
// Runs a repairer over every document, family and place, and sums up what came of it.

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "quality/damage.h"
#include "quality/measure.h"

namespace quality {

struct Case {
  const Document* document = nullptr;
  const Family* family = nullptr;
  std::size_t step = 0;
  Damaged damaged;
  std::string result;
  Score score;
  bool loads = true;
};

/// The repaired text; empty for none.
using Repairer = std::function<std::string(const Case&)>;
std::string repair_ours(const Case& c);

struct Selection {
  std::string family;    ///< empty: all
  std::string document;  ///< a part of the name; empty: all
  unsigned seed = 1;
  std::size_t steps = 24;
};

struct FamilyResult {
  std::size_t cases = 0;
  double precision = 0;  ///< means over the cases
  double recall = 0;
  double f = 0;
  std::size_t invalid = 0;    ///< results that do not parse
  std::size_t of_layout = 0;  ///< cases of documents whose layout has required fields, with a result
  std::size_t loaded = 0;     ///< those that their owner loads
};

struct Results {
  std::deque<Document> documents;
  std::map<std::string, FamilyResult> families;
  std::vector<Case> worst;  ///< by F, at most 200
  FamilyResult mean;        ///< over the families
};

Results run(const Selection& selection, const Repairer& repairer);
std::string table(const Results& results);

}  // namespace quality
