// The text format: lines for a person.

#include "cli/report/formats.h"

namespace session::cli {

namespace {

class TextReporter final : public Reporter {
 public:
  using Reporter::Reporter;

  void item(const Json& /*fields*/, std::string_view text) override { write_lines(text); }
  void summary(const Json& /*fields*/, std::string_view text) override { write_lines(text); }

  void progress(std::string_view line) override { sinks().messages.show_progress(line); }
  [[nodiscard]] bool shows_progress() const override { return sinks().messages.shows_progress(); }

 private:
  void write_lines(std::string_view text) {
    if (text.empty()) return;
    write(text);
    if (!text.ends_with('\n')) write("\n");
  }
};

}  // namespace

std::unique_ptr<Reporter> make_text_reporter(const Sinks& sinks) {
  return std::make_unique<TextReporter>(sinks);
}

}  // namespace session::cli
