#include "commands/verify/shard.h"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <charconv>

#include "session/names.h"

namespace session::commands {
namespace {

constexpr std::uint32_t k_most_shards = 65'535;

/// FNV-1a, 64 bits (draft-eastlake-fnv): the same on every machine and in every version.
std::uint64_t hash_of(std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char byte : name) {
    hash ^= static_cast<unsigned char>(byte);
    hash *= 0x100000001b3U;
  }
  return hash;
}

std::optional<std::uint32_t> parse_number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value == 0 || value > k_most_shards) {
    return std::nullopt;
  }
  return value;
}

}  // namespace

bool Shard::has(std::string_view name) const {
  if (count == 1) return true;
  const std::optional<Artifact> artifact = parse_artifact(name);
  const std::string_view owner = artifact && !artifact->primary.empty() ? artifact->primary : name;
  // Some writers drop the suffix from the names of their temporaries.
  return hash_of(owner.substr(0, owner.find('.'))) % count == index - 1;
}

std::optional<Shard> parse_shard(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto index = parse_number(text.substr(0, slash)), count = parse_number(text.substr(slash + 1));
  if (!index || !count || *index > *count) return std::nullopt;
  return Shard{*index, *count};
}

void add_shard(CLI::App& app, Shard& shard) {
  app.add_option_function<std::string>(
         "--shard", [&shard](const std::string& text) { shard = *parse_shard(text); },
         "Work on the I-th of N parts of the files; N runs, on one machine or many, work on all of them")
      ->type_name("I/N")
      ->check(CLI::Validator(
          [](const std::string& text) {
            return parse_shard(text)
                       ? std::string()
                       : fmt::format("'{}' is no part of a whole; such as 1/4, up to 4/4 (at most {} parts)",
                                     text, k_most_shards);
          },
          ""));
}

}  // namespace session::commands
