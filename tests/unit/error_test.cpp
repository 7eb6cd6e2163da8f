#include "session/error.h"

#include <doctest/doctest.h>

#include <cerrno>

using namespace session;

TEST_CASE("errno values fall into the classes callers branch on") {
  CHECK(errc_of(ENOSPC) == Errc::no_space);
  CHECK(errc_of(EDQUOT) == Errc::no_space);
  CHECK(errc_of(EROFS) == Errc::read_only);
  CHECK(errc_of(EACCES) == Errc::denied);
  CHECK(errc_of(EIO) == Errc::io);
}

TEST_CASE("a description names the subject, the operation and the reason") {
  const Error full = fail_errno(ENOSPC, Op::write, "/s/a.json").error;
  CHECK(describe(full) == "/s/a.json: write: No space left on device");
  const Error changed = fail(Errc::changed, Op::rename, "a.json").error;
  CHECK(describe(changed) == "a.json: rename: changed since it was read; nothing was done to it");
  const Error bad = fail(Errc::bad_argument, Op::validate, "../x", "an id must not contain '/'").error;
  CHECK(describe(bad) == "../x: validate: an id must not contain '/'");
}
