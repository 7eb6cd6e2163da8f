#include "power_cut/history.h"

#include <algorithm>

namespace session::test {

void History::begin(const std::string& path, Growth growth, std::string content, std::size_t now) {
  const std::lock_guard lock(mutex_);
  File& file = files_[path];
  file.growth = growth;
  file.versions.push_back({std::move(content), now, std::nullopt});
}

void History::begin_removal(const std::string& path, std::size_t now) {
  const std::lock_guard lock(mutex_);
  files_.at(path).versions.push_back({std::nullopt, now, std::nullopt});
}

void History::acknowledge(const std::string& path, std::size_t now) {
  const std::lock_guard lock(mutex_);
  files_.at(path).versions.back().acknowledged = now;
  acknowledgements_.push_back(now);
}

std::vector<std::string> History::paths(std::size_t position) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> paths;
  for (const auto& [path, file] : files_) {
    if (file.versions.front().begun < position) paths.push_back(path);
  }
  return paths;
}

Found History::judge_appended(const File& file, std::size_t first, std::size_t end,
                              std::string_view content) {
  for (std::size_t index = end; index-- > first;) {
    const std::string& version = *file.versions[index].content;
    if (!content.starts_with(version)) continue;
    if (content.size() == version.size()) return Found::whole;
    if (index + 1 == end) return Found::torn;  // nothing more was begun
    // The size may be on the medium and the bytes not: a tail may have its whole length and hold zeroes.
    return content.size() <= file.versions[index + 1].content->size() ? Found::torn_tail : Found::torn;
  }
  return Found::torn;
}

Found History::judge(const std::string& path, const std::optional<std::string>& content,
                     std::size_t position) const {
  const std::lock_guard lock(mutex_);
  const File& file = files_.at(path);
  // [first, end): the version acknowledged last and all begun after it and before the cut.
  std::size_t first = 0;
  std::size_t end = 0;
  bool must_exist = false;
  for (; end < file.versions.size() && file.versions[end].begun <= position; ++end) {
    const std::optional<std::size_t>& acknowledged = file.versions[end].acknowledged;
    if (!acknowledged || *acknowledged > position) continue;
    first = end;
    must_exist = true;
  }
  if (!content && !must_exist) return Found::whole;
  const auto is_content = [&](const Version& version) { return version.content == content; };
  const auto begin = file.versions.begin();
  const auto at = [&](std::size_t index) { return begin + static_cast<std::ptrdiff_t>(index); };
  if (std::any_of(at(first), at(end), is_content)) return Found::whole;
  if (!content || std::any_of(begin, at(first), is_content)) return Found::lost;
  if (file.growth == Growth::replaced) return Found::torn;
  if (!must_exist && content->size() <= file.versions.front().content->size()) return Found::torn_tail;
  return judge_appended(file, first, end, *content);
}

bool History::is_appended(const std::string& path) const {
  const std::lock_guard lock(mutex_);
  return files_.at(path).growth == Growth::appended;
}

std::size_t History::acknowledged() const {
  const std::lock_guard lock(mutex_);
  return acknowledgements_.size();
}

std::vector<std::size_t> History::acknowledgements() const {
  const std::lock_guard lock(mutex_);
  return acknowledgements_;
}

}  // namespace session::test
