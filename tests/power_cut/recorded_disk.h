#pragma once
// A disk with a volatile write cache, as a model in memory: it keeps every write and every flush it was
// given, in order, and can then show what would stand on the medium had the power gone at any point between
// two of them. Writes before the last flush are on the medium. Of those after it, any selection may be, in
// pieces of one physical sector (4096 bytes), which are whole or old.

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace session::test {

/// Which of the writes after the last flush had reached the medium.
enum class Survivors : std::uint8_t {
  all,   ///< a cache that writes through
  none,  ///< a cache that keeps everything until it must not
  most,  ///< each piece with 9 chances in 10
  half,  ///< each piece with 1 chance in 2
  few,   ///< each piece with 1 chance in 10
};

struct Cut {
  std::size_t position = 0;  ///< after this many writes and flushes
  Survivors survivors = Survivors::all;
  std::uint32_t seed = 0;
};

class RecordedDisk {
 public:
  /// What was on the medium before, read from a file, which is not changed.
  explicit RecordedDisk(const std::string& base_path);
  RecordedDisk(const RecordedDisk&) = delete;
  RecordedDisk& operator=(const RecordedDisk&) = delete;
  ~RecordedDisk();

  [[nodiscard]] std::uint64_t size() const { return size_; }
  void read(std::uint64_t offset, char* into, std::size_t length);
  void write(std::uint64_t offset, std::string_view bytes);
  void flush();

  /// Writes and flushes so far: the time of this disk.
  [[nodiscard]] std::size_t position();
  [[nodiscard]] std::size_t flushes();

  /// Ends the recording. From now on the disk holds what the cut left; writes are kept until the next
  /// cut. Quick when cuts come in ascending order.
  void show(const Cut& cut);

 private:
  static constexpr std::size_t k_sector = 4'096;
  using Sector = std::vector<char>;
  using Sectors = std::unordered_map<std::uint64_t, std::shared_ptr<Sector>>;
  struct Entry {
    std::uint64_t offset = 0;
    std::string bytes;
    bool is_flush = false;
  };

  void read_sector(const Sectors& sectors, std::uint64_t number, char* into) const;
  void apply(Sectors& sectors, std::uint64_t offset, std::string_view bytes) const;
  /// Brings durable_ to the last flush before `position`.
  void advance_durable(std::size_t position);

  std::mutex mutex_;
  int base_ = -1;
  std::uint64_t size_ = 0;
  bool recording_ = true;
  std::vector<Entry> log_;
  std::size_t flushes_ = 0;
  Sectors now_;      // what reads see, where it differs from the base
  Sectors durable_;  // what the first durable_entries_ of the log left on the medium
  std::size_t durable_entries_ = 0;
};

}  // namespace session::test
