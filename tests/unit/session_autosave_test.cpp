// session-save --autosave as a gateway sees it: fed by standard input and by clients of its socket, on disks
// that fail, with clients that misbehave, and ended by signals.

#include <doctest/doctest.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <utility>

#include "support/mounting.h"
#include "support/run_process.h"
#include "support/temp_dir.h"

using namespace session::test;

namespace {

namespace files = std::filesystem;

/// One connection to the socket.
class Client {
 public:
  explicit Client(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
    descriptor_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval patience{60, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    if (::connect(descriptor_, generic, sizeof(address)) != 0) throw std::runtime_error("connect " + path);
  }
  Client(Client&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Client& operator=(Client&&) = delete;
  ~Client() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  /// False once the server has gone.
  bool send(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t length = ::send(descriptor_, text.data(), text.size(), MSG_NOSIGNAL);
      if (length <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(length));
    }
    return true;
  }
  /// The next line; empty at the end, or when it does not come.
  std::string receive() {
    std::size_t newline;
    while ((newline = received_.find('\n')) == std::string::npos) {
      char piece[4096];
      const ssize_t length = ::read(descriptor_, piece, sizeof(piece));
      if (length <= 0) return std::exchange(received_, {});
      received_.append(piece, static_cast<std::size_t>(length));
    }
    const std::string line = received_.substr(0, newline);
    received_.erase(0, newline + 1);
    return line;
  }
  std::string ask(const std::string& request) {
    send(request + "\n");
    return receive();
  }

 private:
  int descriptor_ = -1;
  std::string received_;
};

struct Gateway {
  TempDir root;
  std::string store = root / "sessions";
  std::string socket = root / "socket";
  std::string durability = "none";  ///< little of this is about power cuts, and flushes take their time

