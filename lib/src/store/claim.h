#pragma once
// Claims: a file taken out of everybody's sight so that nobody can exchange it between judging and acting.

#include <memory>

#include "session/fs.h"

namespace session {

class Claim {
 public:
  /// Renames `name` aside and makes sure that it is the file that was judged (else puts it back:
  /// Errc::changed). Where the name has no room for the words of a claim it goes into a directory named
  /// so, under its own name. `dir` must outlive the claim.
  static Result<Claim> take(Fs& fs, const Dir& dir, const Name& name, const FileId& judged);

  /// Where the file stands meanwhile.
  [[nodiscard]] const Dir& dir() const { return shelter_ ? *shelter_ : *dir_; }
  [[nodiscard]] const Name& name() const { return shelter_ ? name_ : claim_name_; }
  /// Whether it stands in a directory made for it.
  [[nodiscard]] bool is_sheltered() const { return shelter_ != nullptr; }
  /// What its removal frees.
  [[nodiscard]] std::uint64_t bytes_freed() const { return bytes_freed_; }

  /// `error`, about the file, which stands under its own name again or else is named by the detail.
  Unexpected<Error> put_back(Error error) const;
  /// The file has gone where it should.
  void finish() const;

 private:
  Claim(Fs& fs, const Dir& dir, const Name& name) : fs_(&fs), dir_(&dir), name_(name) {}
  Result<void> rename_aside();
  Result<void> rename_into_shelter();

  Fs* fs_;
  const Dir* dir_;
  Name name_;
  Name claim_name_;               // of the file, or of the shelter
  std::unique_ptr<Dir> shelter_;  // empty for a name of ordinary length
  std::uint64_t bytes_freed_ = 0;
};

}  // namespace session
