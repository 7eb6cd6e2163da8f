#include "repair/mend/byte_grammar.h"

#include <string_view>
#include <utility>

namespace session::repair {
namespace {

using State = ByteState;

constexpr void set(ByteGrammar& table, State from, std::string_view bytes, State to,
                   Nesting nesting = Nesting::none) {
  for (const char byte : bytes) {
    table[static_cast<std::size_t>(from)][static_cast<unsigned char>(byte)] = {to, nesting};
  }
}

constexpr std::string_view k_blanks = " \t\r\n";
constexpr std::string_view k_decimal_digits = "0123456789";

constexpr void add_value(ByteGrammar& table, State from) {
  set(table, from, k_blanks, from);
  set(table, from, "{", State::first_key, Nesting::opens_object);
  set(table, from, "[", State::first_value, Nesting::opens_array);
  set(table, from, "\"", State::text);
  set(table, from, "-", State::minus);
  set(table, from, k_decimal_digits, State::integer);
  set(table, from, "0", State::zero);
  set(table, from, "t", State::t);
  set(table, from, "f", State::f);
  set(table, from, "n", State::n);
}

constexpr void add_end_of_value(ByteGrammar& table, State from) {
  set(table, from, k_blanks, State::after_value);
  set(table, from, "}", State::after_value, Nesting::closes_object);
  set(table, from, "]", State::after_value, Nesting::closes_array);
  set(table, from, ",", State::value, Nesting::separates);
}

constexpr void add_string(ByteGrammar& table, State text, State escape, State behind) {
  for (std::size_t byte = 0x20; byte < 256; ++byte) table[static_cast<std::size_t>(text)][byte] = {text, {}};
  set(table, text, "\"", behind);
  set(table, text, "\\", escape);
  set(table, escape, "\"\\/bfnrtu", text);
}

constexpr void add_numbers(ByteGrammar& table) {
  set(table, State::minus, k_decimal_digits, State::integer);
  set(table, State::minus, "0", State::zero);
  for (const State whole : {State::zero, State::integer}) {
    add_end_of_value(table, whole);
    set(table, whole, ".", State::point);
    set(table, whole, "eE", State::exponent);
  }
  set(table, State::integer, k_decimal_digits, State::integer);
  for (const State fraction : {State::point, State::fraction}) {
    set(table, fraction, k_decimal_digits, State::fraction);
  }
  add_end_of_value(table, State::fraction);
  set(table, State::fraction, "eE", State::exponent);
  set(table, State::exponent, "+-", State::exponent_sign);
  for (const State digits : {State::exponent, State::exponent_sign, State::exponent_digits}) {
    set(table, digits, k_decimal_digits, State::exponent_digits);
  }
  add_end_of_value(table, State::exponent_digits);
}

constexpr ByteGrammar make_table() {
  ByteGrammar table{};
  for (const State value : {State::first_value, State::value}) add_value(table, value);
  set(table, State::first_value, "]", State::after_value, Nesting::closes_array);
  for (const State key : {State::first_key, State::key}) {
    set(table, key, k_blanks, key);
    set(table, key, "\"", State::key_text);
  }
  set(table, State::first_key, "}", State::after_value, Nesting::closes_object);
  set(table, State::colon, k_blanks, State::colon);
  set(table, State::colon, ":", State::value);
  add_end_of_value(table, State::after_value);
  add_string(table, State::key_text, State::key_escape, State::colon);
  add_string(table, State::text, State::text_escape, State::after_value);
  add_numbers(table);
  constexpr std::pair<State, char> k_letters[] = {
      {State::t, 'r'},   {State::tr, 'u'},   {State::tru, 'e'}, {State::f, 'a'},  {State::fa, 'l'},
      {State::fal, 's'}, {State::fals, 'e'}, {State::n, 'u'},   {State::nu, 'l'}, {State::nul, 'l'}};
  for (const auto& [state, letter] : k_letters) {
    const bool is_last = state == State::tru || state == State::fals || state == State::nul;
    const auto next = static_cast<State>(static_cast<std::size_t>(state) + 1);
    table[static_cast<std::size_t>(state)][static_cast<unsigned char>(letter)] = {
        is_last ? State::after_value : next, Nesting::none};
  }
  return table;
}

}  // namespace

constinit const ByteGrammar k_byte_grammar = make_table();

}  // namespace session::repair
