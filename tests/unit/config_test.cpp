#include "session/config.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "support/environment.h"
#include "support/source_file.h"
#include "support/temp_dir.h"

using namespace session;
using namespace std::chrono_literals;
using session::test::environment_of;

namespace {

const Path k_file = "/p/core-config.yaml";

Config good(std::string_view yaml) {
  const auto config = parse_config(yaml, k_file);
  if (!config) FAIL(describe(config.error()));
  return *config;
}

/// "LINE:COLUMN: KEY: PROBLEM; EXPECTED"
std::string refusal(std::string_view yaml) {
  const auto config = parse_config(yaml, k_file);
  if (config) return "accepted";
  const std::string text = describe(config.error());
  REQUIRE(text.starts_with(k_file));
  return text.substr(k_file.size() + 1);
}

std::string value_of(const Config& config, std::string_view key) {
  for (const ConfigValue& value : config_values(config)) {
    if (value.key == key) return value.value + " | " + value.origin;
  }
  return "no such key";
}

}  // namespace

TEST_CASE("a file without our sections gives the defaults") {
  for (const std::string_view yaml :
       {"# nothing\n", "---\n", "project: x\n", "sessions:\n", "synapse:\n", "synapse: {session: {}}\n",
        "synapse: {session: }\n", "b: &b {a: 1}\n<<: *b\nsynapse: {<<: *b}\n", "\n"}) {
    CAPTURE(yaml);
    const Config config = good(yaml);
    CHECK(config.defaults.ttl == 168h);
    CHECK(config.stores.empty());
    CHECK(config.origins.empty());
  }
}

TEST_CASE("the TTL of Synapse is honoured where it stands, ours goes before it") {
  CHECK(good("synapse:\n  session:\n    staleTTLHours: 72\n").defaults.ttl == 72h);
  CHECK(good("synapse: {session: {staleTTLHours: 0.5}}").defaults.ttl == 30min);
  CHECK(good("synapse: {session: {staleTTLHours: 72}}\nsessions: {ttlHours: 48}\n").defaults.ttl == 48h);
  CHECK(good("sessions: {ttlHours: 48}\nsynapse: {session: {staleTTLHours: 72}}\n").defaults.ttl == 48h);
  CHECK(value_of(good("\nsynapse:\n  session:\n    staleTTLHours: 72\n"), "sessions.ttlHours") ==
        "72 | /p/core-config.yaml:4 (synapse.session.staleTTLHours)");
}

TEST_CASE("a TTL of 0 is never, and no other value becomes it") {
  CHECK(good("sessions: {ttlHours: 0}").defaults.ttl == 0ms);
  CHECK(good("sessions: {ttlHours: 0.0}").defaults.ttl == 0ms);
  const std::string_view expected = "a number of hours above 0, or 0";
  const auto refused = [&](std::string_view value) {
    const std::string yaml = "sessions:\n  ttlHours: " + std::string{value} + "\n";
    const std::string text = refusal(yaml);
    return text.starts_with("2:13: sessions.ttlHours: ") && text.ends_with(expected);
  };
  for (const std::string_view value :
       {"-1",   "-0",    "-0.0",       "1e-9",      ".nan", ".inf",  "-.inf", "nan",
        "inf",  "'168'", "\"168\"",    "168h",      "7d",   "0x10",  "1_000", "1,5",
        "true", "1e300", "9999999999", "!!str 168", "+5",   "[168]", "{a: 1}"}) {
    CAPTURE(value);
    if (value.starts_with('[') || value.starts_with('{')) {
      CHECK(refusal("sessions: {ttlHours: " + std::string{value} + "}").find("is not a single value") !=
            std::string::npos);
    } else {
      const std::string text = refusal("sessions:\n  ttlHours: " + std::string{value} + "\n");
      CHECK(text.starts_with("2:"));
      CHECK(text.ends_with(expected));
    }
  }
  CHECK(refused("-1"));
  CHECK(refusal("synapse:\n  session:\n    staleTTLHours: '168'\n")
            .starts_with("3:20: synapse.session.staleTTLHours: "));
  CHECK(refusal("synapse:\n  session:\n    staleTTLHours:\n  x: 1\n") ==
        "3:5: synapse.session.staleTTLHours: has no value; hours > 0, or 0 for never");
  CHECK(refusal("sessions:\n  ttlHours:\n") ==
        "2:3: sessions.ttlHours: has no value; hours > 0, or 0 for never");
}

