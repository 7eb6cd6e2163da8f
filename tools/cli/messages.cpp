#include "cli/messages.h"

namespace session::cli {

namespace {
constexpr std::chrono::milliseconds k_progress_pause{100};
constexpr std::string_view k_clear_line = "\r\033[K";
}  // namespace

void Messages::line(std::string_view word, Style style, std::string_view message) {
  clear_progress();
  std::string text{tool_};
  text += ": ";
  text += terminal_.color ? with_style(style, word) : std::string{word};
  text += ": ";
  text += terminal_.is_terminal ? escape_for_terminal(message) : escape_controls(message);
  text += '\n';
  err_.write(text);
}

void Messages::error(std::string_view message, std::string_view hint) {
  line("error", Style::bad, message);
  if (!hint.empty()) line("hint", Style::strong, hint);
}

void Messages::warning(std::string_view message) {
  if (verbosity_ >= Verbosity::normal) line("warning", Style::warning, message);
}

void Messages::note(std::string_view message, Verbosity from) {
  if (verbosity_ >= from) line("note", Style::faint, message);
}

void Messages::show_progress(std::string_view text) {
  if (!shows_progress()) return;
  const auto now = std::chrono::steady_clock::now();
  if (now - progress_at_ < k_progress_pause) return;
  progress_at_ = now;
  err_.write(std::string{k_clear_line}.append(text));
  err_.flush();
  progress_shown_ = true;
}

void Messages::clear_progress() {
  if (!progress_shown_) return;
  progress_shown_ = false;
  err_.write(k_clear_line);
  err_.flush();
}

}  // namespace session::cli