  [[nodiscard]] std::vector<std::string> command(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words = {tool_path("session-save"), "--autosave", "--store", store};
    words.insert(words.end(), {"--durability", durability});
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  [[nodiscard]] std::vector<std::string> listening(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"--listen", socket});
    return command(more);
  }
  [[nodiscard]] std::string file(const std::string& id) const { return store + "/" + id + ".json"; }
};

std::string put(const std::string& id, const std::string& session) {
  return R"({"op":"put","id":")" + id + R"(","session":)" + session + "}";
}

constexpr const char* k_listening = "listening at";

// The allocators of sanitizers keep what was freed, and everything takes ten times as long.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool k_is_sanitized = true;
#else
constexpr bool k_is_sanitized = false;
#endif
constexpr std::size_t k_allocator_kilobytes = k_is_sanitized ? 600'000 : 0;

std::size_t count_of(const std::string& text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

/// The most memory the process has used so far.
std::size_t peak_kilobytes(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  std::string word;
  while (status >> word) {
    std::size_t kilobytes = 0;
    if (word == "VmHWM:" && status >> kilobytes) return kilobytes;
  }
  return 0;
}

}  // namespace

TEST_CASE("standard input feeds it, its end saves everything") {
  const Gateway gateway;
  const std::string input = put("a", R"({"n":1})") + "\n" + R"({"id":"b","session":[2]})" + "\n" +
                            R"({"op":"patch","id":"a","patch":{"m":12345678901234567890}})" + "\n" +
                            R"({"op":"get","id":"a"})" + "\n" + put("c", "[3]") + "\n" +
                            R"({"op":"delete","id":"c"})" + "\n\n" + put("last", "[4]");
  const ProcessResult result = run_process(gateway.command(), {.input = input});
  CHECK(result.status == 0);
  CHECK(result.out == R"({"ok":true,"op":"get","id":"a","session":{"n":1,"m":12345678901234567890}})"
                      "\n");
  CHECK(read_file(gateway.file("a")) == R"({"n":1,"m":12345678901234567890})");
  CHECK(read_file(gateway.file("b")) == "[2]");
  CHECK(read_file(gateway.file("last")) == "[4]");
  CHECK_FALSE(files::exists(gateway.file("c")));
}

TEST_CASE("a wrong line of standard input is told and harms no other") {
  const Gateway gateway;
  const std::string input = "nonsense\n" + put("../x", "[1]") + "\n" + put("a", "[1]") + "\n{\"op\":\"put\"";
  const ProcessResult result = run_process(gateway.command(), {.input = input});
  CHECK(result.status == 0);
  CHECK(count_of(result.err, "error: refused a line of standard input") == 3);
  CHECK(read_file(gateway.file("a")) == "[1]");
}

TEST_CASE("replies to a feed whose output nobody reads are told to be lost, and what is fed is saved") {
  const Gateway gateway;
  const std::string input =
      put("a", "[1]") + "\n" + R"({"op":"get","id":"a"})" + "\n" + put("b", "[2]") + "\n";
  // What it writes to has gone by the time it is fed.
  std::vector<std::string> words = {"/bin/sh", "-c", "(sleep 0.3; cat) | \"$@\" | true", "sh"};
  for (const std::string& word : gateway.command()) words.push_back(word);
  const ProcessResult result = run_process(words, {.input = input});
  CHECK(count_of(result.err, "nobody reads standard output") == 1);
  CHECK(read_file(gateway.file("a")) == "[1]");
  CHECK(read_file(gateway.file("b")) == "[2]");
}

TEST_CASE("sessions are saved at the interval, without anybody asking") {
  const Gateway gateway;
  Process process(gateway.command({"--interval", "100ms"}));
  process.write(put("a", "[1]") + "\n");
  for (int i = 0; i < 500 && !files::exists(gateway.file("a")); ++i) ::usleep(10'000);
  CHECK(read_file(gateway.file("a")) == "[1]");
  process.close_input();
  CHECK(process.wait().status == 0);
}

TEST_CASE("every operation of a client, with its reply") {
  const Gateway gateway;
  Process process(gateway.listening());
  REQUIRE(process.wait_for(k_listening));
  struct stat about = {};
  REQUIRE(::stat(gateway.socket.c_str(), &about) == 0);
  CHECK((about.st_mode & 07777) == 0600);
  Client client(gateway.socket);
  CHECK(client.ask(put("a", "{\"n\": 1e400}")) == R"({"ok":true,"op":"put","id":"a"})");
  CHECK(client.ask(R"({"op":"patch","id":"a","patch":{"m":2}})") == R"({"ok":true,"op":"patch","id":"a"})");
  CHECK(client.ask(R"({"op":"get","id":"a"})") ==
        R"({"ok":true,"op":"get","id":"a","session":{"n": 1e400,"m": 2}})");
  CHECK(client.ask(R"({"op":"flush"})") == R"({"ok":true,"op":"flush","saved":1,"removed":0})");
  CHECK(read_file(gateway.file("a")) == R"({"n": 1e400,"m": 2})");
  CHECK(client.ask(R"({"op":"stats"})").starts_with(R"({"ok":true,"op":"stats","sessions":1,"unsaved":0,)"));
  CHECK(client.ask(R"({"op":"delete","id":"a"})") == R"({"ok":true,"op":"delete","id":"a"})");
  CHECK(client.ask(R"({"op":"get","id":"a"})").starts_with(R"({"ok":false,"code":"not_found",)"));
  CHECK(client.ask(R"({"op":"flush"})") == R"({"ok":true,"op":"flush","saved":0,"removed":1})");
  CHECK_FALSE(files::exists(gateway.file("a")));
  process.send(SIGTERM);
  CHECK(process.wait().status == 0);
  CHECK_FALSE(files::exists(gateway.socket));
}

TEST_CASE("bad requests are answered and leave the connection and everybody else as they were") {
  const Gateway gateway;
  Process process(gateway.listening());
  REQUIRE(process.wait_for(k_listening));
  Client client(gateway.socket);
  for (const char* request : {"nonsense", "[]", "{}", R"({"op":"fly"})", R"({"op":"put","id":"a"})",
                              R"({"op":"get","id":5})", R"({"op":"put","id":"a","session":{},"more":1})",
                              R"({"op":"put","id":"a","id":"b","session":[1]})"}) {
    CAPTURE(request);
    CHECK(client.ask(request).starts_with(R"({"ok":false,"code":"invalid_content",)"));
  }
  for (const char* id : {"../../etc/passwd", "", ".hidden", "_index", "a/b", "CON", "a\\u0000b", "a\\nb"}) {
    CAPTURE(id);
    CHECK(client.ask(put(id, "[1]")).starts_with(R"({"ok":false,"code":"bad_argument",)"));
  }
  CHECK(client.ask(put("good", "[1]")) == R"({"ok":true,"op":"put","id":"good"})");
  Client(gateway.socket).send(R"({"op":"put","id":"half","sess)");
  CHECK(process.wait_for("a client left in the middle of a request"));
  process.send(SIGTERM);
  CHECK(process.wait().status == 0);
  CHECK(read_file(gateway.file("good")) == "[1]");
  CHECK_FALSE(files::exists(gateway.file("half")));
}

TEST_CASE("a client that sends a gigabyte without a newline is cut off, in bounded memory") {
  const Gateway gateway;
  Process process(gateway.listening());
  REQUIRE(process.wait_for(k_listening));
  Client other(gateway.socket);
  Client flood(gateway.socket);
  const std::string piece(1 << 20, 'x');
  std::size_t sent = 0;
  while (sent < 1'024 && flood.send(piece)) ++sent;
  CHECK(sent < 1'024);
  CHECK(flood.receive().starts_with(R"({"ok":false,"code":"too_large",)"));
  CHECK(flood.receive().empty());
  CHECK(other.ask(put("a", "[1]")) == R"({"ok":true,"op":"put","id":"a"})");
  CHECK(peak_kilobytes(process.pid()) < k_allocator_kilobytes + 250'000);
  process.send(SIGTERM);
  CHECK(process.wait().status == 0);
}

TEST_CASE("standard input that cannot be read to its end is a failure, and what came before is saved") {
  const Gateway gateway;
  Process process(gateway.command());
  process.write(put("a", "[1]") + "\n");
  const std::string piece(1 << 20, 'x');
  for (int i = 0; i < 66; ++i) process.write(piece);
  process.close_input();
  const ProcessResult flooded = process.wait();
  CHECK(flooded.status == 8);
  CHECK(flooded.err.find("error: standard input: read: a request must not be longer than 67108864 bytes") !=
        std::string::npos);
  CHECK(read_file(gateway.file("a")) == "[1]");

  std::vector<std::string> in_shell = {"sh", "-c", "exec \"$@\" < /", "sh"};
  for (const std::string& word : gateway.command()) in_shell.push_back(word);
  const ProcessResult directory = run_process(in_shell);
  CHECK(directory.status == 8);
  CHECK(directory.err.find("error: standard input: read: Is a directory") != std::string::npos);
}

TEST_CASE("replies that nobody reads hold nobody up and take bounded memory") {
  const Gateway gateway;
  Process process(gateway.listening({"-"}));
  REQUIRE(process.wait_for(k_listening));
  Client other(gateway.socket);
  const std::string large = "[\"" + std::string(1 << 16, 'x') + "\"]";
  REQUIRE(other.ask(put("large", large)) == R"({"ok":true,"op":"put","id":"large"})");
  Client deaf(gateway.socket);
  constexpr int k_questions = k_is_sanitized ? 40 : 400;
  std::string questions;
  for (int i = 0; i < k_questions; ++i)
    questions += R"({"op":"get","id":"large"})"
                 "\n";
  deaf.send(questions);
  process.write(questions.substr(0, questions.size() / 10));  // nobody reads its standard output meanwhile
  CHECK(other.ask(put("a", "[1]")) == R"({"ok":true,"op":"put","id":"a"})");
  CHECK(other.ask(R"({"op":"flush"})").starts_with(R"({"ok":true,"op":"flush")"));
  CHECK(peak_kilobytes(process.pid()) < k_allocator_kilobytes + 30'000);
  // All of them come once they are read, and what is asked behind them is done.
  for (int i = 0; i < k_questions; ++i) REQUIRE(deaf.receive().size() > large.size());
  CHECK(deaf.ask(put("b", "[2]")) == R"({"ok":true,"op":"put","id":"b"})");
  CHECK(process.wait_for(R"("op":"get")", k_questions / 10));
  process.send(SIGTERM);
  CHECK(process.wait().status == 0);
  CHECK(read_file(gateway.file("b")) == "[2]");
}

TEST_CASE(
    "what has arrived behind replies that nobody reads is saved at the end, and nothing else acknowledged") {
  const Gateway gateway;
  const std::string large = "[\"" + std::string(1'500'000, 'x') + "\"]";
  Process process(gateway.listening({"-"}));
  REQUIRE(process.wait_for(k_listening));
  Client client(gateway.socket);
  REQUIRE(client.ask(put("large", large)) == R"({"ok":true,"op":"put","id":"large"})");
  REQUIRE(client.ask(R"({"op":"flush"})").starts_with(R"({"ok":true)"));
  const std::string question = R"({"op":"get","id":"large"})"
                               "\n";
  const auto ask_and_put = [&](const std::string& id) { return question + question + put(id, "[1]") + "\n"; };
  client.send(ask_and_put("of-client"));
  process.write(ask_and_put("of-feed"));
  process.close_input();
  // Both are held back until their replies are read, which is when the end has come.
  ::usleep(300'000);
  process.send(SIGTERM);
  for (int i = 0; i < 2; ++i) CHECK(client.receive().size() > large.size());
  CHECK(client.receive() == R"({"ok":true,"op":"put","id":"of-client"})");
  CHECK(process.wait().status == 0);
  CHECK(read_file(gateway.file("of-client")) == "[1]");
  CHECK(read_file(gateway.file("of-feed")) == "[1]");
}

TEST_CASE("what a client has asked for counts, whether it reads the replies or not") {
  const Gateway gateway;
  // How long so many files take is up to the disk, and to who else uses it.
  Process process(gateway.listening({"--shutdown-timeout", "60s"}));
  REQUIRE(process.wait_for(k_listening));
  constexpr int k_puts = 5'000;
  {
    std::string requests;
    for (int i = 0; i < k_puts; ++i) requests += put("s" + std::to_string(i), "[1]") + "\n";
    Client gone(gateway.socket);
    REQUIRE(gone.send(requests));
  }
  process.send(SIGTERM);
  CHECK(process.wait().status == 0);
  int saved = 0;
  for (int i = 0; i < k_puts; ++i) saved += files::exists(gateway.file("s" + std::to_string(i))) ? 1 : 0;
  CHECK(saved == k_puts);
}

TEST_CASE("clients that left in the middle of a request take no room from others") {
  const Gateway gateway;
  Process process(gateway.listening());
  REQUIRE(process.wait_for(k_listening));
  const std::string begun = R"({"op":"flush"})" + std::string("\n{\"") + std::string(60'000, 'x');
  // More than all unfinished requests may take together.
  for (int i = 0; i < 4'600; ++i) Client(gateway.socket).send(begun);
  Client client(gateway.socket);
  const std::string large = "[\"" + std::string(200'000, 'x') + "\"]";
  CHECK(client.ask(put("large", large)) == R"({"ok":true,"op":"put","id":"large"})");
}

TEST_CASE("nothing is acknowledged after the last round") {
  Gateway gateway;
  Process process(gateway.listening({"--shutdown-timeout", "5s"}));
  REQUIRE(process.wait_for(k_listening));
  Client client(gateway.socket);
  REQUIRE(client.ask(put("held", "[1]")) == R"({"ok":true,"op":"put","id":"held"})");
  REQUIRE(client.ask(R"({"op":"flush"})").starts_with(R"({"ok":true)"));
  Process holder({"flock", gateway.file("held"), "sleep", "2.5"});
  ::usleep(200'000);
  REQUIRE(client.ask(put("held", "[2]")) == R"({"ok":true,"op":"put","id":"held"})");
  // The flush takes longer than what has arrived is waited for at the end: a fifth of the time there is.
  client.send(R"({"op":"flush"})" + std::string("\n") + put("late", "[1]") + "\n");
  ::usleep(200'000);
  process.send(SIGTERM);
  client.receive();
  const std::string late = client.receive();
  const int status = process.wait().status;
  CHECK(holder.wait().status == 0);
  const bool is_saved = files::exists(gateway.file("late"));
  CHECK((late.find("\"late\"") != std::string::npos) == is_saved);
  CHECK(status == 0);
  CHECK(read_file(gateway.file("held")) == "[2]");
}

TEST_CASE("requests behind a flush are taken when the end comes meanwhile") {
  const Gateway gateway;
  Process process(gateway.command());
  std::string input;
  for (int i = 0; i < 20; ++i) {
    input += put("s" + std::to_string(i), "[1]") + "\n" + R"({"op":"flush"})" + "\n";
  }
  process.write(input);
  CHECK(process.wait_for(R"("op":"flush")", 3));
  process.send(SIGTERM);
  CHECK(process.wait().status == 0);
  CHECK(read_file(gateway.file("s19")) == "[1]");
}

TEST_CASE("memory is bounded by what is held, not by what has passed through") {
  const Gateway gateway;
  Process process(gateway.listening());
  REQUIRE(process.wait_for(k_listening));
  Client client(gateway.socket);
  for (int version = 0; version < (k_is_sanitized ? 5 : 30); ++version) {
    const std::string session = "[" + std::to_string(version) + ",\"" + std::string(100'000, 'x') + "\"]";
    for (int i = 0; i < 20; ++i) REQUIRE(client.ask(put("s" + std::to_string(i), session)).size() < 100);
    if (version % 10 == 0) REQUIRE(client.ask(R"({"op":"flush"})").starts_with(R"({"ok":true)"));
  }
  // Up to 60 MB have come in; 2 MB are held.
  CHECK(peak_kilobytes(process.pid()) < k_allocator_kilobytes + 30'000);
  process.send(SIGTERM);
  CHECK(process.wait().status == 0);
}

TEST_CASE("two hundred clients at once") {
  const Gateway gateway;
  Process process(gateway.listening());
  REQUIRE(process.wait_for(k_listening));
  std::vector<Client> clients;
  for (int i = 0; i < 200; ++i) clients.emplace_back(gateway.socket);
  for (int i = 0; i < 200; ++i) {
    clients[static_cast<std::size_t>(i)].send(
        put("s" + std::to_string(i), "[" + std::to_string(i + 1) + "]") + "\n{\"op\":\"flush\"}\n");
  }
  for (Client& client : clients) {
    CHECK(client.receive().starts_with(R"({"ok":true,"op":"put")"));
    CHECK(client.receive().starts_with(R"({"ok":true,"op":"flush")"));
  }
  for (int i = 0; i < 200; ++i) {
    CHECK(read_file(gateway.file("s" + std::to_string(i))) == "[" + std::to_string(i + 1) + "]");
  }
  process.send(SIGINT);
  CHECK(process.wait().status == 0);
}

TEST_CASE("a signal in the middle of a save: the save completes and nothing is missing") {
  Gateway gateway;
  gateway.durability = "full";
  // How long the flushes take is up to the disk, and to who else uses it.
  Process process(gateway.listening({"--shutdown-timeout", "60s"}));
  REQUIRE(process.wait_for(k_listening));
  Client client(gateway.socket);
  constexpr int k_sessions = 1'500;
  const std::string session = "{\"text\":\"" + std::string(2'000, 'x') + "\"}";
  for (int i = 0; i < k_sessions; ++i) {
    REQUIRE(client.ask(put("s" + std::to_string(i), session)).starts_with(R"({"ok":true)"));
  }
  client.send("{\"op\":\"flush\"}\n");
  while (!files::exists(gateway.store) || files::is_empty(gateway.store)) ::usleep(100);
  process.send(SIGTERM);
  const ProcessResult result = process.wait();
  CHECK(result.status == 0);
  CHECK(result.err.find("everything is saved") != std::string::npos);
  for (int i = 0; i < k_sessions; ++i) REQUIRE(read_file(gateway.file("s" + std::to_string(i))) == session);
  for (const auto& entry : files::directory_iterator(gateway.store)) {
    CHECK(entry.path().string().find(".tmp") == std::string::npos);
  }
}

TEST_CASE("a second instance on the same store is refused") {
  const Gateway gateway;
  Process process(gateway.listening());
  REQUIRE(process.wait_for(k_listening));
  const ProcessResult second = run_process(gateway.command());
  CHECK(second.status == 8);
  CHECK(second.err.find("another session-save --autosave keeps this store") != std::string::npos);
  process.send(SIGTERM);
  CHECK(process.wait().status == 0);
  CHECK(run_process(gateway.command()).status == 0);
}

TEST_CASE("the socket of a dead process is replaced, anything else is not") {
  const Gateway gateway;
  {
    Process killed(gateway.listening());
    REQUIRE(killed.wait_for(k_listening));
    killed.send(SIGKILL);
    killed.wait();
  }
  REQUIRE(files::exists(gateway.socket));
  Process process(gateway.listening());
  CHECK(process.wait_for(k_listening));
  process.send(SIGTERM);
  CHECK(process.wait().status == 0);
  write_file(gateway.socket, "precious");
  CHECK(run_process(gateway.listening()).status == 8);
  CHECK(read_file(gateway.socket) == "precious");
  const std::string long_path = gateway.root / std::string(120, 'x');
  CHECK(run_process(gateway.command({"--listen", long_path})).status == 16);
}

TEST_CASE("what is damaged at the start is told, kept, and never overwritten") {
  const Gateway gateway;
  files::create_directory(gateway.store);
  write_file(gateway.file("good"), "[1]");
  write_file(gateway.file("cut"), "{\"a\":");
  const ProcessResult result =
      run_process(gateway.command(), {.input = put("cut", "[2]") + "\n" + R"({"op":"get","id":"good"})"});
  CHECK(result.status == 0);
  CHECK(result.err.find("not loaded and left as it is: ") != std::string::npos);
  CHECK(result.out.find(R"("session":[1])") != std::string::npos);
  CHECK(read_file(gateway.file("cut")) == "[2]");
  bool kept = false;
  for (const auto& entry : files::directory_iterator(gateway.store)) {
    kept = kept || (entry.path().string().find("cut.json.quarantined-") != std::string::npos &&
                    read_file(entry.path().string()) == "{\"a\":");
  }
  CHECK(kept);
}

TEST_CASE("a store that is removed under it comes back with everything") {
  const Gateway gateway;
  Process process(gateway.listening({"--interval", "50ms"}));
  REQUIRE(process.wait_for(k_listening));
  Client client(gateway.socket);
  client.ask(put("a", "[1]"));
  client.ask(R"({"op":"flush"})");
  files::remove_all(gateway.store);
  client.ask(put("b", "[2]"));
  process.send(SIGTERM);
  CHECK(process.wait().status == 0);
  CHECK(read_file(gateway.file("a")) == "[1]");
  CHECK(read_file(gateway.file("b")) == "[2]");
}

TEST_CASE("permission taken away and given back") {
  if (::geteuid() != 0) {
    MESSAGE("skipped: only root may run the tool as another user");
    return;
  }
  constexpr uid_t k_nobody = 65'534;
  const Gateway gateway;
  files::create_directory(gateway.store);
  files::permissions(gateway.root.path(), files::perms::all);
  REQUIRE(::chown(gateway.store.c_str(), k_nobody, k_nobody) == 0);
  Process process(gateway.listening({"--interval", "100ms"}), {.user = k_nobody});
  REQUIRE(process.wait_for(k_listening));
  REQUIRE(::chmod(gateway.store.c_str(), 0500) == 0);
  Client client(gateway.socket);
  REQUIRE(client.ask(put("a", "[1]")) == R"({"ok":true,"op":"put","id":"a"})");
  const bool failed_twice = process.wait_for("error: session a not saved, will be tried again: ", 2);
  const std::string log = process.err();
  CAPTURE(log);
  CHECK(failed_twice);
  CHECK(log.find("Permission denied") != std::string::npos);
  REQUIRE(::chmod(gateway.store.c_str(), 0700) == 0);
  const std::string flushed = client.ask(R"({"op":"flush"})");
  CHECK(flushed.starts_with(R"({"ok":true,"op":"flush")"));
  CHECK(read_file(gateway.file("a")) == "[1]");
  process.send(SIGTERM);
  const ProcessResult result = process.wait();
  CAPTURE(result.err);
  CHECK(result.status == 0);
}

namespace {

/// A megabyte of memory as the gateway's store.
class SmallStore {
 public:
  explicit SmallStore(const Gateway& gateway) : path_(gateway.store) {
    files::create_directory(path_);
    if (::mount("tmpfs", path_.c_str(), "tmpfs", 0, "size=1m") != 0) throw std::runtime_error("mount");
  }
  SmallStore(const SmallStore&) = delete;
  SmallStore& operator=(const SmallStore&) = delete;
  ~SmallStore() { ::umount2(path_.c_str(), MNT_DETACH); }
  void fill() const { write_file(path_ + "/ballast", std::string(2 << 20, 'x')); }
  void make_room() const { files::remove(path_ + "/ballast"); }

 private:
  std::string path_;
};

}  // namespace

TEST_CASE("a disk that is full for two intervals, then has room again") {
  if (const std::string obstacle = prepare_mounting(); !obstacle.empty()) {
    MESSAGE("skipped: " << obstacle);
    return;
  }
  const Gateway gateway;
  const SmallStore small(gateway);
  Process process(gateway.listening({"--interval", "100ms"}));
  REQUIRE(process.wait_for(k_listening));
  Client client(gateway.socket);
  const std::string old = "[\"" + std::string(8'000, 'o') + "\"]";
  const std::string latest = "[\"" + std::string(9'000, 'n') + "\"]";
  client.ask(put("a", old));
  client.ask(R"({"op":"flush"})");
  small.fill();
  client.ask(put("a", latest));
  CHECK(process.wait_for("error: session a not saved, will be tried again: ", 2));
  CHECK(process.err().find("No space left on device") != std::string::npos);
  CHECK(read_file(gateway.file("a")) == old);
  CHECK(client.ask(R"({"op":"get","id":"a"})").find(latest) != std::string::npos);
  small.make_room();
  CHECK(client.ask(R"({"op":"flush"})").starts_with(R"({"ok":true)"));
  CHECK(read_file(gateway.file("a")) == latest);
  process.send(SIGTERM);
  CHECK(process.wait().status == 0);
}

TEST_CASE("an end on a full disk comes in time and names what is not saved") {
  if (const std::string obstacle = prepare_mounting(); !obstacle.empty()) {
    MESSAGE("skipped: " << obstacle);
    return;
  }
  const Gateway gateway;
  const SmallStore small(gateway);
  Process process(gateway.listening({"--shutdown-timeout", "1s"}));
  REQUIRE(process.wait_for(k_listening));
  small.fill();
  Client client(gateway.socket);
  client.ask(put("lost", "[\"" + std::string(8'000, 'n') + "\"]"));
  process.send(SIGTERM);
  const ProcessResult result = process.wait();
  CHECK(result.status == 8);
  CHECK(result.err.find("error: not saved before the end: lost\n") != std::string::npos);
}

TEST_CASE("a full disk leaves the version of another program in its place") {
  if (const std::string obstacle = prepare_mounting(); !obstacle.empty()) {
    MESSAGE("skipped: " << obstacle);
    return;
  }
  const Gateway gateway;
  const SmallStore small(gateway);
  Process process(gateway.listening());
  REQUIRE(process.wait_for(k_listening));
  Client client(gateway.socket);
  client.ask(put("a", "[1]"));
  REQUIRE(client.ask(R"({"op":"flush"})").starts_with(R"({"ok":true)"));
  const std::string theirs = "[\"" + std::string(6'000, 't') + "\"]";
  write_file(gateway.file("a"), theirs);
  small.fill();
  client.ask(put("a", "[\"" + std::string(8'000, 'o') + "\"]"));
  CHECK(client.ask(R"({"op":"flush"})").starts_with(R"({"ok":false)"));
  CHECK(read_file(gateway.file("a")) == theirs);
  process.send(SIGTERM);
  CHECK(process.wait().status == 8);
  CHECK(read_file(gateway.file("a")) == theirs);
}

TEST_CASE("a closed terminal ends it as SIGTERM does") {
  const Gateway gateway;
  Process process(gateway.listening());
  REQUIRE(process.wait_for(k_listening));
  Client client(gateway.socket);
  REQUIRE(client.ask(put("a", "[1]")).starts_with(R"({"ok":true)"));
  process.send(SIGHUP);
  CHECK(process.wait().status == 0);
  CHECK(read_file(gateway.file("a")) == "[1]");
}
