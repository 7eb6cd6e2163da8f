#pragma once
// Pages for people: self-contained HTML, readable without scripts, on a phone and on a desk, by day and by
// night. What a page of a tool says is the tool's; how it looks is here.

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace session::cli {

/// A piece of a page. Made of text, which is escaped on the way in, and of the elements below: nothing gets
/// into a page as it is.
class Html {
 public:
  Html() = default;
  /// `text` as it is to be read: markup in it is shown, and what would not be seen (newlines and other
  /// control characters, bidirectional and invisible ones, noncharacters, bytes that are not UTF-8) is
  /// spelled out.
  Html(std::string_view text);                                     // NOLINT(google-explicit-constructor)
  Html(const std::string& text) : Html(std::string_view(text)) {}  // NOLINT(google-explicit-constructor)
  Html(const char* text) : Html(std::string_view(text)) {}         // NOLINT(google-explicit-constructor)
  Html& operator+=(const Html& more);
  [[nodiscard]] const std::string& markup() const { return markup_; }
  [[nodiscard]] bool empty() const { return markup_.empty(); }

 private:
  friend Html element(std::string_view tag, std::string_view look, std::initializer_list<Html> inside);
  friend Html box(const std::vector<Html>& lines);
  friend Html bar(std::uint64_t part, std::uint64_t most);
  friend Html table(const std::vector<struct Column>& columns, const std::vector<std::vector<Html>>& rows);
  friend class Strip;
  std::string markup_;
};

/// `<tag class="look">inside</tag>`; tag and look are words of the program, never data. No class where `look`
/// is empty.
Html element(std::string_view tag, std::string_view look, std::initializer_list<Html> inside);

/// A number with the words for it, in the row at the top of a page. `look`: "good", "warning", "bad" or "".
Html figure(std::string_view number, std::string_view words, std::string_view look);
/// A word on a coloured ground: "good", "warning", "bad" or "".
Html badge(std::string_view word, std::string_view look);
/// Lines of their own in a box: commands to type, a piece of a text.
Html box(const std::vector<Html>& lines);
/// A bar of which the longest in its column is `most`. It shows what the number beside it says, so a reader
/// of the screen passes over it.
Html bar(std::uint64_t part, std::uint64_t most);
/// Rows of cells under a heading each; "number" columns are set to the right, the cells of "narrow" ones
/// never wrap.
struct Column {
  std::string_view heading;
  bool number = false;
  bool narrow = false;
};
Html table(const std::vector<Column>& columns, const std::vector<std::vector<Html>>& rows);

/// Commands to type, each below a line that says what for.
class Steps {
 public:
  void add(std::string_view why, std::string_view command);
  [[nodiscard]] bool empty() const { return lines_.empty(); }
  [[nodiscard]] Html html() const { return box(lines_); }

 private:
  std::vector<Html> lines_;
};

/// A whole as a strip with its parts in colours: a file from its first to its last byte, the files of a store
/// by verdict. What is not marked looks good. Looks: "lost" and "bad", "warning", "filler", "dark".
class Strip {
 public:
  explicit Strip(std::uint64_t whole) : whole_(whole) {}
  /// Marks [offset, offset + length); what comes later lies above. However short, it can be seen.
  void mark(std::uint64_t offset, std::uint64_t length, std::string_view look);
  /// `words` is what it shows, for who cannot see it.
  [[nodiscard]] Html html(std::string_view words) const;

 private:
  struct Mark {
    unsigned from, to;
    std::string_view look;
  };
  std::uint64_t whole_;
  std::vector<Mark> marks_;
};

/// The whole page. `lead` stands below the title, in a smaller type.
std::string html_page(std::string_view title, const Html& lead, const Html& body);

}  // namespace session::cli
