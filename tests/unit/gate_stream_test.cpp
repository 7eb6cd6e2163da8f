#include "json/gate_stream.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "json/gate.h"

using session::json::GateStream;

namespace {

bool judge(std::string_view text) {
  GateStream gate;
  gate.feed(text);
  return gate.finish();
}

/// `count` times `item`, with commas between them: several megabytes go through the gate in parts.
std::string list_of(const std::string& item, std::size_t count) {
  std::string text = item;
  for (std::size_t i = 1; i < count; ++i) text += "," + item;
  return text;
}

const std::string k_message =
    R"({"role":"user","content":"a \"quoted\" path c:\\temp\\, [x], {y}, ends in \\","calls":[{"id":1},[],{}]})";

}  // namespace

TEST_CASE("a large document is valid in parts exactly if it is valid as a whole") {
  const std::string messages = list_of(k_message, 30'000);
  const std::vector<std::string> texts = {
      "[" + messages + "]",
      R"({"id":"x","messages":[)" + messages + R"(],"tail":{"n":1e400}})",
      "[[[" + messages + "],[" + messages + "]]]\n",
      "{" + list_of(R"("key":)" + k_message, 30'000) + "}",
      "[" + list_of("0", 900'000) + "]",
      "\"" + std::string(3'000'000, 'x') + "\"",
      "[\"" + std::string(3'000'000, '\\') + "\"," + messages + "]",
  };
  for (const std::string& text : texts) {
    CHECK(session::json::passes_gate(text));
    CHECK(judge(text));
  }
}

TEST_CASE("what is wrong anywhere in a large document is wrong in its parts") {
  const std::string messages = list_of(k_message, 30'000);
  const std::string text = R"({"messages":[)" + messages + "]}";
  // Each byte of one message in the middle, broken in its turn in every way.
  const std::size_t begin = text.find(k_message, text.size() / 2);
  for (std::size_t at = begin; at < begin + k_message.size(); ++at) {
    for (const char wrong : {'"', '\\', '}', ']', ',', ':', '\n', '\xFF'}) {
      std::string broken = text;
      broken[at] = wrong;
      // The message by itself tells, in no time, unless its quotes and brackets reach beyond it.
      const std::string around = "[" + broken.substr(begin, k_message.size()) + "]";
      if (!session::json::passes_gate(around)) CHECK_FALSE(judge(broken));
    }
    at += 6;
  }
  CHECK_FALSE(judge(text.substr(0, text.size() - 1)));
  CHECK_FALSE(judge(text + "}"));
  CHECK_FALSE(judge(text + text));
  CHECK_FALSE(judge("{" + messages + "}"));
  CHECK_FALSE(judge("[" + list_of(R"("key":1)", 400'000) + "]"));
  CHECK_FALSE(judge(R"({"a":)" + list_of("1", 900'000) + "}"));
  CHECK_FALSE(judge(R"(["a,)" + list_of(R"("x")", 400'000) + R"(b"])"));
  CHECK_FALSE(judge("{" + list_of("1", 900'000) + ":2}"));
  CHECK_FALSE(judge("\xEF\xBB\xBF" + text));
}
