#include "commands/verify/baseline_file.h"

#include <algorithm>
#include <array>
#include <istream>
#include <nlohmann/json.hpp>
#include <optional>
#include <streambuf>
#include <utility>

#include "cli/base64.h"
#include "session/atomic_write.h"

namespace session::commands {

namespace {

using cli::Json;

constexpr std::uint64_t k_version = 1;

/// An input as the parser wants it.
class InputBuffer final : public std::streambuf {
 public:
  explicit InputBuffer(cli::Input& input) : input_(input) {}
  [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }

 private:
  int_type underflow() override {
    const Result<std::size_t> length = input_.read(piece_);
    if (!length) failure_ = length.error();
    if (!length || *length == 0) return traits_type::eof();
    setg(piece_.data(), piece_.data(), piece_.data() + *length);
    return traits_type::to_int_type(piece_.front());
  }

  cli::Input& input_;
  std::array<char, 64 * 1024> piece_;
  std::optional<Error> failure_;
};

/// What the parser meets, from the whole file down to the finding. Members in any order, because a tool may
/// have sorted them; unknown ones are passed over.
class Entries final : public Json::json_sax_t {
 public:
  explicit Entries(const std::function<void(const BaselineEntry&)>& take) : take_(take) {}
  [[nodiscard]] bool is_baseline() const { return version_ == k_version && has_files_; }
  [[nodiscard]] bool is_well_formed() const { return well_formed_; }

  bool key(std::string& name) override {
    if (unknown_ == 0) key_ = name;
    return true;
  }
  bool string(std::string& text) override {
    if (unknown_ != 0) return true;
    if (place_ == Place::entry && (key_ == "path" || key_ == "path_b64")) {
      entry_.path = key_ == "path" ? text : cli::from_base64(text);
    } else if (place_ == Place::finding && (key_ == "kind" || key_ == "message")) {
      (key_ == "kind" ? finding_.kind : finding_.message) = text;
    } else {
      pass();
    }
    return true;
  }
  bool number_unsigned(std::uint64_t number) override {
    if (unknown_ != 0) return true;
    if (place_ == Place::whole && key_ == "baseline") {
      version_ = number;
    } else if (place_ == Place::finding && (key_ == "offset" || key_ == "length")) {
      (key_ == "offset" ? finding_.offset : finding_.length) = number;
    } else {
      pass();
    }
    return true;
  }
  bool null() override { return pass(); }
  bool boolean(bool /*value*/) override { return pass(); }
  bool number_integer(std::int64_t /*value*/) override { return pass(); }
  bool number_float(double /*value*/, const std::string& /*text*/) override { return pass(); }
  bool binary(Json::binary_t& /*value*/) override { return pass(); }

  bool start_object(std::size_t /*size*/) override {
    if (unknown_ == 0 && place_ == Place::outside) return enter(Place::whole);
    if (unknown_ == 0 && place_ == Place::files) {
      entry_ = {};
      has_findings_ = false;
      return enter(Place::entry);
    }
    if (unknown_ == 0 && place_ == Place::findings) {
      finding_ = {};
      return enter(Place::finding);
    }
    return enter_unknown();
  }
  bool end_object() override {
    if (leave_unknown()) return true;
    if (place_ == Place::entry) {
      well_formed_ = well_formed_ && has_findings_ && !entry_.path.empty();
      take_(entry_);
      return enter(Place::files);
    }
    if (place_ == Place::whole) return enter(Place::outside);
    well_formed_ = well_formed_ && !finding_.kind.empty();
    entry_.findings.push_back(std::move(finding_));
    return enter(Place::findings);
  }
  bool start_array(std::size_t /*size*/) override {
    if (unknown_ == 0 && place_ == Place::whole && key_ == "files") {
      has_files_ = true;
      return enter(Place::files);
    }
    if (unknown_ == 0 && place_ == Place::entry && key_ == "findings") {
      has_findings_ = true;
      return enter(Place::findings);
    }
    return enter_unknown();
  }
  bool end_array() override {
    return leave_unknown() || enter(place_ == Place::findings ? Place::entry : Place::whole);
  }
  bool parse_error(std::size_t /*position*/, const std::string& /*token*/,
                   const Json::exception& /*why*/) override {
    return false;
  }

