// Saves a session, diagnoses a cut one, reads a configuration: one call into each part of the library, so
// that a missing header, symbol or dependency of the installed package shows.

#include <session/atomic_write.h>
#include <session/check.h>
#include <session/config.h>
#include <session/content_hash.h>
#include <session/version.h>

#include <iostream>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::string path = std::string{argv[1]} + "/sessions/demo.json";
  const auto written = session::atomic_write(session::real_fs(), path, "{\"uuid\":\"demo\"}\n", {});
  if (!written) {
    std::cerr << session::describe(written.error()) << "\n";
    return 1;
  }
  const session::Diagnosis diagnosis = session::diagnose("{\"uuid\":\"de", {});
  const auto config = session::parse_config("sessions: {ttlHours: 24}\n", "core-config.yaml");
  const bool fine = diagnosis.verdict == session::Verdict::damaged && config &&
                    config->defaults.ttl == std::chrono::hours{24} && !session::version().empty() &&
                    session::content_hash("").size() > 8;
  std::cout << (fine ? "fine" : "broken") << "\n";
  return fine ? 0 : 1;
}
