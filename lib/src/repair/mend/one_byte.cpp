#include "repair/mend/one_byte.h"

#include <array>
#include <optional>

#include "repair/mend/byte_grammar.h"
#include "repair/salvage/lexing.h"

namespace session::repair {
namespace {

using How = ByteChange::How;
using State = ByteState;

constexpr ByteView k_marks = "{}[]:,\"";
// A text to which so many changes give sense says nothing of which it was.
constexpr std::size_t k_most_changes = 512;

/// Stacks of open containers, each the one below it and one more; equal ones have equal hashes.
class Stacks {
 public:
  using Id = std::uint32_t;
  static constexpr Id k_empty = 0;

  [[nodiscard]] std::uint64_t hash(Id stack) const { return nodes_[stack].hash; }
  [[nodiscard]] char top(Id stack) const { return nodes_[stack].open; }
  [[nodiscard]] Id below(Id stack) const { return nodes_[stack].below; }
  [[nodiscard]] std::uint64_t hash_with(Id stack, char open) const {
    const std::uint64_t mixed =
        (nodes_[stack].hash ^ static_cast<unsigned char>(open)) * 0x9E3779B97F4A7C15ULL;
    return mixed ^ (mixed >> 29);
  }
  Id push(Id stack, char open) {
    nodes_.push_back({hash_with(stack, open), stack, open});
    return static_cast<Id>(nodes_.size() - 1);
  }

 private:
  struct Node {
    std::uint64_t hash;
    Id below;
    char open;
  };
  std::vector<Node> nodes_ = {{1, k_empty, '\0'}};
};

/// Where reading stands before a byte.
struct Before {
  State state;
  Stacks::Id stack;
};

/// The same behind a byte that is only tried.
struct Tried {
  State state;
  std::uint64_t stack;
};

char opened_by(Nesting nesting) {
  return nesting == Nesting::opens_object || nesting == Nesting::closes_object ? '{' : '[';
}

std::optional<Tried> try_byte(const Stacks& stacks, Before before, char byte) {
  const ByteStep step = step_of(before.state, byte);
  if (step.to == State::wrong) return std::nullopt;
  switch (step.nesting) {
    case Nesting::none: return Tried{step.to, stacks.hash(before.stack)};
    case Nesting::opens_object:
    case Nesting::opens_array: return Tried{step.to, stacks.hash_with(before.stack, opened_by(step.nesting))};
    case Nesting::closes_object:
    case Nesting::closes_array:
      if (stacks.top(before.stack) != opened_by(step.nesting)) return std::nullopt;
      return Tried{step.to, stacks.hash(stacks.below(before.stack))};
    case Nesting::separates:
      if (before.stack == Stacks::k_empty) return std::nullopt;
      return Tried{stacks.top(before.stack) == '{' ? State::key : State::value, stacks.hash(before.stack)};
  }
  return std::nullopt;
}

/// From which states, and with which containers open, the text from a place on is right up to its end.
class Rest {
 public:
  /// Nothing follows.
  explicit Rest(Stacks& stacks) : stacks_(stacks) {
    needed_.fill(k_none);
    needed_[index(State::after_value)] = Stacks::k_empty;
  }

  /// The same from `byte` on, which stands before it. False where it is right from no state.
  bool add_before(char byte) {
    const auto next = needed_;
    std::array<std::int64_t, 2> closed = {k_none, k_none};  // one stack for all states
    bool is_right = false;
    for (std::size_t state = 0; state < needed_.size(); ++state) {
      const ByteStep step = step_of(static_cast<State>(state), byte);
      std::int64_t& needed = needed_[state];
      needed = step.to == State::wrong ? k_none : needed_before(next, step, closed);
      is_right = is_right || needed != k_none;
    }
    return is_right;
  }

  [[nodiscard]] bool takes(const Tried& tried) const {
    const std::int64_t needed = needed_[index(tried.state)];
    return needed != k_none && stacks_.hash(static_cast<Stacks::Id>(needed)) == tried.stack;
  }

 private:
  static constexpr std::int64_t k_none = -1;
  using Needed = std::array<std::int64_t, k_byte_states>;
  static std::size_t index(State state) { return static_cast<std::size_t>(state); }

  [[nodiscard]] std::int64_t if_in(char open, std::int64_t stack) const {
    return stack != k_none && stacks_.top(static_cast<Stacks::Id>(stack)) == open ? stack : k_none;
  }

  std::int64_t needed_before(const Needed& next, ByteStep step, std::array<std::int64_t, 2>& closed) {
    switch (step.nesting) {
      case Nesting::none: {
        const std::int64_t stack = next[index(step.to)];
        return step.to == State::colon || step.to == State::key ? if_in('{', stack) : stack;
      }
      case Nesting::opens_object:
      case Nesting::opens_array: {
        const std::int64_t stack = if_in(opened_by(step.nesting), next[index(step.to)]);
        return stack == k_none ? k_none : stacks_.below(static_cast<Stacks::Id>(stack));
      }
      case Nesting::closes_object:
      case Nesting::closes_array: {
        const std::int64_t stack = next[index(step.to)];
        if (stack == k_none) return k_none;
        std::int64_t& shared = closed[step.nesting == Nesting::closes_object ? 0 : 1];
        if (shared == k_none) shared = stacks_.push(static_cast<Stacks::Id>(stack), opened_by(step.nesting));
        return shared;
      }
      case Nesting::separates: {
        const std::int64_t key = if_in('{', next[index(State::key)]);
        return key != k_none ? key : if_in('[', next[index(State::value)]);
      }
    }
    return k_none;
  }

