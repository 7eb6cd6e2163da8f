// Files that are read ahead of their inspection, several with one system call.

#include <algorithm>

#include "json/utf8.h"
#include "session/inspect.h"

namespace session {
namespace {

/// Fewer files are as quickly read one by one.
constexpr std::size_t k_worth_a_batch = 4;

/// Where most of a batch was read in vain, as in a directory of large files, so many are left out.
constexpr std::size_t k_pause_batches = 16;

}  // namespace

void Inspector::prepare() {
  json::Utf8Walker::prepare();
  if (!options_.hash) batch_reader();
}

/// nullptr where there is none.
BatchReader* Inspector::batch_reader() {
  if (!ahead_.reader) ahead_.reader = fs_.batch_reader();
  return ahead_.reader->get();
}

void Inspector::look_ahead(const std::shared_ptr<const Dir>& dir, std::span<const Name* const> names) {
  ahead_.count = ahead_.next = 0;
  if (dir == nullptr || names.size() < k_worth_a_batch || options_.hash) return;
  BatchReader* const reader = batch_reader();
  if (reader == nullptr) return;
  if (ahead_.dir != dir) {
    ahead_.dir = dir;
    ahead_.pause = 0;
    ahead_.is_readable = reader->reads_from(*dir);
  }
  if (!ahead_.is_readable) return;
  if (ahead_.pause > 0) {
    --ahead_.pause;
    return;
  }
  reader->read(*dir, names);
  ahead_.count = std::min(names.size(), BatchReader::k_files);
  ahead_.names.resize(BatchReader::k_files);
  std::size_t useful = 0;
  for (std::size_t index = 0; index < ahead_.count; ++index) {
    ahead_.names[index] = *names[index];
    if (!reader->content(index).empty()) ++useful;
  }
  if (useful < ahead_.count / 2) ahead_.pause = k_pause_batches;
}

/// What nothing is wrong with is believed; everything else is looked at closely, file and all.
std::optional<Inspection> Inspector::inspect_ahead(const Dir& dir, const Name& name, const Subject& subject) {
  if (ahead_.next == ahead_.count || ahead_.dir.get() != &dir) return std::nullopt;
  const auto end = ahead_.names.begin() + static_cast<std::ptrdiff_t>(ahead_.count);
  const auto place = std::find(ahead_.names.begin() + static_cast<std::ptrdiff_t>(ahead_.next), end, name);
  if (place == end) return std::nullopt;
  const auto index = static_cast<std::size_t>(place - ahead_.names.begin());
  ahead_.next = index + 1;
  const ByteView content = batch_reader()->content(index);
  if (content.empty() || asks_for_mode(subject)) return std::nullopt;
  checker_.reset(check_options(subject));
  Inspection inspection;
  inspection.diagnosis = checker_.finish(content);
  if (!inspection.diagnosis.is_clean()) return std::nullopt;
  inspection.given_up = options_.on_bytes && !options_.on_bytes(content.size());
  return inspection;
}

}  // namespace session
