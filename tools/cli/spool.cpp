#include "cli/spool.h"

#include <algorithm>

namespace session::cli {

namespace {
constexpr std::size_t k_piece = 64 * 1024;
}

void Spool::add(std::string_view text) {
  held_ += text;
  if (held_.size() >= k_piece && !full_) store();
}

void Spool::store() {
  if (file_ == nullptr) {
    file_.reset(std::tmpfile());
    full_ = file_ == nullptr;
    if (full_) return;
    // What it says to have taken must be in the file.
    std::setvbuf(file_.get(), nullptr, _IONBF, 0);
  }
  const std::size_t taken = std::fwrite(held_.data(), 1, held_.size(), file_.get());
  full_ = taken < held_.size();
  stored_ += taken;
  held_.erase(0, taken);
}

bool Spool::replay(const std::function<void(std::string_view)>& take) {
  if (file_ != nullptr) {
    std::rewind(file_.get());
    std::string piece;
    for (std::uint64_t left = stored_; left > 0; left -= piece.size()) {
      piece.resize(static_cast<std::size_t>(std::min<std::uint64_t>(left, k_piece)));
      if (std::fread(piece.data(), 1, piece.size(), file_.get()) != piece.size()) return false;
      take(piece);
    }
  }
  take(held_);
  return true;
}

}  // namespace session::cli
