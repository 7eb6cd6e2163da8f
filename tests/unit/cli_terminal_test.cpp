#include <doctest/doctest.h>

#include "cli/shell.h"
#include "cli/terminal.h"
#include "support/environment.h"

using namespace session;
using namespace session::cli;
using session::test::environment_of;

TEST_CASE("names are escaped where they could disturb or deceive a terminal") {
  CHECK(escape_for_terminal("plain name.json") == "plain name.json");
  CHECK(escape_for_terminal("gr\xC3\xBC\xC3\x9F.json") == "gr\xC3\xBC\xC3\x9F.json");
  CHECK(escape_for_terminal("a\x1B[31mb\n\x7F") == "a\\x1B[31mb\\x0A\\x7F");
  CHECK(escape_for_terminal("\xE2\x80\xAEgnp.exe") == "\\u{202E}gnp.exe");
  CHECK(escape_for_terminal("a\xE2\x80\x8B") == "a\\u{200B}");
  CHECK(escape_for_terminal("\xC2\x9B") == "\\u{9B}");
  CHECK(escape_for_terminal("\xFF\xC0\xAF\xED\xA0\x80") == "\\xFF\\xC0\\xAF\\xED\\xA0\\x80");
  CHECK(escape_for_terminal("\xEF\xBF\xBE \xEF\xBF\xBF \xEF\xB7\x90 \xF4\x8F\xBF\xBF \xEF\xBF\xBD") ==
        "\\u{FFFE} \\u{FFFF} \\u{FDD0} \\u{10FFFF} \xEF\xBF\xBD");
  CHECK(escape_for_terminal("cut \xE2\x82") == "cut \\xE2\\x82");
}

TEST_CASE("a command line is told as a shell reads it back, and as a terminal may show it") {
  CHECK(quote_for_shell("a/b-1.json") == "a/b-1.json");
  CHECK(quote_for_shell("") == "''");
  CHECK(quote_for_shell("it's $HOME") == "'it'\\''s $HOME'");
  CHECK(quote_for_shell("gr\xC3\xBC\xC3\x9F") == "'gr\xC3\xBC\xC3\x9F'");
  CHECK(quote_for_shell("a\n'\\") == "$'a\\012\\'\\\\'");
  CHECK(quote_for_shell("\xFF") == "$'\\377'");
  CHECK(quote_for_shell("\xE2\x80\xAEgnp") == "$'\\342\\200\\256gnp'");
  CHECK(path_words({"a", "b c"}) == " a 'b c'");
  CHECK(path_words({"a", "-b"}) == " -- a -b");
  CHECK(path_words({}) == "");
}

TEST_CASE("colour: the option, then the variables, then the terminal") {
  const Environment none = environment_of({});
  CHECK(takes_color(true, ColorChoice::automatic, none));
  CHECK_FALSE(takes_color(false, ColorChoice::automatic, none));
  CHECK(takes_color(false, ColorChoice::always, environment_of({{"NO_COLOR", "1"}})));
  CHECK_FALSE(takes_color(true, ColorChoice::never, environment_of({{"CLICOLOR_FORCE", "1"}})));
  CHECK_FALSE(takes_color(true, ColorChoice::automatic,
                          environment_of({{"NO_COLOR", "1"}, {"CLICOLOR_FORCE", "1"}})));
  CHECK(takes_color(true, ColorChoice::automatic, environment_of({{"NO_COLOR", ""}})));
  CHECK(takes_color(false, ColorChoice::automatic, environment_of({{"CLICOLOR_FORCE", "1"}})));
  CHECK_FALSE(takes_color(false, ColorChoice::automatic, environment_of({{"CLICOLOR_FORCE", "0"}})));
  CHECK_FALSE(takes_color(true, ColorChoice::automatic, environment_of({{"TERM", "dumb"}})));
}
