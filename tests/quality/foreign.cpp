#include "quality/foreign.h"

#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "quality/author.h"

namespace quality {
namespace {

using Json = nlohmann::ordered_json;
using session::Format;

/// How a writer writes: the same values, other bytes.
struct Form {
  std::string name;
  int indent = -1;
  char indent_with = ' ';
  bool ascii = false;   ///< \uXXXX for everything beyond
  bool spaced = false;  ///< a blank behind each comma and colon, on one line
  std::string_view line_end = "\n";
};

/// `text`, which has no blanks outside of strings, with one behind each comma and colon.
std::string space_out(const std::string& text) {
  std::string spaced;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    spaced += text[i];
    if (text[i] == '\\') {
      spaced += text[++i];
    } else if (text[i] == '"') {
      in_string = !in_string;
    } else if (!in_string && (text[i] == ',' || text[i] == ':')) {
      spaced += ' ';
    }
  }
  return spaced;
}

std::string write(const Json& json, const Form& form) {
  const std::string text = json.dump(form.indent, form.indent_with, form.ascii);
  if (form.spaced) return space_out(text);
  if (form.line_end == "\n" || form.indent < 0) return text;
  std::string lines;
  for (const char c : text) {
    if (c == '\n') lines += form.line_end;
    if (c != '\n') lines += c;
  }
  return lines;
}

/// A document that grows by what `add` does, `steps` times, the older version being a fifth of them short.
template <class Add>
Document grown(std::string name, std::string layout, std::string stem, const Form& form, Json document,
               std::size_t steps, const Add& add) {
  Json older = document;
  for (std::size_t i = 0; i < steps; ++i) {
    add(document, i);
    if (i + 1 == steps - steps / 5) older = document;
  }
  return {std::move(name) + '/' + form.name,
          std::move(layout),
          std::move(stem),
          Format::json,
          write(document, form),
          write(older, form)};
}

/// The same of records, one a line.
template <class Make>
Document recorded(std::string name, std::string layout, std::string stem, const Form& form,
                  const Json& header, std::size_t records, const Make& make) {
  std::string text = header.is_null() ? "" : write(header, form) + "\n";
  std::string older;
  for (std::size_t i = 0; i < records; ++i) {
    text += write(make(i), form) + "\n";
    if (i + 1 == records - records / 5) older = text;
  }
  return {
      std::move(name) + '/' + form.name, std::move(layout), std::move(stem), Format::json_lines, text, older};
}

Json outline_node(Author& author, std::size_t depth) {
  Json node = {{"title", author.words(1, 9)}, {"open", author.chance(50)}};
  if (depth == 0) return node;
  node["children"] = Json::array();
  for (std::size_t i = 0; i <= author.below(3); ++i)
    node["children"].push_back(outline_node(author, depth - 1 - author.below(depth)));
  return node;
}

/// Objects of one kind in each other.
Document outline(Author& author, const Form& form) {
  return grown("outline", "", "notes", form, {{"name", "outline"}, {"nodes", Json::array()}}, 14,
               [&](Json& document, std::size_t) { document["nodes"].push_back(outline_node(author, 6)); });
}

/// Next to no keys at all.
Document series(Author& author, const Form& form) {
  return grown(
      "series", "", "series", form, {{"unit", "ms"}, {"rows", Json::array()}, {"flags", Json::array()}}, 60,
      [&](Json& document, std::size_t i) {
        Json row = Json::array({i, author.below(100'000), 0.5 * static_cast<double>(author.below(999))});
        if (author.chance(30)) row.push_back(nullptr);
        if (author.chance(30)) row.push_back(Json::array({author.words(1, 3), author.below(9)}));
        document["rows"].push_back(row);
        document["flags"].push_back(author.chance(50));
      });
}

Document numbers(Author& author, const Form& form) {
  return grown("numbers", "", "numbers", form, Json::array(), 300, [&](Json& document, std::size_t i) {
    if (i % 3 == 0) {
      document.push_back(author.words(1, 4));
    } else {
      document.push_back(author.below(1'000'000));
    }
  });
}

/// Many members, none like another.
Document settings(Author& author, const Form& form) {
  return grown("settings", "", "settings", form, Json::object(), 90, [&](Json& document, std::size_t i) {
    const std::string key = author.hex(3 + author.below(9));
    if (i % 4 == 0) {
      document[key] = {{"value", author.words(1, 5)}, {"since", author.time()}, {"level", author.below(9)}};
    } else if (i % 4 == 1) {
      document[key] = author.words(0, 12);
    } else if (i % 4 == 2) {
      document[key] = author.below(1'000'000);
    } else {
      document[key] = Json::array({author.words(1, 2), author.words(1, 2)});
    }
  });
}

/// Few values, each of them long: source code in strings.
Document files(Author& author, const Form& form) {
  return grown("files", "", "checkpoint", form, {{"revision", author.hex(40)}, {"files", Json::array()}}, 6,
               [&](Json& document, std::size_t) {
                 std::string text;
                 for (std::size_t i = 0; i < 60; ++i)
                   text += "  if (a[\"" + author.hex(4) + "\"] == '\\\\') { b = [" + author.words(1, 6) +
                           "]; }\n";
                 document["files"].push_back(
                     {{"path", "src/" + author.hex(6) + ".js"}, {"mode", 420}, {"text", text}});
               });
}

Document chat(Author& author, const Form& form) {
  return grown(
      "chat", "", "chat", form,
      {{"model", "m-1"}, {"system", author.words(10, 30)}, {"turns", Json::array()}}, 40,
      [&](Json& document, std::size_t i) {
        document["turns"].push_back({{"who", i % 2 == 0 ? "me" : "it"},
                                     {"said", author.words(1, 40)},
                                     {"score", 0.125 * static_cast<double>(author.below(8))},
                                     {"tags", Json::array({author.words(1, 1), author.words(1, 1)})}});
      });
}

Document tiny(Author& author, const Form& form) {
  return grown("tiny", "", "tiny", form, {{"name", author.words(1, 2)}, {"list", Json::array()}}, 5,
               [&](Json& document, std::size_t i) {
                 document["list"].push_back({{"n", i}, {"w", author.words(1, 2)}});
               });
}

Document session_state(Author& author, const Form& form) {
  const std::uint64_t start = author.epoch();
  return grown(
      "session-state", "session-state", "session-state", form,
      {{"sessionId", author.uuid()},
       {"startTime", start},
       {"lastActivity", start},
       {"workflowActive", nullptr},
       {"workflowState", nullptr},
       {"lastCommands", Json::array()},
       {"agentSequence", Json::array()},
       {"taskHistory", Json::array()},
       {"currentStory", author.words(1, 4)}},
      24, [&](Json& document, std::size_t) {
        document["lastActivity"] = author.epoch();
        document["lastCommands"].push_back("*" + author.words(1, 2));
        document["agentSequence"].push_back(author.hex(4));
        document["taskHistory"].push_back({{"task", author.words(1, 5)}, {"completedAt", author.epoch()}});
      });
}

Document metrics(Author& author, const Form& form) {
  return grown("metrics", "metrics", "uap-metrics", form,
               {{"agentId", "dev"},
                {"quality", "full"},
                {"totalDuration", 140.5},
                {"requireChainMs", 12.25},
                {"timestamp", author.time()},
                {"loaders", Json::object()}},
               20, [&](Json& document, std::size_t) {
                 document["loaders"][author.hex(7)] = {
                     {"duration", 0.5 * static_cast<double>(author.below(200))},
                     {"status", author.chance(70) ? "ok" : "timeout"}};
               });
}

Document continue_session(Author& author, const Form& form) {
  const std::string id = author.uuid();
  return grown(
      "continue", "continue", id, form,
      {{"sessionId", id},
       {"title", author.words(2, 6)},
       {"workspaceDirectory", "file:///home/" + author.hex(4)},
       {"history", Json::array()}},
      22, [&](Json& document, std::size_t i) {
        Json message = {{"role", i % 2 == 0 ? "user" : "assistant"}, {"content", author.words(2, 60)}};
        message["id"] = author.uuid();
        document["history"].push_back({{"message", message},
                                       {"contextItems", Json::array()},
                                       {"editorState", {{"type", "doc"}, {"content", Json::array()}}}});
      });
}

Document log(Author& author, const Form& form) {
  return recorded("log", "", "app", form, nullptr, 50, [&](std::size_t) {
    Json record = {{"time", author.time()},
                   {"level", author.chance(80) ? "info" : "error"},
                   {"logger", author.hex(5)},
                   {"text", author.words(1, 25)}};
    if (author.chance(30)) record["error"] = {{"code", author.below(500)}, {"where", author.words(1, 3)}};
    return record;
  });
}

/// Records that have little in common.
Document events(Author& author, const Form& form) {
  return recorded("events", "", "events", form, nullptr, 40, [&](std::size_t i) -> Json {
    switch (i % 4) {
      case 0:
        return {{"event", "start"},
                {"id", author.uuid()},
                {"args", Json::array({author.words(1, 1), author.words(1, 1)})}};
      case 1: return {{"event", "delta"}, {"text", author.words(1, 30)}};
      case 2:
        return {{"event", "usage"}, {"in", author.below(9999)}, {"out", author.below(999)}, {"ratio", 0.25}};
      default: return Json::array({"mark", author.below(100), author.chance(50)});
    }
  });
}

Document gemini(Author& author, const Form& form) {
  return recorded("gemini", "gemini-cli", "session-1", form,
                  {{"sessionId", author.uuid()},
                   {"projectHash", author.hex(32)},
                   {"startTime", author.time()},
                   {"lastUpdated", author.time()}},
                  24, [&](std::size_t i) {
                    Json record = {{"id", author.uuid()},
                                   {"timestamp", author.time()},
                                   {"type", i % 2 == 0 ? "user" : "gemini"}};
                    record["content"] = Json::array({{{"text", author.words(2, 50)}}});
                    if (i % 2 == 1)
                      record["tokens"] = {{"input", author.below(9000)}, {"output", author.below(900)}};
                    return record;
                  });
}

Document openclaw(Author& author, const Form& form) {
  std::string parent = author.hex(8);
  return recorded(
      "openclaw", "openclaw", "s-1", form,
      {{"type", "session"},
       {"version", 3},
       {"id", author.uuid()},
       {"timestamp", author.time()},
       {"cwd", "/srv"}},
      30, [&](std::size_t i) {
        Json record = {
            {"type", "message"}, {"id", author.hex(8)}, {"parentId", parent}, {"timestamp", author.time()}};
        parent = record["id"];
        record["message"] = {{"role", i % 2 == 0 ? "user" : "assistant"},
                             {"content", Json::array({{{"type", "text"}, {"text", author.words(1, 50)}}})}};
        return record;
      });
}

Document sillytavern(Author& author, const Form& form) {
  Document document = recorded("sillytavern", "sillytavern", "chat", form,
                               {{"user_name", "You"},
                                {"character_name", "Foreman"},
                                {"create_date", author.time()},
                                {"chat_metadata", {{"note", author.words(1, 4)}}}},
                               20, [&](std::size_t i) -> Json {
                                 return {{"name", i % 2 == 0 ? "You" : "Foreman"},
                                         {"is_user", i % 2 == 0},
                                         {"send_date", author.time()},
                                         {"mes", author.words(5, 90)},
                                         {"extra", Json::object()}};
                               });
  return document;
}

}  // namespace

std::vector<Document> make_foreign_documents(unsigned seed) {
  Author author(seed);
  const Form compact{"compact"};
  const Form spaced{.name = "spaced", .spaced = true};
  const Form ascii{.name = "ascii", .ascii = true, .spaced = true};
  const Form tabs{.name = "tabs", .indent = 1, .indent_with = '\t'};
  const Form two{.name = "pretty", .indent = 2};
  const Form three{.name = "three spaces", .indent = 3};
  const Form windows{.name = "CRLF", .indent = 2, .line_end = "\r\n"};
  return {
      outline(author, tabs),
      outline(author, compact),
      series(author, spaced),
      series(author, two),
      numbers(author, compact),
      settings(author, two),
      settings(author, spaced),
      files(author, compact),
      files(author, three),
      chat(author, ascii),
      chat(author, windows),
      tiny(author, compact),
      tiny(author, two),
      session_state(author, two),
      metrics(author, windows),
      metrics(author, compact),
      continue_session(author, spaced),
      continue_session(author, two),
      log(author, compact),
      log(author, ascii),
      events(author, compact),
      gemini(author, compact),
      openclaw(author, compact),
      sillytavern(author, spaced),
  };
}

}  // namespace quality
