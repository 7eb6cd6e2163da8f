#pragma once
// What was asked to be saved, when it was begun and when it was acknowledged, in the time of the disk
// (RecordedDisk::position); and what of it must and may be found after a cut.

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace session::test {

enum class Growth : std::uint8_t {
  replaced,  ///< each version takes the place of the one before
  appended,  ///< each version is the one before with a record behind it
};

enum class Found : std::uint8_t {
  whole,      ///< the version acknowledged last, or one begun after it
  torn_tail,  ///< appended only: the same, with part of the next record behind it
  lost,       ///< an older version, or none, where a newer one (or its removal) was acknowledged
  torn,       ///< bytes that nobody saved
};

class History {
 public:
  /// A version of `path` is about to be saved; versions of one path come one after the other.
  void begin(const std::string& path, Growth growth, std::string content, std::size_t now);
  /// `path` is about to be removed: a version without content.
  void begin_removal(const std::string& path, std::size_t now);
  /// The version of `path` begun last is saved, says the saver.
  void acknowledge(const std::string& path, std::size_t now);

  /// Every path begun before `position`.
  [[nodiscard]] std::vector<std::string> paths(std::size_t position) const;
  /// What a cut at `position` may leave of `path`, against what it left (nullopt: no file).
  [[nodiscard]] Found judge(const std::string& path, const std::optional<std::string>& content,
                            std::size_t position) const;

  /// Whether `path` is one that grows.
  [[nodiscard]] bool is_appended(const std::string& path) const;
  [[nodiscard]] std::size_t acknowledged() const;
  /// The positions at which acknowledgements came.
  [[nodiscard]] std::vector<std::size_t> acknowledgements() const;

 private:
  struct Version {
    std::optional<std::string> content;  ///< nullopt: removed
    std::size_t begun = 0;
    std::optional<std::size_t> acknowledged;
  };
  struct File {
    Growth growth = Growth::replaced;
    std::vector<Version> versions;
  };
  static Found judge_appended(const File& file, std::size_t first, std::size_t end, std::string_view content);

  mutable std::mutex mutex_;
  std::map<std::string, File> files_;
  std::vector<std::size_t> acknowledgements_;
};

}  // namespace session::test
