#include "fuzz/properties.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "session/check.h"
#include "session/facts.h"

namespace session::fuzz {
namespace {

/// Kinds at syntax level that are found in valid text as well.
bool is_no_violation(Kind kind) {
  return kind == Kind::bom || kind == Kind::blank_line || kind == Kind::missing_newline ||
         kind == Kind::duplicate_key || kind == Kind::lone_surrogate || kind == Kind::number_limits ||
         kind == Kind::depth_limits;
}

/// By the one checker of all calls: what another input left in it must not show.
Diagnosis in_pieces(std::string_view bytes, const CheckOptions& options, std::size_t size) {
  static thread_local Checker checker(options);
  checker.reset(options);
  for (std::size_t at = 0; at < bytes.size(); at += size) checker.feed(bytes.substr(at, size));
  return checker.finish();
}

/// What the second parser refuses although it is valid, or takes although it is not: halves of surrogate
/// pairs and numbers beyond double; a byte order mark it passes over, and a NUL that ends the text for it.
bool is_beyond_second_parser(std::string_view text, const Diagnosis& diagnosis) {
  const auto is_limit = [](const Finding& finding) {
    return finding.kind == Kind::lone_surrogate || finding.kind == Kind::number_limits;
  };
  return text.substr(0, 3) == "\xEF\xBB\xBF" || text.find('\0') != std::string_view::npos ||
         diagnosis.findings_left_out > 0 ||
         std::any_of(diagnosis.findings.begin(), diagnosis.findings.end(), is_limit);
}

const char* holds_as(std::string_view bytes, Format format) {
  CheckOptions options;
  options.format = format;
  const Diagnosis whole = diagnose(bytes, options);
  const bool violated = std::any_of(whole.findings.begin(), whole.findings.end(),
                                    [](const Finding& f) { return !is_no_violation(f.kind); });
  const bool marked = bytes.substr(0, 3) == "\xEF\xBB\xBF";
  const std::string_view text = marked ? bytes.substr(3) : bytes;
  if (parses_strictly(text, format) == violated) return "the two judges of validity disagree";
  if (format == Format::json && !is_beyond_second_parser(text, whole) &&
      nlohmann::json::accept(text) == violated) {
    return "the second parser disagrees";
  }
  for (const Finding& finding : whole.findings) {
    if (finding.offset > bytes.size() || finding.length > bytes.size() - finding.offset)
      return "a finding points out of the input";
    if (finding.line == 0 || finding.column == 0) return "a finding without a line or column";
  }
  for (const std::size_t size : {std::size_t{1}, std::size_t{3}, std::size_t{64}, std::size_t{100}}) {
    const Diagnosis pieces = in_pieces(bytes, options, size);
    if (pieces.findings != whole.findings) return "pieces give other findings than the whole";
    if (pieces.verdict != whole.verdict || pieces.records != whole.records)
      return "pieces give another verdict";
  }
  const Layout& layout = *find_layout(format == Format::json ? "synapse" : "claude-code");
  if (read_facts(bytes, layout).parses == violated && format == Format::json)
    return "the facts parse what the diagnosis does not";
  options.layout = &layout;
  options.level = Level::links;
  options.as_of = TimePoint{};
  const Diagnosis deep = diagnose(bytes, options);
  for (const std::size_t size : {std::size_t{1}, std::size_t{67}}) {
    if (in_pieces(bytes, options, size).findings != deep.findings)
      return "pieces give other findings of the layout";
  }
  return nullptr;
}

}  // namespace

const char* diagnosis_holds(std::string_view bytes) {
  const char* const broken = holds_as(bytes, Format::json);
  return broken != nullptr ? broken : holds_as(bytes, Format::json_lines);
}

}  // namespace session::fuzz
