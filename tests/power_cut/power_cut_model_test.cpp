#include <doctest/doctest.h>

#include "power_cut/history.h"
#include "power_cut/recorded_disk.h"
#include "support/temp_dir.h"

using namespace session::test;

namespace {

constexpr std::size_t k_sector = 4'096;

std::string sector_of(RecordedDisk& disk, std::uint64_t number) {
  std::string bytes(k_sector, ' ');
  disk.read(number * k_sector, bytes.data(), bytes.size());
  return bytes;
}

std::string filled(char byte) { return std::string(k_sector, byte); }

}  // namespace

TEST_CASE("after a cut the disk holds what was flushed, and of the rest what survived") {
  const TempDir temp;
  write_file(temp / "base", filled('b') + filled('b') + filled('b'));
  RecordedDisk disk(temp / "base");
  disk.write(0, filled('1'));
  disk.flush();
  disk.write(k_sector, filled('2'));
  disk.write(2 * k_sector, filled('3'));
  disk.flush();
  CHECK(disk.position() == 5);
  CHECK(disk.flushes() == 2);

  disk.show({.position = 1, .survivors = Survivors::none, .seed = 0});
  CHECK(sector_of(disk, 0) == filled('b'));
  disk.show({.position = 4, .survivors = Survivors::none, .seed = 0});
  CHECK(sector_of(disk, 0) == filled('1'));
  CHECK(sector_of(disk, 1) == filled('b'));
  disk.show({.position = 4, .survivors = Survivors::all, .seed = 0});
  CHECK(sector_of(disk, 1) == filled('2'));
  CHECK(sector_of(disk, 2) == filled('3'));
  disk.show({.position = 5, .survivors = Survivors::none, .seed = 0});
  CHECK(sector_of(disk, 2) == filled('3'));
  // Back in time, and what was written to the last cut is forgotten.
  disk.write(0, filled('x'));
  disk.show({.position = 2, .survivors = Survivors::none, .seed = 0});
  CHECK(sector_of(disk, 0) == filled('1'));
  CHECK(sector_of(disk, 1) == filled('b'));
}

TEST_CASE("a write over sectors survives in pieces, each whole or old, and a later one without an earlier") {
  const TempDir temp;
  write_file(temp / "base", filled('b') + filled('b'));
  RecordedDisk disk(temp / "base");
  disk.write(0, filled('1') + filled('2'));
  unsigned first_only = 0;
  unsigned second_only = 0;
  for (std::uint32_t seed = 0; seed < 100; ++seed) {
    disk.show({.position = 1, .survivors = Survivors::half, .seed = seed});
    const std::string first = sector_of(disk, 0);
    const std::string second = sector_of(disk, 1);
    CHECK((first == filled('1') || first == filled('b')));
    CHECK((second == filled('2') || second == filled('b')));
    first_only += first == filled('1') && second == filled('b') ? 1U : 0U;
    second_only += first == filled('b') && second == filled('2') ? 1U : 0U;
  }
  CHECK(first_only > 10);
  CHECK(second_only > 10);
}

TEST_CASE("a small write changes its part of a sector only") {
  const TempDir temp;
  write_file(temp / "base", filled('b'));
  RecordedDisk disk(temp / "base");
  disk.write(512, "new");
  disk.show({.position = 1, .survivors = Survivors::all, .seed = 0});
  CHECK(sector_of(disk, 0) == std::string(512, 'b') + "new" + std::string(k_sector - 515, 'b'));
}

TEST_CASE("what a cut may leave of a session") {
  History history;
  history.begin("s", Growth::replaced, "one", 10);
  history.acknowledge("s", 20);
  history.begin("s", Growth::replaced, "two", 30);
  history.acknowledge("s", 40);
  CHECK(history.paths(10).empty());
  CHECK(history.paths(11) == std::vector<std::string>{"s"});
  CHECK(history.judge("s", std::nullopt, 15) == Found::whole);
  CHECK(history.judge("s", "one", 15) == Found::whole);
  CHECK(history.judge("s", "on", 15) == Found::torn);
  CHECK(history.judge("s", "", 15) == Found::torn);
  CHECK(history.judge("s", std::nullopt, 20) == Found::lost);
  CHECK(history.judge("s", "one", 35) == Found::whole);
  CHECK(history.judge("s", "two", 35) == Found::whole);
  CHECK(history.judge("s", "one", 40) == Found::lost);
  CHECK(history.judge("s", "two", 40) == Found::whole);
  CHECK(history.acknowledged() == 2);
}

TEST_CASE("what a cut may leave of a session that is removed") {
  History history;
  history.begin("s", Growth::replaced, "one", 10);
  history.acknowledge("s", 20);
  history.begin_removal("s", 30);
  CHECK(history.judge("s", std::nullopt, 25) == Found::lost);
  CHECK(history.judge("s", std::nullopt, 35) == Found::whole);
  CHECK(history.judge("s", "one", 35) == Found::whole);
  history.acknowledge("s", 40);
  CHECK(history.judge("s", std::nullopt, 45) == Found::whole);
  CHECK(history.judge("s", "one", 45) == Found::lost);
  CHECK(history.judge("s", "on", 45) == Found::torn);
}

TEST_CASE("what a cut may leave of a transcript") {
  History history;
  history.begin("t", Growth::appended, "a\n", 10);
  history.acknowledge("t", 20);
  history.begin("t", Growth::appended, "a\nbcd\n", 30);
  CHECK(history.judge("t", "a\n", 35) == Found::whole);
  CHECK(history.judge("t", "a\nbc", 35) == Found::torn_tail);
  CHECK(history.judge("t", std::string("a\nb\0\0\0", 6), 35) == Found::torn_tail);
  CHECK(history.judge("t", "a\nbcd\n", 35) == Found::whole);
  CHECK(history.judge("t", "a\nbcd\nx", 35) == Found::torn);
  CHECK(history.judge("t", "a\nb", 25) == Found::torn);
  CHECK(history.judge("t", "a", 35) == Found::torn);
  history.acknowledge("t", 40);
  CHECK(history.judge("t", "a\n", 40) == Found::lost);
  CHECK(history.judge("t", "a\nbc", 40) == Found::torn);
}
