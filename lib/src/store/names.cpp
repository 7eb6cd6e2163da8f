#include "session/names.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <charconv>
#include <cstdint>

#include "base/short_name.h"

namespace session {
namespace {

/// One form of name: `prefix`, the primary's name, `suffix`. In a suffix
///   %p is a process id, %n a number, %m epoch milliseconds, %h 6 to 32 hexadecimal digits, %a letters and
///   digits, %u a uuid, %z `YYYYMMDDThhmmssZ`, %t any time stamp that begins with a digit.
struct Form {
  ArtifactKind kind;
  std::string_view prefix;
  std::string_view suffix;
  bool ours = false;
  bool names_primary = true;
};

// The first form that fits counts. docs/store-format.md has the same rows, and says who writes what.
constexpr std::array k_forms = {
    Form{ArtifactKind::claim, "", ".claim-%z-%p-%n", true},
    Form{ArtifactKind::backup, "", ".bak-%z-%p-%n", true},
    Form{ArtifactKind::sidecar, "", ".corrupt-%z-%p-%n", true},
    Form{ArtifactKind::quarantined, "", ".quarantined-%z-%p-%n", true},
    Form{ArtifactKind::temporary, "", ".tmp.%p", true},
    Form{ArtifactKind::temporary, "", ".tmp.%p.%n", true},

    Form{ArtifactKind::temporary, "", ".tmp.%m.%a.json"},
    Form{ArtifactKind::temporary, "", ".tmp.%n"},
    Form{ArtifactKind::temporary, "", ".tmp-%p"},
    Form{ArtifactKind::temporary, "", ".tmp-%p-%n", false, false},
    Form{ArtifactKind::temporary, ".oc-", ".%p.%m.tmp"},
    Form{ArtifactKind::temporary, ".", ".new_%n_%a.tmp"},
    Form{ArtifactKind::temporary, ".", ".bak_%n_%a.tmp"},
    Form{ArtifactKind::temporary, "", ".%p.%u.tmp"},
    Form{ArtifactKind::temporary, "", ".repair-%p-%n.tmp"},
    Form{ArtifactKind::temporary, ".", ".%h.tmp"},
    Form{ArtifactKind::temporary, "", ".tmp"},

    Form{ArtifactKind::backup, "", ".bak"},
    Form{ArtifactKind::backup, "", ".bak.%t"},
    Form{ArtifactKind::quarantined, "", ".corrupted"},
    Form{ArtifactKind::quarantined, "", ".corrupt"},
    Form{ArtifactKind::quarantined, "", ".corrupt.%t"},
    Form{ArtifactKind::quarantined, "", ".unreadable-%n"},
    Form{ArtifactKind::tombstone, "", ".deleted.%t"},
    Form{ArtifactKind::tombstone, "", ".reset.%t"},
    Form{ArtifactKind::lock, "inuse.", "%p.lock", false, false},
    Form{ArtifactKind::lock, "", ".lock", false, false},
};

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_alphanumeric(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_stamp(char c) {
  return is_digit(c) || std::string_view("TZ:.-").find(c) != std::string_view::npos;
}

/// Takes the longest run at the end of `text` of characters that `belongs` accepts.
template <class Predicate>
std::string_view take_run(std::string_view& text, Predicate belongs) {
  std::size_t begin = text.size();
  while (begin > 0 && belongs(text[begin - 1])) --begin;
  const std::string_view run = text.substr(begin);
  text.remove_suffix(run.size());
  return run;
}

/// Takes `shape` from the end of `text`: `x` stands for a hexadecimal and `d` for a decimal digit.
bool take_shape(std::string_view& text, std::string_view shape) {
  if (text.size() < shape.size()) return false;
  const std::string_view tail = text.substr(text.size() - shape.size());
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const bool fits = shape[i] == 'x'   ? is_hex(tail[i])
                      : shape[i] == 'd' ? is_digit(tail[i])
                                        : tail[i] == shape[i];
    if (!fits) return false;
  }
  text.remove_suffix(shape.size());
  return true;
}

/// pid_max of Linux on 64 bits; a longer number is a time stamp, not a process.
constexpr long k_greatest_pid = 4'194'304;

bool take_pid(std::string_view& text, std::optional<long>& pid) {
  const std::string_view digits = take_run(text, is_digit);
  long value = 0;
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (result.ec != std::errc{} || value < 1 || value > k_greatest_pid || digits[0] == '0') return false;
  pid = value;
  return true;
}

bool take_stamp(std::string_view& text) {
  std::string_view run = take_run(text, is_stamp);
  // The run may begin with the punctuation that separates it from the name.
  const std::size_t first_digit = run.find_first_of("0123456789");
  if (first_digit == std::string_view::npos) return false;
  text = std::string_view(text.data(), text.size() + first_digit);
  return true;
}

bool take_compact_time(std::string_view& text, std::optional<TimePoint>& when) {
  std::string_view rest = text;
  if (!take_shape(rest, "ddddddddTddddddZ")) return false;
  when = parse_compact(text.substr(rest.size()));
  text = rest;
  return when.has_value();
}

/// Takes what `placeholder` stands for from the end of `text`, and notes in `artifact` what it tells.
bool take_placeholder(char placeholder, std::string_view& text, Artifact& artifact) {
  constexpr std::size_t k_millisecond_digits = 13;
  switch (placeholder) {
    case 'p': return take_pid(text, artifact.pid);
    case 'n': return !take_run(text, is_digit).empty();
    case 'm': return take_run(text, is_digit).size() == k_millisecond_digits;
    case 'h': {
      const std::size_t length = take_run(text, is_hex).size();
      return length >= 6 && length <= 32;
    }
    case 'a': return !take_run(text, is_alphanumeric).empty();
    case 'u': return take_shape(text, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx");
    case 'z': return take_compact_time(text, artifact.when);
    default: return take_stamp(text);
  }
}

constexpr bool ends_in_placeholder(const Form& form) {
  return form.suffix.size() >= 2 && form.suffix[form.suffix.size() - 2] == '%';
}

// What a placeholder at the end stands for ends in one of the characters of a stamp.
static_assert(std::ranges::all_of(k_forms, [](const Form& form) {
  return !ends_in_placeholder(form) ||
         std::string_view("pnmzt").find(form.suffix.back()) != std::string_view::npos;
}));

/// Bit i: form i may end in the byte. It rules most forms out for most names, of which a store may have many.
constexpr std::array<std::uint32_t, 256> k_forms_by_last_byte = [] {
  static_assert(k_forms.size() <= 32);
  std::array<std::uint32_t, 256> forms{};
  for (std::size_t byte = 0; byte < forms.size(); ++byte) {
    const char last = static_cast<char>(byte);
    for (std::size_t i = 0; i < k_forms.size(); ++i) {
      const bool fits = ends_in_placeholder(k_forms[i]) ? is_stamp(last) : last == k_forms[i].suffix.back();
      if (fits) forms[byte] |= std::uint32_t{1} << i;
    }
  }
  return forms;
}();

std::optional<Artifact> match(const Form& form, std::string_view name) {
  if (!name.starts_with(form.prefix)) return std::nullopt;
  std::string_view rest = name.substr(form.prefix.size());
  Artifact artifact{.kind = form.kind, .primary = {}, .pid = {}, .when = {}, .ours = form.ours};
  for (std::size_t i = form.suffix.size(); i > 0;) {
    if (i >= 2 && form.suffix[i - 2] == '%') {
      if (!take_placeholder(form.suffix[i - 1], rest, artifact)) return std::nullopt;
      i -= 2;
    } else {
      if (!rest.ends_with(form.suffix[i - 1])) return std::nullopt;
      rest.remove_suffix(1);
      i -= 1;
    }
  }
  if (rest.empty() && form.names_primary) return std::nullopt;
  artifact.primary = rest;
  artifact.shortened = form.ours && is_shortened(rest);
  return artifact;
}

std::string_view word_of(ArtifactKind kind) {
  switch (kind) {
    case ArtifactKind::claim: return "claim";
    case ArtifactKind::backup: return "bak";
    case ArtifactKind::sidecar: return "corrupt";
    case ArtifactKind::quarantined: return "quarantined";
    case ArtifactKind::temporary:
    case ArtifactKind::tombstone:
    case ArtifactKind::lock: break;
  }
  assert(false && "not a kind of artifact that is made under a dated name");
  return {};
}

}  // namespace

std::optional<Artifact> parse_artifact(std::string_view name) {
  if (name.empty()) return std::nullopt;
  std::uint32_t forms = k_forms_by_last_byte[static_cast<unsigned char>(name.back())];
  for (; forms != 0; forms &= forms - 1) {
    const auto first = static_cast<std::size_t>(std::countr_zero(forms));
    if (auto artifact = match(k_forms[first], name)) return artifact;
  }
  return std::nullopt;
}

Name shortened_primary(std::string_view name) { return shortened(name); }

Name session_behind(const Artifact& artifact) {
  Name name = artifact.primary;
  while (const std::optional<Artifact> nearer = parse_artifact(name)) name = nearer->primary;
  return name;
}

Name make_artifact_name(ArtifactKind kind, std::string_view primary, TimePoint when, long pid,
                        unsigned counter) {
  const std::string suffix = '.' + std::string(word_of(kind)) + '-' + format_compact(when) + '-' +
                             std::to_string(pid) + '-' + std::to_string(counter);
  // A claim is put back under the name it tells: that must be the whole one.
  return kind == ArtifactKind::claim ? Name(primary) + suffix : with_suffix(primary, suffix);
}

}  // namespace session
