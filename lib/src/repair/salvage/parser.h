#pragma once
// The state of a salvage, shared by its sources: reading (parser.cpp), going fast where nothing is
// wrong (parser_forward.cpp), strings (parser_strings.cpp), the end (parser_finish.cpp),
// mending in place (parser_mend.cpp, parser_mend_key.cpp), going on (parser_resync.cpp), finding the
// container of what comes after a break (parser_depth.cpp, parser_indent.cpp, parser_join.cpp,
// parser_place.cpp, parser_score.cpp, parser_seam.cpp), and texts without a beginning (parser_head.cpp,
// parser_begin.cpp). Private to salvage.

#include <optional>
#include <string>
#include <vector>

#include "json/utf8.h"
#include "repair/salvage/document.h"
#include "repair/salvage/lexing.h"
#include "repair/salvage/rest_reader.h"
#include "repair/salvage/whole_reader.h"

namespace session::repair {

/// So many of a container's keys tell what it is.
inline constexpr std::size_t k_telling_keys = 64;
/// Members of one object that are looked through for a key.
inline constexpr std::size_t k_most_members = 512;
/// So long a key may be that is looked for.
inline constexpr std::size_t k_longest_key = 256;
/// So long a text is read item by item where its brackets do not match, and looked through for seams.
inline constexpr std::size_t k_looked_at_closely = std::size_t{1} << 20;
/// A hole this much smaller than the containers around it lies within one of them.
inline constexpr std::size_t k_small_hole = 16;
/// What comes from another version of a file mostly comes in blocks of so many bytes.
inline constexpr std::size_t k_usual_block = 512;
/// Where two pieces meet without a trace mostly no more than so much is missing between them.
inline constexpr std::size_t k_usual_loss = k_usual_block / 4;

class SalvageParser {
 public:
  SalvageParser(ByteView bytes, std::size_t begin, std::size_t end, Shapes& shapes,
                const SalvageOptions& options)
      : bytes_(bytes), begin_(begin), end_(end), pos_(begin), shapes_(shapes), options_(options) {}
  Attempt run();

 private:
  enum class State : std::uint8_t {
    value,       ///< a value must come; in an array perhaps its end
    key,         ///< a key must come, or the end of the object
    colon,       ///< behind a key
    after_item,  ///< a comma or the end of the container must come
    done
  };
  enum class Last : std::uint8_t { other, string, scalar, closer, cut };

  struct Item {
    Pieces::Mark mark;  ///< before it, its comma included
    std::size_t begin = 0;
    std::uint64_t values = 0;  ///< values_kept when it began
  };

  struct Frame {
    char open = '{';
    bool damaged = false;    ///< something of it was lost
    bool partial = false;    ///< an item of it was lost, or a part of one
    bool doomed = false;     ///< its parts may belong to different objects: it must go
    bool separated = false;  ///< a comma was read since its last item
    bool imagined = false;   ///< its beginning is not in the input
    bool repeated = false;   ///< the member being read goes: another has its key, or half of it is lost
    TypeSet types = 0;       ///< of the items read here
    ShapeId shape = k_no_shape;
    ShapeId key = k_no_shape;       ///< of the member being read
    ShapeId lost_key = k_no_shape;  ///< of the member lost last
    std::size_t begin = 0;          ///< of its opener
    std::size_t members = 0;        ///< where its members begin in members_
    std::size_t items = 0;          ///< kept so far
    Item item;                      ///< being read
    Item last;                      ///< kept last
  };

  /// What stands at a place after a break, as far as it can be read.
  struct Event {
    enum class Type : std::uint8_t { key, scalar, open, close, end } type;
    char bracket = 0;
    ByteView key = {};
  };
  /// A container as a place is tried for; `frame` is k_nowhere where none is open.
  struct Container {
    char open;
    ShapeId shape;
    std::size_t frame;
  };
  /// The innermost containers: more than can be closed by what is read ahead.
  using Context = std::vector<Container>;
  static constexpr std::size_t k_nowhere = static_cast<std::size_t>(-1);
  /// The places looked through for one that a key belongs to; those that a layout names come first.
  static constexpr std::size_t k_most_shapes = 512;
  /// And so many levels from the innermost out: no session is deeper, and a text may break at each.
  static constexpr std::size_t k_most_levels = 64;
  /// Where something after a break belongs: behind the first `frames` open ones.
  struct Level {
    std::size_t frames = 0;
    int score = 0;
    std::vector<ShapeId> path;  ///< to be opened behind those
  };
  static constexpr int k_sure_place = 2;  ///< below this score a place is a guess
  struct Place {
    std::size_t at;
    Level level;
  };