TEST_CASE("unknown keys in our section are refused with what was meant") {
  CHECK(refusal("a: 1\nsessions:\n  ttlHour: 7\n") ==
        "3:3: sessions.ttlHour: unknown key; did you mean ttlHours?");
  CHECK(refusal("sessions: {clean: {enable: true}}") ==
        "1:20: sessions.clean.enable: unknown key; did you mean enabled?");
  CHECK(refusal("sessions: {stores: [{name: a, path: b, layuot: x}]}") ==
        "1:40: sessions.stores[0].layuot: unknown key; did you mean layout?");
  CHECK(refusal("sessions: {xyzzy: 1}").find("unknown key; known here: ttlHours") != std::string::npos);
}

TEST_CASE("what YAML itself forbids or allows is judged in our part") {
  CHECK(refusal("sessions: {ttlHours: 1, ttlHours: 2}") ==
        "1:25: sessions.ttlHours: stands here a second time");
  CHECK(refusal("sessions: {}\nsessions: {ttlHours: 1}\n") == "2:1: sessions: stands here a second time");
  CHECK(refusal("synapse: {}\nsynapse: {}\n").starts_with("2:1: synapse: stands here a second time"));
  CHECK(refusal("synapse: {session: {staleTTLHours: 1, staleTTLHours: 1}}").find("a second time") !=
        std::string::npos);
  CHECK(refusal("sessions: {ttlHours: !hours 7}").find("the tag !hours is not read here") !=
        std::string::npos);
  CHECK(refusal("d: &d {ttlHours: 7}\nsessions:\n  <<: *d\n").starts_with("3:3: sessions.<<: merge keys"));
  CHECK(refusal("d: &d {staleTTLHours: 7}\nsynapse:\n  session:\n    <<: *d\n")
            .starts_with("4:5: synapse.session.staleTTLHours: may come from a merge key"));
  CHECK(refusal("d: &d {session: {staleTTLHours: 7}}\nsynapse: {<<: [{}, *d]}\n")
            .starts_with("2:11: synapse.session: may come from a merge key"));
  CHECK(refusal("<<: {sessions: {ttlHours: 7}}\n").starts_with("1:1: sessions: may come from a merge key"));
  CHECK(refusal("synapse: 7\n") == "1:10: synapse: is not a map of keys and values");
  CHECK(refusal("synapse: {session: [1]}\n") == "1:20: synapse.session: is not a map of keys and values");
  CHECK(good("t: &ttl 7\nsessions: {ttlHours: *ttl}").defaults.ttl == 7h);
  CHECK(refusal("sessions: &s\n  stores: [*s]\n").find("sessions.stores[0]") != std::string::npos);
  CHECK(refusal("sessions: [1]") == "1:11: sessions: is not a map of keys and values");
  CHECK(refusal("sessions: {stores: {a: b}}").find("sessions.stores: is not a list") != std::string::npos);
  CHECK(refusal("sessions: {[a]: b}").find("a key that is no text") != std::string::npos);
  CHECK(refusal("- a\n- b\n") == "1:1: the file is not a map of sections");
}

TEST_CASE("a file that is no usable YAML is refused as a whole, wherever the fault is") {
  CHECK(refusal("") == " the file is empty; a comment is enough for defaults");
  CHECK(refusal(std::string(64, '\0')) == " the file holds NUL bytes");
  CHECK(refusal(std::string{"a: 1\n\0\0", 7}) == " the file holds NUL bytes");
  CHECK(refusal("a: 1\n---\nb: 2\n") == " the file holds several YAML documents; one is read");
  CHECK(refusal("project:\n  name: [unclosed\n").find("not YAML") != std::string::npos);
  CHECK(refusal("a: b: c\n").starts_with("1:5: not YAML"));
  CHECK(refusal("a: *nowhere\n").find("not YAML") != std::string::npos);
  CHECK(refusal(std::string(5000, '[')).find("not YAML") != std::string::npos);
}