 private:
  enum class Place : std::uint8_t { outside, whole, files, entry, findings, finding };

  bool enter(Place place) {
    place_ = place;
    return true;
  }
  bool enter_unknown() {
    pass();
    ++unknown_;
    return true;
  }
  bool leave_unknown() {
    if (unknown_ == 0) return false;
    --unknown_;
    return true;
  }
  /// A value that is not of the form: of no matter under an unknown name.
  bool pass() {
    static constexpr std::array<std::string_view, 7> k_known{"path",   "path_b64", "findings", "kind",
                                                             "offset", "length",   "message"};
    if (unknown_ != 0 || place_ == Place::outside || place_ == Place::whole) return true;
    const bool is_element = place_ == Place::files || place_ == Place::findings;
    if (is_element || std::find(k_known.begin(), k_known.end(), key_) != k_known.end()) well_formed_ = false;
    return true;
  }

  const std::function<void(const BaselineEntry&)>& take_;
  Place place_ = Place::outside;
  std::uint64_t unknown_ = 0;  ///< open containers that nothing is known of
  std::string key_;
  BaselineEntry entry_;
  bool has_findings_ = false;  ///< the entry
  BaselineFinding finding_;
  std::uint64_t version_ = 0;
  bool has_files_ = false;
  bool well_formed_ = true;
};

Json record_of(const BaselineEntry& entry) {
  Json record;
  cli::add_path(record, entry.path);
  record["findings"] = Json::array();
  for (const BaselineFinding& finding : entry.findings) {
    Json& each = record["findings"].emplace_back();
    each["kind"] = finding.kind;
    if (finding.offset) each["offset"] = *finding.offset;
    if (finding.length) each["length"] = *finding.length;
    each["message"] = finding.message;
  }
  return record;
}

/// The lines of `record` as they stand `depth` levels deep in a larger one.
std::string indented(const Json& record, std::size_t depth) {
  const std::string text = record.dump(1, ' ', false, Json::error_handler_t::replace);
  const std::string indent(depth, ' ');
  std::string lines = indent;
  for (const char c : text) {
    lines += c;
    if (c == '\n') lines += indent;
  }
  return lines;
}

}  // namespace

Result<void, std::string> read_baseline_file(cli::Input& input,
                                             const std::function<void(const BaselineEntry&)>& take) {
  InputBuffer buffer(input);
  std::istream stream(&buffer);
  Entries entries(take);
  const bool parsed = Json::sax_parse(stream, &entries);
  if (buffer.failure()) return Unexpected{describe(*buffer.failure())};
  if (!parsed || !entries.is_baseline()) return Unexpected{std::string("not a baseline of version 1")};
  if (!entries.is_well_formed()) return Unexpected{std::string("an entry does not have the form of one")};
  return {};
}

void BaselineFileWriter::add(const BaselineEntry& entry) {
  entries_.add(std::exchange(empty_, false) ? "\n" : ",\n");
  entries_.add(indented(record_of(entry), 2));
}

Result<void> BaselineFileWriter::write(Fs& fs, const Path& file) {
  if (entries_.refused()) return Unexpected{*entries_.refused()};
  const Result<Place> place = open_parent_resolved(fs, file);
  if (!place) return Unexpected{place.error()};
  WriteOptions options;
  options.new_file_mode = 0644;  // under version control, with the fixtures it is about
  options.durability = Durability::none;
  const MakeContent content = [this](const WritePiece& write) -> Result<void> {
    if (Result<void> head = write("{\n \"baseline\": " + std::to_string(k_version) + ",\n \"files\": [");
        !head) {
      return head;
    }
    if (Result<void> body = entries_.replay(write); !body) return body;
    return write(empty_ ? "]\n}\n" : "\n ]\n}\n");
  };
  const Result<Written> written = atomic_write(fs, place->dir, place->name, content, options);
  return written ? Result<void>() : Unexpected{written.error()};
}

}  // namespace session::commands
