#include "fuzz/repair_properties.h"

#include "repair/mend/encoding.h"
#include "repair/mend/mend.h"
#include "session/repair.h"

namespace session::fuzz {
namespace {

const char* account_holds(const RepairPlan& plan, std::string_view bytes) {
  std::uint64_t end = 0;
  std::uint64_t dropped = 0;
  for (const DroppedRange& range : plan.dropped) {
    if (range.length == 0 || range.offset < end) return "dropped ranges are empty, overlap or descend";
    end = range.offset + range.length;
    dropped += range.length;
  }
  if (end > bytes.size()) return "a dropped range lies outside of the input";
  if (dropped != plan.loss.bytes_dropped) return "the dropped ranges are not what is said to be lost";
  // What was decoded has another length; its ranges are those of the input.
  if (repair::decode_wide(bytes)) return nullptr;
  if (plan.content.size() != bytes.size() - dropped + plan.loss.bytes_inserted) {
    return "kept, dropped and inserted bytes do not account for the input";
  }
  return nullptr;
}

const char* holds_with(std::string_view bytes, const RepairOptions& options) {
  const RepairPlan plan = plan_repair(bytes, {}, options);
  const Format format = *options.format;
  if (!needs_repair(plan.before)) {
    if (plan.status == RepairStatus::repaired || !plan.content.empty()) return "a valid text was repaired";
    // Nor does the engine by itself find anything to do in a document that is more than a scalar.
    const std::size_t text = bytes.find_first_not_of(" \t\r\n");
    const bool is_container = text != std::string_view::npos && (bytes[text] == '{' || bytes[text] == '[');
    const bool whole = options.layout == nullptr && is_container && parses_strictly(bytes, format);
    if (whole && repair::mend(bytes, format, nullptr, {}).content != bytes) return "a valid text was changed";
    return nullptr;
  }
  if (plan.status != RepairStatus::repaired)
    return plan.content.empty() ? nullptr : "a refused plan has content";
  if (!parses_strictly(plan.content, format)) return "the second parser refuses a result";
  if (needs_repair(plan.after)) return "a result is damaged";
  const RepairPlan again = plan_repair(plan.content, {}, options);
  if (needs_repair(again.before) || again.status == RepairStatus::repaired)
    return "a result was repaired again";
  return account_holds(plan, bytes);
}

}  // namespace

const char* repair_holds(std::string_view bytes) {
  for (const Format format : {Format::json, Format::json_lines}) {
    for (const bool with_layout : {false, true}) {
      for (const CutValues cut_values : {CutValues::drop, CutValues::keep_prefix}) {
        RepairOptions options;
        options.format = format;
        options.cut_values = cut_values;
        if (with_layout) options.layout = find_layout(format == Format::json ? "miniclaw" : "claude-code");
        // Level::syntax puts in place what the layout would refuse: more results to judge.
        options.level = with_layout && cut_values == CutValues::drop ? Level::layout : Level::syntax;
        if (const char* broken = holds_with(bytes, options)) return broken;
      }
    }
  }
  return nullptr;
}

}  // namespace session::fuzz
