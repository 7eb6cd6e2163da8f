#pragma once
// What still tells of a lost header: the file's name, the layout, and the times and fields of what is left.

#include <map>
#include <optional>
#include <string>

#include "repair/salvage/lines.h"
#include "session/members.h"
#include "session/repair.h"

namespace session::repair {

class HeaderSources {
 public:
  HeaderSources(ByteView text, Format format, const Layout& layout, std::string_view file_stem);

  /// The field of `rule`, which stands at the top; nullopt where nothing tells it.
  [[nodiscard]] std::optional<RebuiltField> field(const FieldRule& rule) const;
  /// The first record, or the document.
  [[nodiscard]] const Outline& top() const { return top_; }

 private:
  struct Time {
    ByteView text;
    TimePoint time;
  };
  /// The times of one type of value.
  struct Span {
    std::optional<Time> earliest, latest;
  };
  /// A string of the records: its value where all that have it agree.
  struct Shared {
    ByteView value;
    bool agreed = true;
  };
  void take_time(ByteView value, ValueType type);
  void take_times(ByteView value, std::string_view path, ValueRule rule);
  void take_record(const Outline& record);
  [[nodiscard]] std::optional<RebuiltField> from_name(const FieldRule& rule, std::string_view key) const;
  [[nodiscard]] std::optional<RebuiltField> from_times(const FieldRule& rule) const;

  Format format_;
  const Layout& layout_;
  std::string_view file_stem_;
  Outline top_;
  Span strings_, numbers_;
  std::map<std::string, Shared, std::less<>> shared_;
};

}  // namespace session::repair
