// Blocks that came from another version of the file.

#include "repair/mend/old_block.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "session/repair.h"
#include "support/repair_account.h"

using namespace session;

namespace {

constexpr std::size_t k_block = 512;

RepairPlan plan(ByteView bytes, Format format) {
  RepairOptions options;
  options.format = format;
  RepairPlan planned = plan_repair(bytes, {}, options);
  if (planned.status == RepairStatus::repaired) test::check_account(planned, bytes);
  return planned;
}

/// Records numbered from `first`, none like another.
std::vector<std::string> records(int first, int last) {
  std::vector<std::string> all;
  for (int i = first; i <= last; ++i) {
    const std::string number = std::to_string(1000 + i * 7919 % 9000);
    std::string said;
    for (int word = 0; word <= i % 5; ++word) said += " and " + std::to_string(i * (word + 7) * 31 % 977);
    all.push_back(R"({"id":")" + number + R"(","said":"it is)" + said + R"("})");
  }
  return all;
}

std::string join(const std::vector<std::string>& parts, const std::string& separator) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : separator) + part;
  return text;
}

std::string document(const std::string& title) {
  return R"({"title":")" + title + R"(","items":[)" + join(records(1, 60), ",") + "]}";
}

/// `text` with the block at `at` as `other` has it.
std::string with_block_of(std::string text, const std::string& other, std::size_t at,
                          std::size_t size = k_block) {
  return text.replace(at, size, other, at, size);
}

std::string without(std::string text, const std::string& part) {
  return text.replace(text.find(part), part.size(), "");
}

const std::string k_short = "short";
const std::string k_long = "a title that was longer than that";

}  // namespace

TEST_CASE("a block of a version that was longer before it says twice what stands before it") {
  const std::string damaged = with_block_of(document(k_short), document(k_long), k_block);
  const RepairPlan planned = plan(damaged, Format::json);
  // What is missing at its end cost one value.
  CHECK(planned.content ==
        without(document(k_short), R"(,"said":"it is and 215 and 804 and 416 and 28 and 617")"));
  REQUIRE(planned.dropped.size() == 3);
  CHECK(planned.dropped.front().offset == k_block);
  CHECK(planned.dropped.front().length == k_long.size() - k_short.size());
  CHECK_FALSE(planned.loss.lossless);
  CHECK(plan(planned.content, Format::json).status == RepairStatus::healthy);
}

TEST_CASE("a block of a version that was shorter before it has at its end what stands behind it") {
  const std::string damaged = with_block_of(document(k_long), document(k_short), 2 * k_block);
  const RepairPlan planned = plan(damaged, Format::json);
  CHECK(planned.content ==
        without(document(k_long), R"(,"said":"it is and 215 and 804 and 416 and 28 and 617")"));
  REQUIRE(planned.dropped.size() == 3);
  CHECK(planned.dropped.back().offset == 3 * k_block);
  CHECK(planned.dropped.back().length == k_long.size() - k_short.size());
}

TEST_CASE("so it is between records") {
  const auto lines = [](const std::string& title) {
    return R"({"title":")" + title + "\"}\n" + join(records(1, 60), "\n") + "\n";
  };
  const std::string damaged = with_block_of(lines(k_short), lines(k_long), 2 * k_block);
  CHECK(plan(damaged, Format::json_lines).content == without(lines(k_short), records(29, 29).front() + "\n"));
}

TEST_CASE("nothing is taken for such a block that may be the document's own") {
  const auto is_realigned = [](const std::string& text) {
    return repair::realign_old_block(text, Format::json).has_value();
  };
  const std::string damaged = with_block_of(document(k_short), document(k_long), k_block);
  CHECK(is_realigned(damaged));
  // Healthy, or broken far from it.
  CHECK_FALSE(is_realigned(document(k_short)));
  // Not where a block begins.
  CHECK_FALSE(is_realigned(" " + damaged));
  // One item many times.
  const std::string item = R"({"state":"nothing to do","ok":true},)";
  std::string alike = R"({"a":[)" + std::string(k_block - 6, ' ');
  for (int i = 0; i < 40; ++i) alike += item;
  CHECK_FALSE(is_realigned(alike));
  CHECK_FALSE(is_realigned(R"({"a":")" + std::string(3 * k_block, 'x')));
  CHECK_FALSE(is_realigned(R"({"a":[)" + std::string(3 * k_block, ' ')));
  CHECK_FALSE(is_realigned(document(k_short).substr(0, 700) + std::string(3 * k_block, '\0')));
}

TEST_CASE("a document that is only cut keeps what it says twice where a block begins") {
  const std::string said = R"(nothing is to be done but to say it \"twice\" or so, )";
  std::string text = R"({"a":")";
  text += std::string(k_block - said.size() - text.size(), 'x') + said + said + R"(at last","b":[1,)";
  CHECK(text.find(said, k_block) == k_block);
  CHECK(plan(text + "2", Format::json).content == text.substr(0, text.size() - 1) + "]}");
  CHECK(plan(text + "\"lost" + std::string(100, '\0'), Format::json).content ==
        text.substr(0, text.size() - 1) + "]}");
}