  /// What can be seen of a container on one side of a hole.
  struct Glimpse {
    std::size_t end = 0;               ///< behind its closer
    TypeSet types = 0;                 ///< of its items
    std::size_t whole = 0;             ///< how many containers in it are seen whole,
    std::size_t least = k_nowhere;     ///< the bytes of the smallest,
    std::vector<std::size_t> wholes;   ///< and where the first ones begin
    std::vector<ByteView> keys;        ///< its own
    std::vector<ByteView> inner_keys;  ///< those of the objects in it
  };

  /// A container that was open before the text begins, and keys that tell which it was.
  struct LostContainer {
    char open;
    std::vector<ByteView> keys;        ///< its own; of an array those of its elements
    std::vector<ByteView> inner_keys;  ///< of an object those of the objects that are its members
  };
  // parser_begin.cpp
  bool begin_headless(std::size_t at);
  void imagine_path(std::size_t at, const std::vector<ShapeId>& path, char last);
  void imagine_frame(std::size_t at, ShapeId shape, char open);
  [[nodiscard]] bool is_whole_rest(std::size_t from, RestBegins begins);
  [[nodiscard]] bool is_whole_rest(std::size_t from);
  [[nodiscard]] std::optional<std::size_t> behind_keyless(std::size_t at);
  [[nodiscard]] std::optional<std::size_t> find_whole_rest(std::size_t at);
  [[nodiscard]] std::vector<LostContainer> lost_containers(std::size_t at) const;
  [[nodiscard]] std::size_t known_keys(ShapeId shape, const LostContainer& container) const;
  [[nodiscard]] bool is_required_and_bare(ShapeId shape) const;
  [[nodiscard]] ShapeId name_of_lost(ShapeId parent, const LostContainer& outer,
                                     const LostContainer& container) const;
  bool begin_by_closers(std::size_t at);

  // parser_head.cpp
  [[nodiscard]] bool begins_within(std::size_t at);
  [[nodiscard]] bool lies_in_lost(std::size_t item, std::size_t next) const;
  [[nodiscard]] bool is_map_beside(std::size_t item, std::size_t next) const;
  [[nodiscard]] bool are_alike_arrays(std::size_t item, std::size_t next) const;
  [[nodiscard]] bool may_be_version(std::size_t item, const LostContainer& outermost) const;

  // parser_depth.cpp
  [[nodiscard]] bool closers_fit() const;
  [[nodiscard]] bool is_cut(std::size_t at);
  [[nodiscard]] bool cannot_hold(std::size_t frame, const Glimpse& behind) const;
  [[nodiscard]] bool is_fused(const Glimpse& behind) const;
  [[nodiscard]] bool goes_on_as_map(std::size_t at);
  void settle_depth();
  [[nodiscard]] bool lost_opener(std::size_t from);
  [[nodiscard]] bool is_whole_behind(char open, std::size_t begin, std::size_t end) const;
  [[nodiscard]] bool is_opened_by_contents(std::size_t contents);
  bool replace_opener(std::size_t at);
  [[nodiscard]] bool may_be_object(ByteView key) const;
  bool insert_opener();
  void open_lost(std::size_t contents);
  void open_root(char open);
  bool turn_opener(std::size_t at);
  [[nodiscard]] bool is_closed_as(char open, std::size_t at);
  bool replace_closer(std::size_t at);
  bool replace_comma(std::size_t at);
  [[nodiscard]] bool is_turned_closer(std::size_t at);
  [[nodiscard]] std::size_t depth_of_element() const;
  [[nodiscard]] bool is_small_in(const Frame& element, std::size_t hole_begin, std::size_t hole_length) const;
  [[nodiscard]] bool is_small_hole(std::size_t hole_begin, std::size_t hole_length) const;
  void doom(std::size_t hole_begin, std::size_t hole_length);
  void doom_record(std::size_t hole_begin, std::size_t hole_length);

