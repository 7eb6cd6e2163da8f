#include "support/run_process.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <csignal>

#include "support/temp_dir.h"

using namespace session::test;

TEST_CASE("a process gets its input, and its outputs and status come back apart") {
  const ProcessResult result = run_process({"sh", "-c", "cat; echo problem >&2; exit 3"}, {.input = "hello"});
  CHECK(result.status == 3);
  CHECK(result.signal == 0);
  CHECK(result.out == "hello");
  CHECK(result.err == "problem\n");
}

TEST_CASE("more than a pipe holds goes in and out") {
  const std::string much(3'000'000, 'x');
  CHECK(run_process({"cat"}, {.input = much}).out == much);
  CHECK(run_process({"true"}, {.input = much}).status == 0);
}

TEST_CASE("directory and environment are the ones asked for") {
  const TempDir dir;
  const ProcessResult result =
      run_process({"sh", "-c", "pwd; echo \"$SESSION_TEST_WORD\""},
                  {.directory = dir.path(), .environment = {{"SESSION_TEST_WORD", "w"}}});
  CHECK(result.out == dir.path() + "\nw\n");
}

TEST_CASE("a command that does not exist is a failed process, not a crash") {
  CHECK(run_process({"/nonexistent/tool"}).status == 127);
}

TEST_CASE("a process of another user has that user's rights") {
  if (::geteuid() != 0) {
    MESSAGE("skipped: only root may become another user");
    return;
  }
  CHECK(run_process({"id", "-u"}, {.user = 65534}).out == "65534\n");
}

TEST_CASE("a running process is waited for, written to and signalled") {
  Process process({"sh", "-c", "echo ready; read line; echo \"got $line\"; exec sleep 60"});
  CHECK(process.wait_for("ready"));
  process.write("a line\n");
  CHECK(process.wait_for("got a line"));
  process.send(SIGTERM);
  const ProcessResult result = process.wait();
  CHECK(result.signal == SIGTERM);
  CHECK(result.status == -1);
}
