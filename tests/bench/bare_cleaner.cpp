// Data for session-clean, and the loop it is measured beside: as little as looking at a store can be.
//   bare_cleaner make DIR COUNT     COUNT Synapse sessions of 2 KB, each tenth of them stale
//   bare_cleaner sweep DIR THREADS  list; open, read, close each; unlink the stale tenth

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

constexpr int k_one_stale_of = 10;

std::string time_before(std::chrono::hours age) {
  const std::time_t moment = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now() - age);
  std::tm civil{};
  gmtime_r(&moment, &civil);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S.000Z", &civil);
  return text;
}

/// As Synapse writes it: indented, the stamp among the first members.
std::string make_session(const std::string& id, const std::string& activity) {
  return "{\n  \"uuid\": \"" + id + "\",\n  \"schema_version\": \"2.0\",\n  \"started\": \"" + activity +
         "\",\n  \"last_activity\": \"" + activity +
         "\",\n  \"cwd\": \"/home/user/project\",\n  \"label\": \"work\",\n  \"title\": null,\n"
         "  \"prompt_count\": 12,\n  \"active_agent\": {\n    \"id\": \"dev\",\n    \"activated_at\": null,\n"
         "    \"activation_quality\": \"full\"\n  },\n  \"active_workflow\": null,\n  \"active_squad\": "
         "null,\n"
         "  \"active_task\": null,\n  \"context\": {\n    \"last_bracket\": \"FRESH\",\n"
         "    \"last_tokens_used\": 1234,\n    \"last_context_percent\": 12.5\n  },\n  \"overrides\": {},\n"
         "  \"history\": {\n    \"star_commands_used\": [\"" +
         std::string(1'300, 'h') +
         "\"],\n    \"domains_loaded_last\": [],\n    \"agents_activated\": []\n  }\n}\n";
}

void make(const std::string& directory, int count) {
  const std::string fresh = time_before(std::chrono::hours{1});
  const std::string stale = time_before(std::chrono::hours{24 * 30});
  for (int n = 0; n < count; ++n) {
    char id[40];
    std::snprintf(id, sizeof id, "%08x-0000-4000-8000-%012x", static_cast<unsigned>(n) * 2'654'435'761U, n);
    std::ofstream(directory + "/" + id + ".json")
        << make_session(id, n % k_one_stale_of == 0 ? stale : fresh);
  }
}

/// By the number that make() put at the end of the name.
bool is_stale(const std::string& name) {
  const std::size_t dash = name.rfind('-');
  return dash != std::string::npos &&
         std::strtoul(name.c_str() + dash + 1, nullptr, 16) % k_one_stale_of == 0;
}

void sweep(const std::string& directory, unsigned threads) {
  std::vector<std::string> names;
  DIR* const stream = ::opendir(directory.c_str());
  if (stream == nullptr) return;
  while (const dirent* const entry = ::readdir(stream)) {
    if (entry->d_name[0] != '.') names.emplace_back(static_cast<const char*>(entry->d_name));
  }
  const int dir = ::dirfd(stream);
  std::atomic<std::size_t> next = 0;
  const auto read_some = [&] {
    std::vector<char> buffer(64U * 1024U);
    for (std::size_t index = next++; index < names.size(); index = next++) {
      const int file = ::openat(dir, names[index].c_str(), O_RDONLY | O_CLOEXEC);
      while (::read(file, buffer.data(), buffer.size()) > 0) {
      }
      ::close(file);
    }
  };
  std::vector<std::thread> workers;
  for (unsigned n = 0; n < threads; ++n) workers.emplace_back(read_some);
  for (std::thread& worker : workers) worker.join();
  for (const std::string& name : names) {
    if (is_stale(name)) ::unlinkat(dir, name.c_str(), 0);
  }
  ::closedir(stream);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view what = argc == 4 ? argv[1] : "";
  if (what == "make") {
    make(argv[2], std::atoi(argv[3]));
  } else if (what == "sweep") {
    sweep(argv[2], static_cast<unsigned>(std::atoi(argv[3])));
  } else {
    std::fputs("usage: bare_cleaner make DIR COUNT | sweep DIR THREADS\n", stderr);
    return 1;
  }
  return 0;
}