  // parser_seam.cpp
  [[nodiscard]] bool is_repeated(ByteView key) const;
  [[nodiscard]] bool is_repeated_behind(std::size_t at, std::size_t frame);
  void cut_fused();
  bool drop_first_writing(std::size_t at);
  [[nodiscard]] bool is_seam_in_item(std::size_t at, std::size_t resume) const;
  void doom_seam(std::size_t at);
  [[nodiscard]] bool is_last_incomplete() const;
  [[nodiscard]] bool is_of_inner(ShapeId holder, ByteView key) const;
  bool drop_split_element(std::size_t at);

  // parser_join.cpp
  void look_through(std::size_t at, std::size_t limit, std::vector<Glimpse>& seen);
  [[nodiscard]] Glimpse glimpse_before(std::size_t frame);
  [[nodiscard]] static bool is_alike(const Glimpse& a, const Glimpse& b);
  [[nodiscard]] bool has_like(const Glimpse& holder, char open, const Glimpse& glimpse);
  [[nodiscard]] bool contradicts(std::size_t frame, const Glimpse& before, const Glimpse& behind) const;
  [[nodiscard]] bool is_told_by_keys(std::size_t frame, const Glimpse& behind) const;
  [[nodiscard]] bool is_same(std::size_t frame, std::size_t rest, std::size_t hole_length,
                             const Glimpse& behind, const Glimpse& behind_holder, bool is_told_within);
  [[nodiscard]] Place join(std::size_t rest, std::size_t hole_length);
  [[nodiscard]] std::optional<std::size_t> find_rest_begin(std::size_t from);
  [[nodiscard]] std::optional<Place> find_rest(std::size_t from, std::size_t hole_length = 0);
  [[nodiscard]] std::optional<Place> find_lost(std::size_t from, const Place& rest);
  [[nodiscard]] bool is_seam(std::size_t at);
  void mend_seam(std::size_t at);
  [[nodiscard]] bool is_only_cut();
  [[nodiscard]] bool is_unbalanced();
  bool mend_depth(std::size_t at);
  [[nodiscard]] bool is_doubled_opener(std::size_t at);
  [[nodiscard]] bool is_stray(std::size_t at, ByteView key);
  [[nodiscard]] bool is_odd(std::size_t at);

  // parser.cpp
  void step(std::size_t at);
  void step_value(std::size_t at);
  void step_key(std::size_t at);
  void step_colon(std::size_t at);
  void step_after_item(std::size_t at);
  [[nodiscard]] bool closed_too_early();
  void open(std::size_t at);
  Frame& push_frame(char open, ShapeId shape, std::size_t begin, std::size_t contents);
  void close(std::size_t at);
  void pop(std::size_t at, bool by_closer);
  void begin_item(std::size_t at);
  void item_done(TypeSet type);
  void comma(std::size_t at);
  void drop_comma();
  void insert_comma();
  void drop_item(std::size_t resume, Kind kind);
  void drop_last_scalar();
  void drop_last(std::size_t resume);
  void drop_last_item(std::size_t at);
  void skip(std::size_t to, Kind kind, Harm harm);
  void trouble() {
    attempt_.clean = false;
    troubled_ = pos_;
  }
  /// Whether something is lost of a document that is of use only whole: nothing is looked for then.
  bool give_up() {
    lost_ = lost_ || options_.only_whole;
    return options_.only_whole;
  }
  [[nodiscard]] bool in_object() const { return !frames_.empty() && frames_.back().open == '{'; }
  [[nodiscard]] bool in_array() const { return !frames_.empty() && frames_.back().open == '['; }
  [[nodiscard]] std::size_t members_end(std::size_t frame) const {
    return frame + 1 < frames_.size() ? frames_[frame + 1].members : members_.size();
  }
  [[nodiscard]] bool has_member(std::size_t frame, ShapeId id) const;
  /// Whether the innermost container is in doubt: one that was opened since is not.
  [[nodiscard]] bool is_unsure() const { return frames_.size() <= unsure_; }

