// The loops that session-verify is measured beside: as little as reading, or parsing with simdjson, can be.
//   bare_readers read|dom DIR THREADS   each file of DIR: open, read, close; and parse it
//   bare_readers read|dom|lines FILE    one file: read it; parse it whole; parse it as JSON Lines

#include <dirent.h>
#include <fcntl.h>
#include <simdjson.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

std::vector<std::string> files_in(const std::string& directory) {
  std::vector<std::string> files;
  DIR* const stream = ::opendir(directory.c_str());
  if (stream == nullptr) return files;
  while (const dirent* const entry = ::readdir(stream)) {
    if (entry->d_name[0] != '.') files.push_back(directory + "/" + static_cast<const char*>(entry->d_name));
  }
  ::closedir(stream);
  return files;
}

/// Not filled beforehand: a bare loop does not touch memory that it does not need.
struct Buffer {
  static constexpr std::size_t k_size = 4U << 20U;
  std::unique_ptr<char[]> bytes{new char[k_size]};
  char* data() { return bytes.get(); }
};

std::size_t read_whole(const std::string& path, Buffer& buffer) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return 0;
  std::size_t length = 0;
  for (;;) {
    const std::size_t room = Buffer::k_size - simdjson::SIMDJSON_PADDING - length;
    const ssize_t got = ::read(descriptor, buffer.data() + length, room);
    if (got <= 0) break;
    length += static_cast<std::size_t>(got);
  }
  ::close(descriptor);
  return length;
}

void go_through(const std::vector<std::string>& files, std::atomic<std::size_t>& next, bool parse,
                std::atomic<std::size_t>& bad) {
  simdjson::dom::parser parser;
  Buffer buffer;
  for (std::size_t index = next++; index < files.size(); index = next++) {
    const std::size_t length = read_whole(files[index], buffer);
    if (parse && parser.parse(buffer.data(), length, false).error() != simdjson::SUCCESS) ++bad;
  }
}

std::size_t go_through_directory(const std::string& directory, unsigned threads, bool parse) {
  const std::vector<std::string> files = files_in(directory);
  std::atomic<std::size_t> next = 0, bad = 0;
  std::vector<std::thread> workers;
  for (unsigned n = 0; n < threads; ++n) {
    workers.emplace_back([&] { go_through(files, next, parse, bad); });
  }
  for (std::thread& worker : workers) worker.join();
  return bad;
}

std::size_t read_file(const std::string& path) {
  std::vector<char> buffer(256U * 1024U);
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  while (::read(descriptor, buffer.data(), buffer.size()) > 0) {
  }
  ::close(descriptor);
  return 0;
}

std::size_t parse_lines(const std::string& path) {
  simdjson::dom::parser parser;
  simdjson::padded_string content;
  simdjson::dom::document_stream records;
  if (simdjson::padded_string::load(path).get(content) != simdjson::SUCCESS) return 1;
  if (parser.parse_many(content).get(records) != simdjson::SUCCESS) return 1;
  std::size_t bad = 0;
  for (const auto record : records) bad += record.error() != simdjson::SUCCESS;
  return bad;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const std::string_view what = argv[1];
  const std::string path = argv[2];
  std::size_t bad = 0;
  if (argc == 4) {
    bad = go_through_directory(path, static_cast<unsigned>(std::atoi(argv[3])), what == "dom");
  } else if (what == "read") {
    bad = read_file(path);
  } else if (what == "lines") {
    bad = parse_lines(path);
  } else {
    simdjson::dom::parser parser;
    bad = parser.load(path).error() == simdjson::SUCCESS ? 0 : 1;
  }
  if (bad > 0) std::printf("%zu bad\n", bad);
  return bad > 0 ? 1 : 0;
}
