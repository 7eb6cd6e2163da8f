// Documents that were only cut: nothing that stands before the cut is ever another's, or goes.

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "support/repair_case.h"

using namespace session;
using namespace std::string_literals;
using test::plan_of;

namespace {

/// How the documents of one kind look.
struct Manner {
  std::vector<std::string> keys;
  int objects;  ///< of ten containers
  int depth;
  int items;  ///< at most, in one container
  std::string between = {}, behind_colon = {};
  bool lines = false;  ///< one item a line, indented
};

/// Writes random documents, the same for the same seed.
class Author {
 public:
  Author(unsigned seed, const Manner& manner) : random_(seed), manner_(manner) {}

  std::string document() {
    text_.clear();
    container(0);
    return text_;
  }

 private:
  int below(int limit) { return static_cast<int>(random_() % static_cast<unsigned>(limit)); }

  void line(int depth) {
    if (manner_.lines) text_.append("\n").append(static_cast<std::size_t>(depth) * 2, ' ');
  }

  void container(int depth) {
    const bool is_object = below(10) < manner_.objects;
    text_ += is_object ? '{' : '[';
    std::vector<std::string> keys = manner_.keys;
    std::shuffle(keys.begin(), keys.end(), random_);
    const int most = is_object ? std::min(manner_.items, static_cast<int>(keys.size())) : manner_.items;
    const int items = depth == 0 ? most : below(most + 1);
    for (int i = 0; i < items; ++i) {
      if (i > 0) text_ += "," + manner_.between;
      line(depth + 1);
      if (is_object) text_ += '"' + keys[static_cast<std::size_t>(i)] + "\":" + manner_.behind_colon;
      if (depth < manner_.depth && below(10) < 6) {
        container(depth + 1);
      } else {
        scalar();
      }
    }
    if (items > 0) line(depth);
    text_ += is_object ? '}' : ']';
  }

  void scalar() {
    static const std::vector<std::string> k_scalars = {
        R"("x")", R"("")", R"("a")", R"("}")", R"("say \"a\", b")", R"("\u00e9\\")", "0", "-8",
        "12.5e3", "true",  "false",  "null"};
    text_ += k_scalars[static_cast<std::size_t>(below(static_cast<int>(k_scalars.size())))];
  }

  std::mt19937 random_;
  const Manner& manner_;
  std::string text_;
};

std::size_t behind_string(const std::string& text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) at += text[at] == '\\' ? 1U : 0U;
  return at + 1;
}

/// What is left of a whole document of which only `text` is there: all up to the last value that is whole, or
/// container that was opened, and the closers.
std::string cut_reading(const std::string& text) {
  std::string closers;
  std::size_t kept = 0;
  bool has_any = false;
  bool is_key = false;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    const std::size_t begin = at++;
    if (c == '{' || c == '[') {
      has_any = has_any || !closers.empty();
      closers += c == '{' ? '}' : ']';
      is_key = c == '{';
      kept = at;
    } else if (c == '}' || c == ']') {
      closers.pop_back();
      kept = at;
    } else if (c == ',') {
      is_key = closers.back() == '}';
    } else if (c == ':') {
      is_key = false;
    } else if (c != ' ' && c != '\n') {
      const bool is_number = c == '-' || (c >= '0' && c <= '9');
      const bool is_string = c == '"';
      const std::size_t end = is_string   ? behind_string(text, begin)
                              : is_number ? text.find_first_not_of("+-.eE0123456789", begin)
                                          : begin + (c == 'f' ? 5 : 4);
      if (end > text.size()) break;
      at = end;
      if (is_key) continue;
      kept = at;
      has_any = true;
    }
  }
  if (!has_any) return "";
  return text.substr(0, kept) + std::string(closers.rbegin(), closers.rend());
}

}  // namespace

TEST_CASE("a document that is only cut is what stands before the cut, and its closers") {
  // Few keys and few values: much in them is like something else in them.
  const std::vector<Manner> manners = {
      {.keys = {"a", "b"}, .objects = 7, .depth = 6, .items = 2},
      {.keys = {"a", "b", "c"}, .objects = 6, .depth = 4, .items = 3},
      {.keys = {"id", "type", "of", "v", "next"}, .objects = 5, .depth = 4, .items = 4, .behind_colon = " "},
      {.keys = {"role", "content", "n"},
       .objects = 8,
       .depth = 4,
       .items = 3,
       .between = " ",
       .behind_colon = " "},
      {.keys = {"a", "b", "c"}, .objects = 6, .depth = 4, .items = 3, .behind_colon = " ", .lines = true},
      {.keys = {"a", "b", "c", "d", "e", "f", "g"}, .objects = 5, .depth = 3, .items = 5},
      {.keys = {"x"}, .objects = 4, .depth = 8, .items = 3},
  };
  constexpr int k_documents = 500;
  constexpr std::size_t k_longest = 300;
  std::size_t cuts = 0;
  unsigned seed = 1;
  for (const Manner& manner : manners) {
    Author author(seed++, manner);
    for (int i = 0; i < k_documents; ++i) {
      const std::string whole = author.document();
      for (std::size_t length = 1; length < std::min(whole.size(), k_longest); ++length) {
        const std::string text = whole.substr(0, length);
        ++cuts;
        const std::string content = plan_of(text).content;
        if (content == cut_reading(text)) continue;
        CAPTURE(text);
        CHECK(content == cut_reading(text));
      }
    }
  }
  CHECK(cuts > 300'000);
}

TEST_CASE("nothing is taken for a lost closer, a second writing or another version that a cut explains") {
  const auto check_cut = [](const std::string& text) { test::check_repair(text, cut_reading(text)); };
  check_cut(R"({"a":{"a":{"a":{"b":[[["x"]]],"a":{"a":-8}}})");
  check_cut(R"({"f":"a","e":[[{"a":"x","g":false,"e":false,"b":"a","c":0})");
  check_cut(R"({"a":null,"b":{"b":-8,"a":{"a":"","b":"x"})");
  check_cut(R"({"kind":"node","props":{"children":[{"kind":"node","props":{"children":[1]}})");
  check_cut(R"({"type":"container-node","child":{"type":"container-node","n":1})");
  check_cut(R"(["a long enough text",["a long enough text",)");
}

TEST_CASE("an array that was cut as a record is not joined with the one in the next line") {
  const std::string next = "[{\"a\":\"x\",\"n\":1490}]\n";
  const RepairPlan planned = test::plan_of("[{\"a\":\"x\",\"n\":14\n" + next, Format::json_lines);
  CHECK(planned.content == "[{\"a\":\"x\"}]\n" + next);
}
