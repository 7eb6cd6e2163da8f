#pragma once
// Tokens as values: what the text of a string or number means.

#include <cstdint>
#include <optional>
#include <string>

#include "json/scanner.h"

namespace session::json {

/// A string's content, escapes resolved; a lone surrogate becomes U+FFFD.
std::string text_of(const Token& string);
/// The same; `buffer` is used only where there are escapes to resolve.
std::string_view text_of(const Token& string, std::string& buffer);
/// Equal for strings that mean the same, however they are escaped.
std::uint64_t hash_of_string(const Token& string);
std::uint64_t hash_of_bytes(std::string_view bytes);

bool fits_64_bits(const Token& integer);
/// Whether the number is finite as a double; underflow to zero is.
bool fits_double(const Token& number);
/// Nullopt where it does not fit.
std::optional<double> number_of(const Token& number);

}  // namespace session::json
