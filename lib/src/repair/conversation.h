#pragma once
// A conversation: the messages of a session with what links them, read from a text that parses. Messages are
// the records of JSON Lines, or the elements of the one list of a document.

#include <optional>
#include <string>
#include <vector>

#include "repair/salvage/lines.h"
#include "repair/text_edits.h"

namespace session::repair {

/// An array of a text, and which of its elements go.
struct ElementList {
  ByteView member;                 ///< where it is the value of a member: key, colon and value; else empty
  std::vector<ByteView> siblings;  ///< all members of that object in the same form
  std::vector<ByteView> elements;
  std::vector<std::optional<Kind>> gone;  ///< why an element goes
  /// Emptied, it goes alone (its owner can do without); else what holds it goes with it.
  bool is_optional = false;
  [[nodiscard]] bool is_emptied() const;
};

struct CallLink {
  static constexpr std::size_t k_whole = ~std::size_t{0};
  bool is_call = false;  ///< else a result
  std::string id;
  std::size_t list = k_whole;  ///< of its message; k_whole: the message itself is the link
  std::size_t element = 0;
};

struct Message {
  ByteView value;
  std::size_t begin = 0;  ///< of its line
  std::size_t end = 0;
  std::vector<ElementList> lists;
  std::vector<CallLink> links;
  bool talks = false;    ///< part of what was said, whether or not it has links
  bool counted = false;  ///< it has an ordinal: without it those behind would be wrong
  std::optional<std::string> id;
  ByteView id_text;
  std::optional<std::string> parent;
  ByteView parent_text;  ///< also where it is null; empty: there is none
  std::string chain;     ///< equal for records of one chain of parents
  std::optional<Kind> gone;
};

struct Conversation {
  std::vector<Message> messages;
  ElementList list;  ///< of a document: the one that `messages` are the elements of
};

Conversation read_conversation(ByteView text, Format format, const Layout& layout);

/// The edits that take the elements out of `list` that go, with the commas between.
void take_elements(ByteView text, const ElementList& list, std::vector<TextEdit>& edits);
/// The same for the member that holds it.
void take_member(ByteView text, const ElementList& list, Kind because, std::vector<TextEdit>& edits);

}  // namespace session::repair
