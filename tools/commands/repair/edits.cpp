#include "commands/repair/edits.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/terminal.h"

namespace session::commands {
namespace {

constexpr std::size_t k_context = 24;
constexpr std::size_t k_shown = 160;

RepairEdit everything(ByteView original, const RepairPlan& plan) {
  return {0, 1, original.size(), 0, plan.content, plan.before.findings.front().kind};
}

std::string shortened(ByteView bytes) {
  if (bytes.size() <= k_shown) return cli::escape_for_terminal(bytes);
  const std::size_t half = k_shown / 2;
  return fmt::format("{}…[{} bytes]…{}", cli::escape_for_terminal(bytes.substr(0, half)),
                     bytes.size() - 2 * half, cli::escape_for_terminal(bytes.substr(bytes.size() - half)));
}

/// `[from, to)` of `text` with what stands around it on the same line.
std::string in_context(ByteView text, std::size_t from, std::size_t to) {
  std::size_t begin = from - std::min(from, k_context);
  const std::size_t newline = text.substr(begin, from - begin).rfind('\n');
  if (newline != ByteView::npos) begin += newline + 1;
  const std::size_t end = std::min({text.size(), to + k_context, std::max(text.find('\n', to), to)});
  return cli::escape_for_terminal(text.substr(begin, from - begin)) +
         shortened(text.substr(from, to - from)) + cli::escape_for_terminal(text.substr(to, end - to));
}

/// Collects edits; neighbours become one.
class Edits {
 public:
  explicit Edits(ByteView original) : original_(original) {}

  void add(std::size_t offset, std::size_t removed, std::size_t result, ByteView inserted, Kind because) {
    const bool continues = !edits_.empty() && edits_.back().offset + edits_.back().removed == offset &&
                           edits_.back().result + edits_.back().inserted.size() == result;
    if (!continues) {
      const auto* const begin = original_.begin() + static_cast<std::ptrdiff_t>(counted_);
      const auto* const end = original_.begin() + static_cast<std::ptrdiff_t>(offset);
      line_ += static_cast<std::uint64_t>(std::count(begin, end, '\n'));
      counted_ = offset;
      edits_.push_back({offset, line_, 0, result, {}, because});
    }
    RepairEdit& edit = edits_.back();
    if (edit.removed == 0) edit.because = because;
    edit.removed += removed;
    edit.inserted += inserted;
  }
  std::vector<RepairEdit> take() { return std::move(edits_); }

 private:
  ByteView original_;
  std::size_t counted_ = 0;
  std::uint64_t line_ = 1;
  std::vector<RepairEdit> edits_;
};

}  // namespace

std::vector<RepairEdit> edits_of(ByteView original, const RepairPlan& plan) {
  if (plan.status != RepairStatus::repaired) return {};
  const ByteView content = plan.content;
  if (!plan.source.empty()) return {everything(original, plan)};
  Edits edits(original);
  auto drop = plan.dropped.begin();
  std::size_t at = 0;
  std::size_t to = 0;
  // What was kept stands in the result in its order, with insertions between: the leftmost match finds it.
  while (at < original.size() || to < content.size()) {
    if (drop != plan.dropped.end() && at == drop->offset) {
      edits.add(at, drop->length, to, {}, drop->because);
      at += drop->length;
      ++drop;
      continue;
    }
    const std::size_t limit = drop != plan.dropped.end() ? drop->offset : original.size();
    const ByteView kept = original.substr(at, limit - at);
    const ByteView rest = content.substr(to);
    const auto common = std::mismatch(kept.begin(), kept.end(), rest.begin(), rest.end());
    const auto same = static_cast<std::size_t>(common.first - kept.begin());
    if (same > 0) {
      at += same;
      to += same;
    } else if (to < content.size()) {
      edits.add(at, 0, to, content.substr(to, 1), Kind::bad_syntax);
      ++to;
    } else {
      return {everything(original, plan)};  // recoded: no byte of it is the original's
    }
  }
  return edits.take();
}

EditText text_of(const RepairEdit& edit, ByteView original, ByteView content) {
  return {in_context(original, edit.offset, edit.offset + edit.removed),
          in_context(content, edit.result, edit.result + edit.inserted.size())};
}

std::string diff_text(const cli::Reporter& report, std::string_view path, ByteView original,
                      const RepairPlan& plan) {
  const std::vector<RepairEdit> edits = edits_of(original, plan);
  if (edits.empty()) return {};
  using cli::Style;
  std::string text = report.styled(Style::strong, fmt::format("--- {}", report.display(path))) + "\n";
  text += report.styled(Style::strong, fmt::format("+++ {}, repaired", report.display(path))) + "\n";
  for (const RepairEdit& edit : edits) {
    const std::string_view why = edit.removed > 0 ? id_of(edit.because) : "punctuation";
    text += report.styled(Style::faint, fmt::format("@@ line {}, offset {}: -{} +{} bytes, {} @@", edit.line,
                                                    edit.offset, edit.removed, edit.inserted.size(), why));
    const EditText sides = text_of(edit, original, plan.content);
    text += '\n' + report.styled(Style::bad, '-' + sides.before) + '\n' +
            report.styled(Style::good, '+' + sides.after) + '\n';
  }
  return text;
}

}  // namespace session::commands