TEST_CASE("stores take over what is set for all, wherever it stands") {
  const Config config = good(R"(
sessions:
  stores:
    - name: a
      path: .synapse/sessions
    - name: b
      path: /abs
      layout: miniclaw
      ttlHours: 0
      keepNewest: 7
      maxDelete: 25%
      onUndatable: mtime
      trash: true
      trashTtlHours: 24
      enabled: false
  ttlHours: 48
  maxDelete: 10
)");
  REQUIRE(config.stores.size() == 2);
  const StoreConfig& a = config.stores[0];
  CHECK(a.path == "/p/.synapse/sessions");
  CHECK(a.layout.empty());
  CHECK(a.enabled);
  CHECK(a.retention.ttl == 48h);
  CHECK(a.retention.max_delete_count == 10);
  CHECK_FALSE(a.trash);
  const StoreConfig& b = config.stores[1];
  CHECK(b.path == "/abs");
  CHECK(b.layout == "miniclaw");
  CHECK_FALSE(b.enabled);
  CHECK(b.retention.ttl == 0ms);
  CHECK(b.retention.keep_newest == 7);
  CHECK_FALSE(b.retention.max_delete_count.has_value());
  CHECK(b.retention.max_delete_percent == 25.0);
  CHECK(b.retention.on_undatable == OnUndatable::mtime);
  CHECK(b.trash);
  CHECK(b.trash_ttl == 24h);
  CHECK(value_of(config, "sessions.stores[0].ttlHours") == "48 | /p/core-config.yaml:16");
  CHECK(value_of(config, "sessions.stores[1].ttlHours") == "0 | /p/core-config.yaml:9");
  CHECK(value_of(config, "sessions.stores[1].maxDelete") == "25% | /p/core-config.yaml:11");
}

TEST_CASE("stores that cannot be meant are refused") {
  CHECK(refusal("sessions: {stores: [{path: a}]}") == "1:21: sessions.stores[0]: has no name; name: ...");
  CHECK(refusal("sessions: {stores: [{name: a}]}") == "1:21: sessions.stores[0]: has no path; path: ...");
  CHECK(refusal("sessions: {stores: [{name: a, path: b}, {name: a, path: c}]}").find("of an earlier store") !=
        std::string::npos);
  CHECK(refusal("sessions: {stores: [{name: a, path: b, layout: synaps}]}") ==
        "1:48: sessions.stores[0].layout: there is no layout 'synaps'; did you mean synapse?");
  CHECK(refusal("sessions: {stores: [{name: a, path: ''}]}").find("must not be empty") != std::string::npos);
  CHECK(refusal("sessions: {stores: [{name: a, path: b, maxDelete: 101%}]}").find("is no limit") !=
        std::string::npos);
  CHECK(refusal("sessions: {stores: [{name: a, path: b, keepNewest: 1.5}]}").find("is not a whole number") !=
        std::string::npos);
  CHECK(refusal("sessions: {trash: yes}").find("'yes' is not true or false") != std::string::npos);
  CHECK(refusal("sessions: {onUndatable: mtimes}").find("did you mean mtime?") != std::string::npos);
}

TEST_CASE("a layout of one's own is used by its name, wherever it stands") {
  const Config config = good(R"(
sessions:
  stores: [{name: notes, path: notes, layout: notebook}]
  layouts:
    - name: notebook
      format: jsonl
      suffix: .note
      idPointer: /id
      activityPointers: [/updated, /created]
      sideNames: [index.json]
      required: [/id, /cells]
      recursive: true
)");
  REQUIRE(config.custom_layouts.size() == 1);
  const Layout& layout = config.custom_layouts[0];
  CHECK(layout.format == Format::json_lines);
  CHECK(layout.suffix == ".note");
  CHECK(layout.activity_pointers == std::vector<std::string>{"/updated", "/created"});
  REQUIRE(layout.fields.size() == 2);
  CHECK(layout.fields[1].path == "/cells");
  CHECK(layout.fields[1].presence == Presence::required);
  CHECK(layout.recursive);
  CHECK(value_of(config, "sessions.layouts[0].activityPointers") ==
        "[/updated, /created] | /p/core-config.yaml:9");
}

