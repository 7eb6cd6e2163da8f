// A whole document behind something that is none, or behind one that was cut as soon as it began.

#include <doctest/doctest.h>

#include <string>

#include "session/repair.h"
#include "support/repair_case.h"

using namespace session;
using session::test::check_repair;
using session::test::plan_of;

namespace {

const std::string k_document = R"({"a":1,"b":{"c":"d"},"e":[1,2,3]})";
const std::string k_pretty = "{\n  \"version\": 3,\n  \"items\": [\n    {\n      \"a\": 1\n    }\n  ]\n}\n";

void check_last(const std::string& before, const std::string& document) {
  check_repair(before + document, document);
  const RepairPlan planned = plan_of(before + document);
  CHECK(planned.strategy == "newest-version");
  CHECK_FALSE(planned.loss.lossless);
  CHECK(planned.loss.bytes_dropped == before.size());
}

}  // namespace

TEST_CASE("a document stays, whatever stands before it that is none") {
  for (const std::string before :
       {"x", "}", "]}", "\"}", "1\"}]}\n", "npm warn deprecated\n", "[warn] a line of a log\n",
        "[12:30:00] another\n", "see [1, 2] and {x}\n", "of a \"text\"}],\"end\":true}\n"}) {
    CAPTURE(before);
    check_last(before, k_document);
    check_last(before, k_pretty);
  }
  // The end of an earlier version of it, which is less than all of it.
  const std::string list = "{\"list\":[{\"id\":1,\"t\":\"one\"},{\"id\":2,\"t\":\"two\"}],\"end\":true}";
  for (std::size_t from = 1; from < list.size(); ++from) {
    CAPTURE(from);
    const RepairPlan planned = plan_of(list.substr(from) + list);
    CHECK(planned.content == list);
  }
}

TEST_CASE("a document that was cut itself stays behind what is none") {
  check_repair(R"(x{"a":1,"b":{"c":"d"},"e":[1,2)", R"({"a":1,"b":{"c":"d"},"e":[1]})");
}

TEST_CASE("a document stays behind one that was cut before the end of its first key") {
  for (std::size_t stub = 3; stub < k_pretty.find(':'); ++stub) {
    CAPTURE(stub);
    check_last(k_pretty.substr(0, stub), k_pretty);
  }
  check_last("{\n  \"", k_pretty);
  check_last("{\n", k_pretty);
  check_last("{\"", k_document);
}

TEST_CASE("what is worth more than the document behind it is no stray text") {
  const std::string rest = R"(me":"x"},{"id":1,"t":"one"},{"id":2,"t":"two"},{"id":3,"t":"three"}])";
  CHECK(plan_of(rest + R"({"ok":true})").content ==
        R"([{"id":1,"t":"one"},{"id":2,"t":"two"},{"id":3,"t":"three"}])");
}

TEST_CASE("what stands where a value may, or in brackets of a text, is no document of its own") {
  CHECK(plan_of(R"(me":"x","t":{"a":1})").content != R"({"a":1})");
  CHECK(plan_of("see {}").status == RepairStatus::unrepairable);
  check_repair(R"({"a":"see [1,2]","b":"{\"c\":1}","d)", R"({"a":"see [1,2]","b":"{\"c\":1}"})");
}
