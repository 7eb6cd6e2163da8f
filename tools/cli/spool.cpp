#include "cli/spool.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

namespace session::cli {

namespace {

constexpr std::size_t k_piece = 64 * 1024;

/// -1 and errno where there can be none.
int open_nameless(const std::string& directory) {
  const int descriptor = ::open(directory.c_str(), O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);
  // File systems that know no such files say so in two ways (open(2)).
  if (descriptor >= 0 || (errno != EOPNOTSUPP && errno != EISDIR)) return descriptor;
  std::string name = directory + "/session-" + std::string(6, 'X');  // for mkostemp() to fill in
  const int named = ::mkostemp(name.data(), O_CLOEXEC);
  if (named >= 0) ::unlink(name.c_str());
  return named;
}

}  // namespace

std::optional<std::string> named_temporary_directory(const Environment& environment) {
  std::optional<std::string> directory = environment("TMPDIR");
  if (directory && directory->empty()) return std::nullopt;
  return directory;
}

void Spool::add(std::string_view text) {
  if (refused_) return;
  held_ += text;
  if (held_.size() >= k_piece && !full_) store();
}

void Spool::make_file() {
  const int descriptor = open_nameless(directory());
  if (descriptor >= 0) {
    file_.reset(::fdopen(descriptor, "r+"));
    if (file_ == nullptr) ::close(descriptor);
  }
  full_ = file_ == nullptr;
  if (full_ && directory_) {
    refused_ = fail_errno(errno, Op::create, *directory_).error;
    refused_->detail = "TMPDIR names it for a file that takes what can only be written at the end";
    held_.clear();
  }
  // What it says to have taken must be in the file.
  if (file_ != nullptr) std::setvbuf(file_.get(), nullptr, _IONBF, 0);
}

void Spool::store() {
  if (file_ == nullptr) make_file();
  if (file_ == nullptr) return;
  const std::size_t taken = std::fwrite(held_.data(), 1, held_.size(), file_.get());
  full_ = taken < held_.size();
  stored_ += taken;
  held_.erase(0, taken);
}

Result<void> Spool::replay(const Take& take) {
  if (refused_) return Unexpected{*refused_};
  if (file_ != nullptr) {
    std::rewind(file_.get());
    std::string piece;
    for (std::uint64_t left = stored_; left > 0; left -= piece.size()) {
      piece.resize(static_cast<std::size_t>(std::min<std::uint64_t>(left, k_piece)));
      if (std::fread(piece.data(), 1, piece.size(), file_.get()) != piece.size()) {
        return fail(Errc::io, Op::read, directory(), "a temporary file there cannot be read back");
      }
      if (Result<void> taken = take(piece); !taken) return taken;
    }
  }
  return take(held_);
}

}  // namespace session::cli