TEST_CASE("layouts that could not work are refused") {
  CHECK(refusal("sessions: {layouts: [{name: a}]}").find("could never expire") != std::string::npos);
  CHECK(refusal("sessions: {layouts: [{name: synapse, expiry: never}]}").find("of another layout") !=
        std::string::npos);
  CHECK(refusal("sessions: {layouts: [{name: a, activityPointers: [updated]}]}") ==
        "1:50: sessions.layouts[0].activityPointers: 'updated' is no JSON pointer; /updated");
  CHECK(refusal("sessions: {layouts: [{name: a, activityPointers: /updated}]}").find("is not a list") !=
        std::string::npos);
}

TEST_CASE("a large file of a host project is read through: ours strictly, the rest not at all") {
  const Bytes yaml = test::read_file(test::source_file("tests/data/config/large-host.yaml"));
  REQUIRE(std::ranges::count(yaml, '\n') > 400);
  const Config config = good(yaml);
  CHECK(config.defaults.ttl == 240h);
  REQUIRE(config.stores.size() == 2);
  CHECK(config.stores[0].retention.ttl == 240h);
  CHECK(config.stores[1].retention.ttl == 0ms);
  // Broken in our part, at the very end, it is refused with the right line.
  std::string broken = yaml;
  broken.erase(broken.find("s: 0\n..."), 1);
  const auto refused = parse_config(broken, k_file);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().line == static_cast<std::size_t>(std::ranges::count(yaml, '\n')) - 1);
  CHECK(refused.error().key == "sessions.stores[1].ttlHour");
}

TEST_CASE("the project of a file in a framework's folder is the directory above it") {
  const auto project = [](const Path& file) { return parse_config("a: 1", file)->project; };
  CHECK(project("/p/core-config.yaml") == "/p");
  CHECK(project("/p/.aiox-core/core-config.yaml") == "/p");
  CHECK(project("/.aios-core/core-config.yaml") == "/");
  CHECK(project("core-config.yaml") == ".");
  CHECK(project("/core-config.yaml") == "/");
}

TEST_CASE("variables go before the file, of every store too, and are checked alike") {
  Config config = good("sessions: {ttlHours: 48, stores: [{name: a, path: b, ttlHours: 1}]}");
  const auto done = apply_environment(
      config, environment_of({{"SESSION_TTL_HOURS", "7d"}, {"SESSION_LOCK_TIMEOUT_SECONDS", "500ms"}}));
  REQUIRE(done);
  CHECK(config.defaults.ttl == 168h);
  CHECK(config.stores[0].retention.ttl == 168h);
  CHECK(config.lock_timeout == 500ms);
  CHECK(value_of(config, "sessions.ttlHours") == "168 | environment SESSION_TTL_HOURS");
  CHECK(value_of(config, "sessions.stores[0].ttlHours") == "168 | environment SESSION_TTL_HOURS");
  for (const std::string_view text : {"", "-1", "nan", "banana", "7x"}) {
    CAPTURE(text);
    const auto refused =
        apply_environment(config, environment_of({{"SESSION_TTL_HOURS", std::string{text}}}));
    REQUIRE_FALSE(refused);
    CHECK(describe(refused.error()).starts_with("environment SESSION_TTL_HOURS: "));
  }
  CHECK(config.defaults.ttl == 168h);
}

TEST_CASE("a flag goes before everything") {
  Config config = good("sessions: {ttlHours: 48}");
  REQUIRE(set_key(config, "sessions.ttlHours", "30m", "--ttl"));
  CHECK(value_of(config, "sessions.ttlHours") == "0.5 | --ttl");
  const auto refused = set_key(config, "sessions.ttlHours", "soon", "--ttl");
  REQUIRE_FALSE(refused);
  CHECK(describe(refused.error()) ==
        "--ttl: 'soon' is not a number of hours; a number of hours above 0, or 0");
}
