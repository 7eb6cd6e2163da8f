#include "repair/text_edits.h"

#include <algorithm>

namespace session::repair {

EditedText apply_edits(ByteView text, std::vector<TextEdit> edits) {
  std::stable_sort(edits.begin(), edits.end(), [](const TextEdit& a, const TextEdit& b) {
    if (a.at != b.at) return a.at < b.at;
    // What is only put in stands before what goes there; of two that go the longer one counts.
    if ((a.removed == 0) != (b.removed == 0)) return a.removed == 0;
    return a.removed > b.removed;
  });
  EditedText edited;
  edited.content.reserve(text.size());
  std::size_t done = 0;
  for (const TextEdit& edit : edits) {
    if (edit.at < done) continue;
    edited.content.append(text.substr(done, edit.at - done)).append(edit.inserted);
    edited.bytes_inserted += edit.inserted.size();
    done = edit.at + edit.removed;
    if (edit.removed > 0) edited.dropped.push_back({edit.at, edit.removed, edit.because, edit.lost});
  }
  edited.content.append(text.substr(done));
  return edited;
}

}  // namespace session::repair
