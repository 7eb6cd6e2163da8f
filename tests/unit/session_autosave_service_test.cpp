// session-save --autosave as a service: what it tells systemd, the unit that is shipped, and the gateways of
// docs/autosave.md, run as they stand there.

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include "support/run_process.h"
#include "support/source_file.h"
#include "support/temp_dir.h"

using namespace session::test;

namespace {

namespace files = std::filesystem;

/// The socket at which a service manager is told; `name` as in $NOTIFY_SOCKET.
class ServiceManager {
 public:
  explicit ServiceManager(const std::string& name)
      : descriptor_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name.data(), name.size());
    if (name.front() == '@') address.sun_path[0] = '\0';
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    const timeval patience{60, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    if (::bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), length) != 0) {
      throw std::runtime_error("bind " + name);
    }
  }
  ServiceManager(const ServiceManager&) = delete;
  ServiceManager& operator=(const ServiceManager&) = delete;
  ~ServiceManager() { ::close(descriptor_); }

  /// The next message; empty if none comes.
  [[nodiscard]] std::string receive() const {
    std::array<char, 256> message;
    const ssize_t length = ::recv(descriptor_, message.data(), message.size(), 0);
    return length <= 0 ? "" : std::string(message.data(), static_cast<std::size_t>(length));
  }

 private:
  int descriptor_;
};

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  const std::size_t at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), by);
}

/// The first block of `language` in docs/autosave.md.
std::string documented(const std::string& language) {
  const std::string page = read_file(source_file("docs/autosave.md"));
  const std::string fence = "\n```" + language + "\n";
  const std::size_t begin = page.find(fence);
  REQUIRE(begin != std::string::npos);
  return page.substr(begin + fence.size(), page.find("\n```\n", begin + fence.size()) - begin - fence.size());
}

bool has_program(const std::string& name) {
  return run_process({"sh", "-c", "command -v " + name}).status == 0;
}

std::string bin_directory() { return files::path(tool_path("session-save")).parent_path(); }

}  // namespace

TEST_CASE("the service manager is told when clients may come, and when the end begins") {
  const TempDir root;
  for (const std::string& name : {root / "notify", "@session-test-" + std::to_string(::getpid())}) {
    CAPTURE(name);
    const ServiceManager manager(name);
    Process process(
        {tool_path("session-save"), "--autosave", "--store", root / "store", "--listen", root / "socket"},
        {.environment = {{"NOTIFY_SOCKET", name}}});
    CHECK(manager.receive() == "READY=1");
    CHECK(files::exists(root / "socket"));
    process.send(SIGTERM);
    CHECK(manager.receive() == "STOPPING=1");
    CHECK(process.wait().status == 0);
  }
}

TEST_CASE("a service manager that cannot be told is no reason not to serve") {
  const TempDir root;
  const ProcessResult result =
      run_process({tool_path("session-save"), "--autosave", "--store", root / "store"},
                  {.input = R"({"id":"a","session":[1]})", .environment = {{"NOTIFY_SOCKET", root / "no"}}});
  CHECK(result.status == 0);
  CHECK(result.err.find("the service manager is not told READY=1: ") != std::string::npos);
  CHECK(read_file(root / "store/a.json") == "[1]");
}

TEST_CASE("the unit is one that systemd understands") {
  if (!has_program("systemd-analyze")) {
    MESSAGE("skipped: systemd-analyze is not installed");
    return;
  }
  const TempDir root;
  const std::string unit = read_file(source_file("tools/packaging/systemd/session-autosave.service.in"));
  write_file(root / "session-autosave.service", replaced(unit, "@bindir@", bin_directory()));
  const ProcessResult result =
      run_process({"systemd-analyze", "--man=no", "verify", root / "session-autosave.service"});
  CHECK(result.status == 0);
  CHECK(result.out + result.err == "");
}

TEST_CASE("the documented gateway that pipes") {
  const TempDir root;
  write_file(root / "gateway", documented("sh"));
  const ProcessResult result = run_process(
      {"sh", root / "gateway"}, {.input = "42 hello\n7 you\n42 bye\n",
                                 .directory = root.path(),
                                 .environment = {{"PATH", bin_directory() + ":" + ::getenv("PATH")}}});
  CHECK(result.status == 0);
  CHECK(read_file(root / "sessions/telegram_42.json") == R"({"messages_seen":3,"last_length":3})");
  CHECK(read_file(root / "sessions/telegram_7.json") == R"({"messages_seen":2,"last_length":3})");
}

TEST_CASE("the documented gateway that connects") {
  if (!has_program("python3")) {
    MESSAGE("skipped: python3 is not installed");
    return;
  }
  const TempDir root;
  Process process(
      {tool_path("session-save"), "--autosave", "--store", root / "store", "--listen", root / "socket"});
  REQUIRE(process.wait_for("listening at"));
  const std::string program =
      replaced(documented("python"), "/run/session-autosave/sessions.sock", root / "socket");
  const ProcessResult result = run_process({"python3", "-c", program});
  CHECK(result.status == 0);
  CHECK(result.err == "");
  // Already, because it asked for a flush.
  CHECK(read_file(root / "store/telegram_42.json") ==
        R"({"session_id": "telegram_42", "messages": [], "last_accessed": "2026-11-21T12:00:00Z"})");
  process.send(SIGTERM);
  CHECK(process.wait().status == 0);
}

TEST_CASE("nobody reads the log: work goes on, and the end comes") {
  const TempDir root;
  const std::string store = root / "sessions";
  // A pipe that the process itself holds open, so that it is full and never broken.
  const std::string script = "mkfifo \"$1\"; exec 7<>\"$1\"; shift; exec \"$0\" \"$@\" 2>&7";
  std::string input;
  for (int i = 0; i < 3'000; ++i) input += "nonsense\n";
  input += R"({"op":"put","id":"a","session":[1]})"
           "\n";
  const ProcessResult result = run_process({"sh", "-c", script, tool_path("session-save"), root / "log",
                                            "--autosave", "--store", store, "--durability", "none"},
                                           {.input = input});
  CHECK(result.status == 0);
  CHECK(read_file(store + "/a.json") == "[1]");
}
