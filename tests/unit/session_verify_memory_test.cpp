// How much memory session-verify takes where there is much to tell. A program of its own: what the children
// of other tests took would count.

#include <doctest/doctest.h>
#include <sys/resource.h>

#include "support/verify_tree.h"

using session::test::ProcessResult;
using session::test::run_process;
using session::test::tool_path;
using session::test::VerifyTree;

namespace {

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("300,000 findings in 3,000 files take no more than 32 MB in any format, or as a baseline") {
  constexpr int k_files = 3'000;
  constexpr int k_findings = 100;
  const VerifyTree tree;
  std::string repeating = "{\"k\":0";
  for (int n = 0; n < k_findings; ++n) repeating += ",\"k\":" + std::to_string(n);
  for (int n = 0; n < k_files; ++n) tree.put("s/" + std::to_string(n) + ".json", repeating + "}");
  // Warnings all of them. The output goes where the test need not hold it.
  const auto check = [&tree](std::vector<std::string> options) {
    CAPTURE(options);
    options.insert(options.begin(), {"sh", "-c", "out=$1; shift; exec \"$@\" > \"$out\"", "sh", tree / "out",
                                     tool_path("session-verify")});
    options.push_back(tree / "s");
    CHECK(run_process(options).status == 0);
    rusage used{};
    REQUIRE(::getrusage(RUSAGE_CHILDREN, &used) == 0);
    CHECK(used.ru_maxrss <= 32 << 10);
  };
  for (const std::string format : {"text", "ndjson", "json", "github", "junit", "sarif"})
    check({"--format", format});
  check({"--write-baseline", tree / "known.json"});
  check({"--strict", "--baseline", tree / "known.json"});
}
#endif

}  // namespace
