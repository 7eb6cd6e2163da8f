#include "sys/batch_reader.h"

#include <fcntl.h>
#include <liburing.h>
#include <linux/openat2.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <bitset>
#include <cerrno>
#include <cstdint>

#include "sys/file_system.h"

namespace session {
namespace {

// A process that may open so few files needs them for those that it reads.
constexpr rlim_t k_enough_descriptors = 256;

/// Longer than any disk takes; who waits for something else reads the usual way, which can be stopped.
constexpr __kernel_timespec k_patience{5, 0};

bool has_descriptors() {
  struct rlimit limit;
  return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur >= k_enough_descriptors;
}

/// Step by step for all files together: opened, asked whether they are pipes, read. Each stays in its slot
/// until another one is opened there.
class UringReader final : public BatchReader {
 public:
  UringReader() {
    io_uring_params parameters{};
    // The thread that asks takes the answers too: nothing has to interrupt it for them.
    parameters.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN;
    has_ring_ = has_descriptors() && io_uring_queue_init_params(k_files, &ring_, &parameters) == 0;
    usable_ = has_ring_ && io_uring_register_files_sparse(&ring_, k_files) == 0;
    how_.flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_NOATIME;
    // A file that is a mount point may be of any file system.
    how_.resolve = RESOLVE_NO_XDEV;
  }
  UringReader(const UringReader&) = delete;
  UringReader& operator=(const UringReader&) = delete;
  ~UringReader() override {
    if (has_ring_) io_uring_queue_exit(&ring_);
    // Where answers are missing the kernel may still write there.
    if (missing_ > 0) static_cast<void>(room_.release());
  }

  [[nodiscard]] bool is_usable() const { return usable_; }

  [[nodiscard]] bool reads_from(const Dir& dir) const override {
    return usable_ && is_on_local_disk(dir.descriptor());
  }

  void read(const Dir& dir, std::span<const Name* const> names) override {
    lengths_.fill(0);
    if (!usable_) return;
    left_out_.reset();
    count_ = std::min(names.size(), k_files);
    take_step(0, [&](io_uring_sqe* request, unsigned slot) {
      io_uring_prep_openat2_direct(request, dir.descriptor(), names[slot]->c_str(), &how_, slot);
    });
    // To give advice fails for a pipe that took the file's place, of which nothing may be read.
    take_step(IOSQE_FIXED_FILE, [](io_uring_sqe* request, unsigned slot) {
      io_uring_prep_fadvise(request, static_cast<int>(slot), 0, 0, POSIX_FADV_NORMAL);
    });
    take_step(IOSQE_FIXED_FILE, [this](io_uring_sqe* request, unsigned slot) {
      io_uring_prep_read(request, static_cast<int>(slot), room_.get() + slot * k_room, k_room, 0);
    });
  }

  [[nodiscard]] ByteView content(std::size_t index) const override {
    return {room_.get() + index * k_room, lengths_[index]};
  }

 private:
  /// Where a page could not be read, a read ends in front of it: between whole pages, which are never
  /// smaller.
  static constexpr std::size_t k_least_page = 4096;

  /// One request for each file that nothing failed for so far. All answers are waited for: what is still to
  /// be opened would else be opened in place of the next one in its slot.
  template <class Prepare>
  void take_step(unsigned flags, const Prepare& prepare) {
    for (unsigned slot = 0; slot < count_; ++slot) {
      if (left_out_.test(slot)) continue;
      io_uring_sqe* const request = io_uring_get_sqe(&ring_);  // the queue has room for all
      prepare(request, slot);
      io_uring_sqe_set_flags(request, flags);
      request->user_data = slot;
      ++missing_;
    }
    while (usable_ && missing_ > 0) take_answers();
    if (!usable_) left_out_.set();
  }

  void take_answers() {
    io_uring_cqe* first = nullptr;
    __kernel_timespec patience = k_patience;
    const int submitted =
        io_uring_submit_and_wait_timeout(&ring_, &first, static_cast<unsigned>(missing_), &patience, nullptr);
    if (submitted < 0 && submitted != -EINTR && submitted != -EAGAIN && submitted != -EBUSY) usable_ = false;
    unsigned head = 0;
    unsigned count = 0;
    const io_uring_cqe* answer = nullptr;
    io_uring_for_each_cqe(&ring_, head, answer) {
      ++count;
      take(answer->user_data, answer->res);
    }
    io_uring_cq_advance(&ring_, count);
    missing_ -= count;
  }

  void take(std::size_t slot, int outcome) {
    // Only the owner and root may keep the time of access as it is.
    if (outcome == -EPERM) how_.flags &= ~std::uint64_t{O_NOATIME};
    left_out_.set(slot, outcome < 0);
    const auto length = static_cast<std::size_t>(std::max(outcome, 0));
    if (length < k_room && length % k_least_page != 0) lengths_[slot] = length;
  }

  io_uring ring_{};
  open_how how_{};
  bool has_ring_ = false;
  bool usable_ = false;
  std::unique_ptr<char[]> room_{new char[k_files * k_room]};  // not touched before it is needed
  std::size_t count_ = 0;
  std::size_t missing_ = 0;        ///< answers
  std::bitset<k_files> left_out_;  ///< something failed, or there is no such file
  std::array<std::size_t, k_files> lengths_{};
};

}  // namespace

std::unique_ptr<BatchReader> make_batch_reader() {
  auto reader = std::make_unique<UringReader>();
  if (!reader->is_usable()) return nullptr;
  return reader;
}

}  // namespace session
