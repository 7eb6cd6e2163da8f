#include "check/outline.h"

#include <algorithm>
#include <array>

#include "json/byte_search.h"
#include "json/utf8.h"

namespace session::check {
namespace {

struct Signature {
  std::string_view bytes;
  std::string_view name;
};

using namespace std::string_view_literals;

constexpr std::array k_signatures{
    Signature{"\x1F\x8B"sv, "gzip"},
    Signature{"\x28\xB5\x2F\xFD"sv, "zstd"},
    Signature{"SQLite format 3\0"sv, "SQLite"},
    Signature{"PK\x03\x04"sv, "zip"},
    Signature{"BZh"sv, "bzip2"},
    Signature{"\xFD"
              "7zXZ\0"sv,
              "xz"},
    Signature{"\x04\x22\x4D\x18"sv, "lz4"},
    Signature{"\x7F"
              "ELF"sv,
              "an executable"},
    Signature{"%PDF-"sv, "PDF"},
    Signature{"\x89PNG"sv, "PNG"},
    Signature{"-----BEGIN "sv, "PEM"},
    Signature{"age-encryption.org/"sv, "age encryption"},
    Signature{"Salted__"sv, "OpenSSL encryption"},
};

bool is_hex(char byte) { return json::hex_value(byte) >= 0; }

/// Encrypted sessions are often stored as nothing but hexadecimal digits.
bool is_hex_text(std::string_view head) {
  while (!head.empty() && json::is_blank(head.back())) head.remove_suffix(1);
  return head.size() >= 32 && std::all_of(head.begin(), head.end(), is_hex) &&
         std::any_of(head.begin(), head.end(), [](char byte) { return !json::is_digit(byte); });
}

/// Text is at most now and then a control character or a byte that is not UTF-8; NULs are judged apart.
bool is_binary(std::string_view head) {
  std::size_t odd = 0;
  const char* p = head.data();
  const char* const end = p + head.size();
  while (p < end) {
    const std::size_t length = json::utf8_character(p, end);
    const auto byte = static_cast<unsigned char>(*p);
    if (length == 0 || (byte < 0x20 && byte != 0 && !json::is_blank(*p))) ++odd;
    p += length == 0 ? 1 : length;
  }
  return odd > 4 && odd * 10 > head.size();
}

}  // namespace

void Outline::reset() {
  kept.clear();
  head = {};
  last_solid = 0;
  has_solid = has_nul = false;
}

void Outline::see(const char* begin, const char* end, Follows follows) {
  const std::size_t wanted = std::min(k_head - head.size(), static_cast<std::size_t>(end - begin));
  if (head.empty() && follows == Follows::nothing) {
    head = {begin, wanted};
  } else if (wanted > 0) {
    kept.append(begin, wanted);
    head = kept;
  }
  for (const char* p = end; p != begin;) {
    --p;
    if (*p != 0 && !json::is_blank(*p)) {
      last_solid = *p;
      has_solid = true;
      return;
    }
    has_nul = has_nul || *p == 0;
  }
}

bool Outline::begins_container() const {
  const std::size_t solid = head.find_first_not_of(" \t\r\n\0"sv);
  return solid != std::string_view::npos && (head[solid] == '{' || head[solid] == '[');
}

std::string_view foreign_format(std::string_view head) {
  for (const Signature& signature : k_signatures) {
    if (head.substr(0, signature.bytes.size()) == signature.bytes) return signature.name;
  }
  const std::size_t solid = head.find_first_not_of(" \t\r\n");
  if (solid == std::string_view::npos) return {};
  const std::string_view text = head.substr(solid);
  const bool markup = text.size() > 1 && text[0] == '<' && text[1] != '<';
  if (markup) return "HTML or XML";
  if (is_hex_text(text)) return "hexadecimal text, perhaps encrypted";
  if (is_binary(text)) return "binary data";
  return {};
}

bool looks_like_json_tail(const Outline& outline) {
  const bool closes = outline.last_solid == '}' || outline.last_solid == ']';
  const std::string_view head = outline.head;
  const auto has = [&head](std::string_view mark) { return head.find(mark) != std::string_view::npos; };
  return closes && (has("\":") || has("\" :") || has("\",") || has("},") || has("}") || has("]"));
}

}  // namespace session::check