  Stacks& stacks_;
  Needed needed_;
};

/// A byte that goes on within the scalar being read, or begins a number; '\0' where none does.
char byte_of_scalar(State state) {
  switch (state) {
    case State::key_text:
    case State::text: return 'x';
    case State::key_escape:
    case State::text_escape: return 'n';
    case State::first_value:
    case State::value:
    case State::minus:
    case State::integer:
    case State::point:
    case State::fraction:
    case State::exponent:
    case State::exponent_sign:
    case State::exponent_digits: return '1';
    case State::t: return 'r';
    case State::tr:
    case State::n: return 'u';
    case State::tru:
    case State::fals: return 'e';
    case State::f: return 'a';
    case State::fa:
    case State::nu:
    case State::nul: return 'l';
    case State::fal: return 's';
    default: return '\0';
  }
}

class Search {
 public:
  explicit Search(ByteView text) : text_(text) { read_forward(); }

  [[nodiscard]] bool is_broken() const { return before_.size() <= text_.size(); }
  [[nodiscard]] std::size_t broken_at() const { return before_.size() - 1; }

  std::vector<ByteChange> run() {
    Rest rest(stacks_);
    for (std::size_t at = text_.size(); at-- > 0;) {
      if (at <= broken_at()) try_instead(at, rest);
      const bool is_right = rest.add_before(text_[at]);
      if (at <= broken_at()) {
        try_inserted(at, rest);
      } else if (!is_right && at > broken_at() + 1) {
        return {};
      }
      if (found_.size() > k_most_changes) return {};
    }
    return std::move(found_);
  }

 private:
  void read_forward() {
    Before here{State::value, Stacks::k_empty};
    before_.reserve(text_.size() + 1);
    before_.push_back(here);
    for (const char byte : text_) {
      if (!try_byte(stacks_, here, byte)) return;
      here = go_on(here, byte);
      before_.push_back(here);
    }
  }

  Before go_on(Before here, char byte) {
    const ByteStep step = step_of(here.state, byte);
    switch (step.nesting) {
      case Nesting::none: return {step.to, here.stack};
      case Nesting::opens_object:
      case Nesting::opens_array: return {step.to, stacks_.push(here.stack, opened_by(step.nesting))};
      case Nesting::closes_object:
      case Nesting::closes_array: return {step.to, stacks_.below(here.stack)};
      case Nesting::separates:
        return {stacks_.top(here.stack) == '{' ? State::key : State::value, here.stack};
    }
    return here;
  }

  /// Without the byte at `at`, and with another in its place; `rest` is what stands behind it.
  void try_instead(std::size_t at, const Rest& rest) {
    const Before before = before_[at];
    const char unknown = byte_of_scalar(before.state);
    // Of two equal marks, or of commas, one is too many; any other may have been a digit.
    const bool is_doubled = text_[at] == ',' || (at > 0 && text_[at - 1] == text_[at]);
    if (unknown != '\0' && (!is_doubled || goes_on_within(at)) && takes(before, unknown, rest)) {
      return add({How::replaced, at, unknown, true});
    }
    // Of a run of equal bytes it does not matter which.
    const bool is_last_of_run = at + 1 >= text_.size() || text_[at + 1] != text_[at];
    if (is_last_of_run && rest.takes({before.state, stacks_.hash(before.stack)})) {
      add({How::removed, at, '\0', goes_on_within(at)});
    }
    for (const char mark : k_marks) {
      if (mark != text_[at] && takes(before, mark, rest)) add({How::replaced, at, mark, false});
    }
  }

  void try_inserted(std::size_t at, const Rest& rest) {
    const Before before = before_[at];
    const char unknown = is_within_scalar(before.state) ? '\0' : byte_of_scalar(before.state);
    if (unknown != '\0' && takes(before, unknown, rest)) add({How::inserted, at, unknown, true});
    for (const char mark : k_marks) {
      if (takes(before, mark, rest)) add({How::inserted, at, mark, false});
    }
  }

  [[nodiscard]] bool takes(Before before, char byte, const Rest& rest) const {
    const std::optional<Tried> tried = try_byte(stacks_, before, byte);
    return tried && rest.takes(*tried);
  }

  /// Whether the byte at `at` is one more of the scalar that is being read in `state`.
  [[nodiscard]] bool continues(State state, std::size_t at) const {
    return at < text_.size() && (is_within_string(state) || is_of_word(text_[at]) || text_[at] == '.');
  }

  /// Whether a scalar goes on behind the byte at `at` that began before it: not where the quote that opens a
  /// key stands twice.
  [[nodiscard]] bool goes_on_within(std::size_t at) const {
    const bool is_second = at > 0 && text_[at] == '"' && text_[at - 1] == '"';
    const State before = is_second ? before_[at - 1].state : State::wrong;
    if (before == State::key || before == State::first_key) return false;
    return is_within_scalar(before_[at].state) && continues(before_[at].state, at + 1);
  }

  void add(ByteChange change) {
    change.in_string = is_within_string(before_[change.at].state);
    found_.push_back(change);
  }

  ByteView text_;
  Stacks stacks_;
  std::vector<Before> before_;  ///< each byte up to the one at which it breaks
  std::vector<ByteChange> found_;
};

}  // namespace

ByteChanges find_byte_changes(ByteView text) {
  Search search(text);
  if (!search.is_broken()) return {};
  return {search.run(), search.broken_at()};
}

}  // namespace session::repair
