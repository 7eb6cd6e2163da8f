#pragma once
// Runs a repairer over every document, family and place, and sums up what came of it.

#include <deque>
#include <functional>
#include <map>
#include <optional>
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
  std::string result = {};
  Score score = {};
  double usable_f = 0;    ///< F, held against what its owner could use (owner.h)
  bool unusable = false;  ///< some of what survived is not of use to it
  bool loads = true;
  bool accepted = true;
};

/// What a repairer made of a case.
struct Repaired {
  std::string text;      ///< empty for none
  bool refused = false;  ///< it would not put the text in place: its owner could not load it
};
using Repairer = std::function<Repaired(const Case&)>;
/// As session-repair does it; a refused one's text is that of --level syntax, for what can be read in it.
Repaired repair_ours(const Case& c);

struct Selection {
  std::string family;    ///< empty: all
  std::string document;  ///< a part of the name; empty: all
  DocumentSet set = DocumentSet::usual;
  unsigned seed = 1;
  std::size_t steps = 24;
};

struct FamilyResult {
  std::size_t cases = 0;
  double precision = 0;  ///< means over the cases
  double recall = 0;
  double f = 0;
  double landed = 0;    ///< the mean of F where a refused result is none
  double accepted = 0;  ///< the same of one that its owner would refuse, of whomever it is
  /// Of families that end early: the mean of F as if what survived of records that their owner would reject
  /// had not, and in how many cases there is any.
  std::optional<double> usable;
  std::size_t unusable = 0;
  std::size_t invalid = 0;    ///< results that do not parse
  std::size_t of_layout = 0;  ///< results put in place of documents whose layout has required fields
  std::size_t loaded = 0;     ///< those that their owner loads
  std::size_t refused = 0;
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