  // parser_finish.cpp
  void finish(std::size_t at, Kind kind);
  void finish_item(std::size_t at, Kind kind);
  void doom_cut_part();
  void close_to(std::size_t frames);

  // parser_forward.cpp
  bool forward(std::size_t at);
  void take_over(std::size_t count);

  // parser_strings.cpp
  [[nodiscard]] std::size_t utf8_at(std::size_t at, std::size_t end) const;
  [[nodiscard]] bool has_bad_utf8(std::size_t from, std::size_t to);
  void take_string(std::size_t at, const StringToken& token);
  bool take_doubly_ended_key(std::size_t at);
  [[nodiscard]] bool is_ruled(ByteView text) const;
  [[nodiscard]] std::size_t find_bad_byte(std::size_t at, std::size_t end) const;
  void take_broken_string(std::size_t at, std::size_t bad, std::size_t end);
  void part_done(Last last);
  void escape_controls(std::size_t open, std::size_t end);
  bool keep_prefix(std::size_t open, std::size_t end);

  // parser_mend.cpp
  bool skip_doubled(std::size_t at);
  [[nodiscard]] bool mend_doubled_backslash();
  void mend_value(std::size_t at);
  void mend_after_item(std::size_t at);
  void mend_quote_after_item(std::size_t at);
  bool drop_early_end(std::size_t at);
  void mend_opener_after_item(std::size_t at);
  [[nodiscard]] bool lacks_comma(std::size_t at) const;
  [[nodiscard]] bool is_of_value(std::size_t at) const;
  void break_item(std::size_t at);
  [[nodiscard]] bool was_comma(std::size_t at) const;
  [[nodiscard]] std::optional<std::size_t> end_of_unclosed(std::size_t begin, std::size_t end) const;
  std::size_t end_of_break(std::size_t at);
  [[nodiscard]] std::size_t next_quote(std::size_t at) const;
  [[nodiscard]] bool is_opener(std::size_t quote) const;
  [[nodiscard]] bool looks_open(std::size_t quote) const;
  [[nodiscard]] bool looks_closed(std::size_t quote) const;
  [[nodiscard]] ByteView key_at(std::size_t quote) const;
  [[nodiscard]] bool is_restart(std::size_t at) const;
  void restart(std::size_t at);

  // parser_mend_key.cpp
  void mend_key(std::size_t at);
  bool mend_known_key(std::size_t at);
  bool drop_keyless_value(std::size_t at);
  [[nodiscard]] std::size_t value_behind_colon(std::size_t at) const;
  [[nodiscard]] bool is_turned_colon(std::size_t at);
  void mend_colon(std::size_t at);

  // parser_resync.cpp
  [[nodiscard]] bool may_have_held_item(std::size_t at, std::size_t behind) const;
  void small_hole(std::size_t at, std::size_t behind);
  void hole(std::size_t at);
  [[nodiscard]] bool goes_on(std::size_t at);
  [[nodiscard]] bool may_go_on(std::size_t at);
  [[nodiscard]] std::optional<std::size_t> find_run(std::size_t from);
  [[nodiscard]] std::size_t behind_scalar(std::size_t at, TypeSet types) const;
  void resync(std::size_t from, Kind kind);
  void go_on(const Place& place, std::size_t from, Kind kind);

