// What is made of damage that leaves more than one reading: documents behind a cut, halves of two values,
// brackets that one byte took.

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "session/repair.h"
#include "support/repair_account.h"

using namespace session;
using namespace std::string_literals;

namespace {

RepairPlan plan(ByteView bytes, Format format, const char* layout) {
  RepairOptions options;
  options.format = format;
  if (layout != nullptr) options.layout = find_layout(layout);
  return plan_repair(bytes, {}, options);
}

void check_repair(ByteView input, ByteView expected, Format format = Format::json,
                  const char* layout = nullptr) {
  CAPTURE(input);
  const RepairPlan planned = plan(input, format, layout);
  CHECK(planned.status == RepairStatus::repaired);
  CHECK(planned.content == expected);
  test::check_account(planned, input);
  CHECK(plan(planned.content, format, layout).status != RepairStatus::repaired);
}

}  // namespace

TEST_CASE("an array that was cut with a whole version of itself behind it is that version") {
  const std::string strings = R"(["a","b","c","d","e"])";
  for (std::size_t length = 2; length < strings.size(); ++length) {
    // Behind its first element only, what follows may be its second.
    if (length == 5) continue;
    check_repair(strings.substr(0, length) + strings, strings);
  }
  const std::string messages =
      R"([{"role":"user","content":"x"},{"role":"assistant","content":"y"},{"role":"user","content":"z"}])";
  for (std::size_t length = 18; length < messages.size(); ++length) {
    check_repair(messages.substr(0, length) + messages, messages);
  }
  check_repair("[1,2,[1,2,3,4]", "[1,2,3,4]");
  check_repair("[[1,2],[3,4],[5[[1,2],[3,4],[5,6]]", "[[1,2],[3,4],[5,6]]");
  // Of two that were cut the later one, if nearly as much is left of it.
  check_repair(R"(["first","second","third","fo["first","second","third","fourth","fif)",
               R"(["first","second","third","fourth"])");
  check_repair(R"({"id":"s-1","n":[[10,20],[30,{"id":"s-1","n":[[10,20],[30,40],[5)",
               R"({"id":"s-1","n":[[10,20],[30,40],[]]})");
}

TEST_CASE("a value that looks like its document is one where nothing else stands before it") {
  check_repair(R"({"id":1,"children":[{"id":2,"children":[]})",
               R"({"id":1,"children":[{"id":2,"children":[]}]})");
  check_repair(R"(["a",["a","b"])", R"(["a",["a","b"]])");
}
