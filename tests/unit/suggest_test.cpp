#include "session/suggest.h"

#include <doctest/doctest.h>

#include <array>

using namespace session;

namespace {
constexpr std::array<std::string_view, 4> k_words{"ttlHours", "trash", "stores", "keepNewest"};
}

TEST_CASE("a near miss finds the word that was meant") {
  CHECK(did_you_mean("ttlHour", k_words) == "ttlHours");
  CHECK(did_you_mean("ttlhours", k_words) == "ttlHours");
  CHECK(did_you_mean("tlthours", k_words) == "ttlHours");
  CHECK(did_you_mean("store", k_words) == "stores");
  CHECK(did_you_mean("keep_newest", k_words) == "keepNewest");
}

TEST_CASE("a word that is far from all finds none") {
  CHECK_FALSE(did_you_mean("colour", k_words));
  CHECK_FALSE(did_you_mean("", k_words));
  CHECK_FALSE(did_you_mean("x", k_words));
}
