#pragma once
// Tokens as values: what the text of a string or number means.

#include <cstdint>
#include <optional>
#include <string>

#include "json/scanner.h"

namespace session::check {

/// A string's content, escapes resolved; a lone surrogate becomes U+FFFD.
std::string text_of(const json::Token& string);
/// The same; `buffer` is used only where there are escapes to resolve.
std::string_view text_of(const json::Token& string, std::string& buffer);
/// Equal for strings that mean the same, however they are escaped.
std::uint64_t hash_of_string(const json::Token& string);
std::uint64_t hash_of_bytes(std::string_view bytes);

bool fits_64_bits(const json::Token& integer);
/// Whether the number is finite as a double; underflow to zero is.
bool fits_double(const json::Token& number);
/// Nullopt where it does not fit.
std::optional<double> number_of(const json::Token& number);

}  // namespace session::check