  // parser_place.cpp
  void place_closer(std::size_t at);
  [[nodiscard]] bool is_wrong_closer(int other) const;
  void close_instead(std::size_t at);
  void place_key_in_array(std::size_t at);
  bool open_first_row(std::size_t at);
  bool is_stray_opener(std::size_t at);
  [[nodiscard]] bool reads_on_behind(std::size_t at) const;
  void place_opener_in_object(std::size_t at);
  bool reopen(std::size_t at);
  [[nodiscard]] bool is_misplaced(ByteView key) const;
  [[nodiscard]] bool contradicts_layout(char first) const;
  bool move_from(std::size_t at);
  [[nodiscard]] std::size_t level_by_look(std::size_t at) const;
  bool move_by_look(std::size_t at);
  bool closes_another(std::size_t at);
  [[nodiscard]] std::optional<Place> find_place(std::size_t from, std::size_t limit);
  void peek(std::size_t at);
  [[nodiscard]] Context context_of(std::size_t frames) const;
  /// The outermost of the levels that are tried.
  [[nodiscard]] std::size_t outermost_tried() const {
    return frames_.size() > k_most_levels ? frames_.size() - k_most_levels : 0;
  }
  [[nodiscard]] int score(Context context) const;
  [[nodiscard]] std::optional<std::size_t> find_anchor(std::size_t from) const;
  [[nodiscard]] std::optional<std::size_t> next_anchor(std::size_t anchor) const;
  [[nodiscard]] Level best_level(std::size_t anchor);
  [[nodiscard]] int score_anchor(std::size_t anchor, const Context& context, std::size_t depth,
                                 bool to_end) const;
  [[nodiscard]] std::vector<ShapeId> path_to(ShapeId shape, std::size_t& frames) const;
  std::size_t& look_ahead() {
    return options_.look_ahead != nullptr ? *options_.look_ahead : own_look_ahead_;
  }
  [[nodiscard]] bool may_look_ahead();
  bool count_closers(std::size_t at);
  [[nodiscard]] std::size_t behind_value(std::size_t at);

  // parser_indent.cpp
  [[nodiscard]] std::optional<std::size_t> indent_level(std::size_t at) const;
  void learn_indent();
  [[nodiscard]] std::optional<std::size_t> depth_by_indent(std::size_t at) const;
  bool restart_by_indent(std::size_t at);
  bool settle_by_indent(std::size_t at);
  [[nodiscard]] std::size_t behind_deeper_lines(std::size_t at) const;

  ByteView bytes_;
  std::size_t begin_;
  std::size_t end_;
  std::size_t pos_;
  Shapes& shapes_;
  const SalvageOptions& options_;
  State state_ = State::value;
  Last last_ = Last::other;
  std::vector<Frame> frames_;
  std::vector<ShapeId> members_;  ///< of all open objects, one behind the other
  std::vector<std::size_t>
      frame_of_;  ///< by shape: the innermost open container, 1 for the first; 0 for none
  Attempt attempt_;
  bool lost_ = false;  ///< something of the document is

  mutable std::size_t quote_from_ = 1;   ///< what next_quote() was asked for last,
  mutable std::size_t quote_ = 0;        ///< its answer,
  mutable std::size_t quote_reach_ = 0;  ///< and up to where that is the answer
  json::Utf8Walker utf8_;
  std::size_t utf8_reach_ = 256;
  bool bad_utf8_is_certain_ = false;
  std::size_t bad_utf8_ = 0;  ///< no bad byte stands between what was last asked for and this

  std::optional<WholeReader> reader_;
  std::size_t forward_to_ = 0;     ///< the text is whole up to here
  std::size_t forward_depth_ = 0;  ///< containers that were open when that was read

  std::size_t troubled_ = 0;          ///< where something was wrong last
  std::size_t half_key_ = k_nowhere;  ///< where what may be half a string and half a key begins
  std::size_t last_begin_ = 0;        ///< of the last scalar
  std::size_t last_end_ = 0;          ///< behind the last scalar or closer
  Frame closed_;                      ///< the container closed last, for reopen()
  std::vector<ShapeId> closed_members_;
  Pieces::Mark before_closer_;

  /// How many containers were open where text broke, as long as nothing since has shown that they are still
  /// the same; 0 where that is not in doubt.
  std::size_t unsure_ = 0;

  std::size_t doubled_looks_ = 0;  ///< how often skip_doubled() looked

  std::size_t indent_ = 0;          ///< of a pretty-printed document; 0 where it is none
  std::size_t own_look_ahead_ = 0;  ///< bytes read ahead to the end so far, which stays linear
  std::optional<RestReader> rest_;
  std::vector<Event> events_;       ///< of the last peek()
  std::string closers_;             ///< of the last count_closers(),
  bool is_balanced_ = false;        ///< and whether all brackets it saw match, none left over
  std::optional<bool> only_cut_;    ///< the answer of is_only_cut(),
  std::optional<bool> unbalanced_;  ///< and of is_unbalanced()
  /// What begins_within() found to be whole; closers_ are its.
  std::optional<std::size_t> found_rest_;
};

}  // namespace session::repair