TEST_CASE("what a record says three times is its own, whatever is wrong with another") {
  const std::string said = R"(line \"quoted\" and back and once more to the end, )";
  const std::string broken = R"({"n":0})";
  std::string record = R"({"a":")";
  record += std::string(k_block - said.size() - 2 - broken.size() - 10 - record.size(), 'x') + said + said +
            said + R"(."})";
  const std::string text = broken + "e,\"n\":0}\n" + record + "\n";
  CHECK(text.find(said + said, k_block - 8) == k_block - 3);
  CHECK(plan(text, Format::json_lines).content == broken + "\n" + record + "\n");
}

TEST_CASE("a write that was done twice where a block begins is no block, if without it all is whole") {
  std::string text = R"({"items":[)" + join(records(1, 60), ",");
  text += "]}";
  for (std::size_t length = 30; length < 60; ++length) {
    // The end of a block would lie between values there.
    const std::size_t at = 2 * k_block - length;
    const std::size_t end = 3 * k_block - length;
    const std::string before = text.substr(0, end);
    if (std::ranges::count(before, '"') % 2 != 0) continue;
    const std::string input = text.substr(0, at + length) + text.substr(at);
    const RepairPlan planned = plan(input, Format::json);
    if (planned.status == RepairStatus::healthy) continue;
    CAPTURE(input);
    CHECK(planned.content == text);
    CHECK(planned.lost_bytes() == length);
  }
}

TEST_CASE("what a string says twice near a block's beginning is its own, whatever breaks further on") {
  const std::string said = "so it is said, and said again to the end; ";
  std::string text = R"({"a":")";
  text += std::string(k_block - said.size() - 5 - text.size() - 2, 'x') + ". " + said + said +
          R"(no more","list":[)";
  CHECK(text.find(said + said) == k_block - said.size() - 5);
  const std::string rest = join(records(1, 12), ",") + "]";
  std::string broken = text + rest;
  const std::size_t colon = broken.rfind(R"(:"it is)");
  broken.replace(colon, 1, ";");
  const RepairPlan planned = plan(broken + "}", Format::json);
  CHECK(planned.content.starts_with(text));
}

TEST_CASE(
    "an item that stands twice near a block's beginning is the text's own, whatever breaks further off") {
  const std::string item = R"({"level":"info","said":"one more time"},)";
  const auto list = [&](const std::string& head) {
    const std::string begin = head + R"({"level":"warn","said":")";
    const std::string text = begin + std::string(k_block - begin.size() - item.size() - 2, 'x') + R"("},)";
    return text + item + item + join(records(1, 25), ",") + "]";
  };
  const std::string text = list(R"({"log":[)");
  CHECK(text.find(item + item) + item.size() == k_block + 1);
  CHECK(plan(text + R"(,"n":nul})", Format::json).content == text + "}");
  // The same where what is wrong stands before it.
  const std::string cut = R"({"a":")" + std::string(100, 'y') + R"(","b":[12,3)";
  const std::string whole = R"({"c":")" + std::string(100, 'z') + "\"}\n";
  const std::string lines = list(whole + cut + '\n' + whole + R"({"log":[)").substr(whole.size());
  const RepairPlan planned = plan(whole + lines + "}\n", Format::json_lines);
  CHECK(planned.content ==
        whole + cut.substr(0, cut.size() - 2) + "]}\n" + lines.substr(cut.size() + 1) + "}\n");
}

TEST_CASE("what a record says twice right where a block begins is its own where another record is torn") {
  const std::string said = R"(\"so it is said to the end\" )";
  const std::string torn =
      "{\"a\":\"whole\"}\n"
      R"({"a":"it is","b":[12,3)";
  std::string record = R"({"c":")";
  record += std::string(k_block - said.size() - torn.size() - 1 - record.size(), 'x') + said + said + R"("})";
  const std::string text = torn + "\n" + record + "\n";
  CHECK(text.find(said, k_block) == k_block);
  CHECK(plan(text, Format::json_lines).content == torn.substr(0, torn.size() - 2) + "]}\n" + record + "\n");
}

TEST_CASE("rows that repeat every 512 bytes, or by parts of them, all stay whatever breaks beside them") {
  const std::string row = R"({"event":"tick","value":1,"note":"all is well here, yes it is"})"
                          "\n";
  REQUIRE(row.size() == 64);
  std::string rows;
  while (rows.size() < 5 * k_block) rows += row;
  for (std::size_t at = k_block; at < 3 * k_block; ++at) {
    // One byte less: in a text that stays whole, or else at most the record goes in which it stood.
    std::string damaged = rows;
    damaged.erase(at, 1);
    CAPTURE(at);
    const RepairPlan planned = plan(damaged, Format::json_lines);
    if (planned.status == RepairStatus::healthy) continue;
    CHECK(planned.status == RepairStatus::repaired);
    std::size_t whole = 0;
    for (std::size_t found = planned.content.find(row); found != Bytes::npos;
         found = planned.content.find(row, found + 1))
      ++whole;
    CHECK(whole + 1 >= rows.size() / row.size());
  }
}

TEST_CASE("a short write that was done twice where a block begins costs no record behind it") {
  const std::string lines = join(records(1, 60), "\n") + "\n";
  for (std::size_t at = k_block; at <= 3 * k_block; at += k_block) {
    for (const std::size_t length : {24U, 37U, 64U, 111U}) {
      std::string damaged = lines;
      damaged.insert(at, lines.substr(at - length, length));
      CAPTURE(at);
      CAPTURE(length);
      const RepairPlan planned = plan(damaged, Format::json_lines);
      if (planned.status == RepairStatus::healthy) continue;
      CHECK(planned.content == lines);
    }
  }
}
