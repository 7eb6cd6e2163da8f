#include "session/content_hash.h"

#include <doctest/doctest.h>

using namespace session;

namespace {
constexpr std::string_view k_empty =
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr std::string_view k_abc = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
}  // namespace

TEST_CASE("the hash is what FIPS 180-2 gives for its examples") {
  CHECK(content_hash("") == k_empty);
  CHECK(content_hash("abc") == k_abc);
}

TEST_CASE("pieces hash like the whole, and finishing starts anew") {
  ContentHash hash;
  hash.update("a");
  hash.update("bc");
  CHECK(hash.finish() == k_abc);
  CHECK(hash.finish() == k_empty);
}

TEST_CASE("a hash is recognised with and without its prefix, in any case") {
  CHECK(is_content_hash(k_abc));
  CHECK(is_content_hash(k_abc.substr(7)));
  CHECK_FALSE(is_content_hash(k_abc.substr(0, 70)));
  CHECK_FALSE(is_content_hash("md5:" + std::string(60, 'a')));
  CHECK_FALSE(is_content_hash("sha256:" + std::string(64, 'g')));
  CHECK(names_same_content(k_abc.substr(7), k_abc));
  CHECK(names_same_content("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD", k_abc));
  CHECK_FALSE(names_same_content(k_empty, k_abc));
}
