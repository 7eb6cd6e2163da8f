#include "commands/verify/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "cli/quantity.h"
#include "commands/verify/subject.h"
#include "session/scan.h"

namespace session::commands {

VerifyProgress::~VerifyProgress() {
  stop_ = true;
  if (counter_.joinable()) counter_.join();
}

void VerifyProgress::count_below(Fs& fs, std::vector<Path> roots) {
  try {
    counter_ = std::thread([this, &fs, roots = std::move(roots)] { count(fs, roots); });
  } catch (const std::system_error&) {
    // The system allows no more threads: the line tells what is done, not of how much.
    return;
  }
}

void VerifyProgress::count(Fs& fs, const std::vector<Path>& roots) {
  const auto add = [this](const Result<Stat>& about) {
    if (!about || about->type != FileType::regular) return;
    total_bytes_ += about->size;
    ++total_files_;
  };
  for (const Path& root : roots) {
    ScanOptions options;
    options.recurse = Recurse::yes;
    const Result<void> scanned = scan(fs, root, options, [&](const auto& dir, const auto& items) {
      for (const ScanItem& item : items) {
        if (stop_) return false;
        if (format_of_extension(item.name)) add(fs.stat(*dir, item.name));
      }
      return true;
    });
    if (stop_) return;
    if (scanned) continue;
    if (const Result<Place> place = open_parent_resolved(fs, root)) add(fs.stat(place->dir, place->name));
  }
  counted_ = true;
}

std::string VerifyProgress::line() const {
  const std::chrono::duration<double> elapsed = Clock::now() - begun_;
  const std::uint64_t bytes = bytes_;
  const double rate = elapsed.count() > 0 ? static_cast<double>(bytes) / elapsed.count() : 0;
  const std::string speed = cli::describe_bytes(static_cast<std::uint64_t>(rate)) + "/s";
  if (!counted_) return fmt::format("{} files, {}, {}", files_, cli::describe_bytes(bytes), speed);
  // Files read again, or grown meanwhile, would otherwise make it more than there is.
  const std::string done = cli::describe_bytes(std::min(bytes, total_bytes_.load()));
  std::string line = fmt::format("{} of {} files, {} of {}, {}", files_, total_files_, done,
                                 cli::describe_bytes(total_bytes_), speed);
  if (rate > 0 && total_bytes_ > bytes) {
    const auto left = static_cast<std::uint64_t>(static_cast<double>(total_bytes_ - bytes) / rate) + 1;
    line += left < 120 ? fmt::format(", {} s left", left) : fmt::format(", {} min left", (left + 59) / 60);
  }
  return line;
}

}  // namespace session::commands
