#include "power_cut/recorded_disk.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <random>
#include <system_error>

namespace session::test {
namespace {

/// Calls `part(offset, bytes)` for each piece of a write that lies in one sector.
template <class Part>
void for_each_piece(std::uint64_t offset, std::string_view bytes, std::size_t sector, Part part) {
  while (!bytes.empty()) {
    const std::size_t length = std::min<std::size_t>(bytes.size(), sector - offset % sector);
    part(offset, bytes.substr(0, length));
    offset += length;
    bytes.remove_prefix(length);
  }
}

double chance_of(Survivors survivors) {
  switch (survivors) {
    case Survivors::all: return 1;
    case Survivors::none: return 0;
    case Survivors::most: return 0.9;
    case Survivors::half: return 0.5;
    case Survivors::few: return 0.1;
  }
  return 1;
}

}  // namespace

RecordedDisk::RecordedDisk(const std::string& base_path)
    : base_(::open(base_path.c_str(), O_RDONLY | O_CLOEXEC)) {
  struct stat about;
  if (base_ < 0 || ::fstat(base_, &about) != 0) {
    throw std::system_error(errno, std::generic_category(), base_path);
  }
  size_ = static_cast<std::uint64_t>(about.st_size);
}

RecordedDisk::~RecordedDisk() { ::close(base_); }

void RecordedDisk::read_sector(const Sectors& sectors, std::uint64_t number, char* into) const {
  if (const auto found = sectors.find(number); found != sectors.end()) {
    std::memcpy(into, found->second->data(), k_sector);
    return;
  }
  std::memset(into, 0, k_sector);
  if (::pread(base_, into, k_sector, static_cast<off_t>(number * k_sector)) < 0) {
    throw std::system_error(errno, std::generic_category(), "reading the base image");
  }
}

void RecordedDisk::read(std::uint64_t offset, char* into, std::size_t length) {
  const std::lock_guard lock(mutex_);
  Sector sector(k_sector);
  while (length > 0) {
    const std::size_t within = offset % k_sector;
    const std::size_t part = std::min(length, k_sector - within);
    read_sector(now_, offset / k_sector, sector.data());
    std::memcpy(into, sector.data() + within, part);
    into += part;
    offset += part;
    length -= part;
  }
}

void RecordedDisk::apply(Sectors& sectors, std::uint64_t offset, std::string_view bytes) const {
  for_each_piece(offset, bytes, k_sector, [&](std::uint64_t at, std::string_view piece) {
    std::shared_ptr<Sector>& sector = sectors[at / k_sector];
    // Shared with another state of the disk: that one must not change.
    if (sector == nullptr || sector.use_count() > 1) {
      auto own = std::make_shared<Sector>(k_sector);
      if (sector != nullptr) {
        *own = *sector;
      } else if (piece.size() < k_sector) {
        read_sector({}, at / k_sector, own->data());
      }
      sector = std::move(own);
    }
    std::memcpy(sector->data() + at % k_sector, piece.data(), piece.size());
  });
}

void RecordedDisk::write(std::uint64_t offset, std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  apply(now_, offset, bytes);
  if (recording_) log_.push_back({offset, std::string(bytes), false});
}

void RecordedDisk::flush() {
  const std::lock_guard lock(mutex_);
  if (!recording_) return;
  log_.push_back({0, {}, true});
  ++flushes_;
}

std::size_t RecordedDisk::position() {
  const std::lock_guard lock(mutex_);
  return log_.size();
}

std::size_t RecordedDisk::flushes() {
  const std::lock_guard lock(mutex_);
  return flushes_;
}

void RecordedDisk::advance_durable(std::size_t position) {
  if (position < durable_entries_) {
    durable_.clear();
    durable_entries_ = 0;
  }
  std::size_t end = position;
  while (end > durable_entries_ && !log_[end - 1].is_flush) --end;
  for (; durable_entries_ < end; ++durable_entries_) {
    const Entry& entry = log_[durable_entries_];
    apply(durable_, entry.offset, entry.bytes);
  }
}

void RecordedDisk::show(const Cut& cut) {
  const std::lock_guard lock(mutex_);
  recording_ = false;
  const std::size_t position = std::min(cut.position, log_.size());
  now_.clear();
  advance_durable(position);
  now_ = durable_;
  std::mt19937 random(cut.seed);
  std::bernoulli_distribution survives(chance_of(cut.survivors));
  for (std::size_t index = durable_entries_; index < position; ++index) {
    for_each_piece(log_[index].offset, log_[index].bytes, k_sector,
                   [&](std::uint64_t at, std::string_view piece) {
                     if (survives(random)) apply(now_, at, piece);
                   });
  }
}

}  // namespace session::test
