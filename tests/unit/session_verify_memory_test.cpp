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
TEST_CASE("300,000 findings in 3,000 files take no more than 32 MB in any format") {
  constexpr int k_files = 3'000;
  constexpr int k_findings = 100;
  const VerifyTree tree;
  std::string repeating = "{\"k\":0";
  for (int n = 0; n < k_findings; ++n) repeating += ",\"k\":" + std::to_string(n);
  for (int n = 0; n < k_files; ++n) tree.put("s/" + std::to_string(n) + ".json", repeating + "}");
  for (const std::string format : {"text", "ndjson", "json", "github", "junit", "sarif"}) {
    CAPTURE(format);
    // Warnings all of them. The output goes where the test need not hold it.
    const ProcessResult result = run_process({"sh", "-c", "exec \"$0\" --format \"$1\" \"$2\" > \"$3\"",
                                              tool_path("session-verify"), format, tree / "s", tree / "out"});
    CHECK(result.status == 0);
    rusage used{};
    REQUIRE(::getrusage(RUSAGE_CHILDREN, &used) == 0);
    CHECK(used.ru_maxrss <= 32 << 10);
  }
}
#endif

}  // namespace
