#include "commands/save_server.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>

#include "cli/log.h"
#include "cli/signals.h"

namespace session::commands {
namespace {

using cli::LineSplitter;
using cli::LogLevel;

constexpr std::size_t k_piece_bytes = 64 * 1024;
/// A client that does not read its replies is not read from until it does.
constexpr std::size_t k_most_unsent_bytes = 1 << 20;
/// How long what has arrived is still taken after the signal to stop.
constexpr std::chrono::seconds k_longest_drain{2};

void log_refusal(const Error& error) {
  cli::log(LogLevel::error, fmt::format("refused a line of standard input: {}", describe(error)));
}

}  // namespace

SaveServer::SaveServer(Autosave& autosave, AutosaveLoop& loop, std::shared_ptr<RoundBoard> board,
                       ListeningSocket socket, StandardInput input)
    : autosave_(autosave), loop_(loop), board_(std::move(board)), socket_(std::move(socket)) {
  if (input == StandardInput::closed) return;
  Peer& feed = peers_.emplace(next_serial_++, Peer(STDIN_FILENO, STDOUT_FILENO)).first->second;
  feed.is_feed = true;
  has_feed_ = true;
}

SaveServer::~SaveServer() {
  for (auto& [serial, peer] : peers_) {
    if (!peer.is_feed) ::close(peer.in);
  }
}

void SaveServer::run() {
  while (!cli::stop_requested() && (has_feed_ || socket_.descriptor() >= 0)) serve_once(-1);
}

void SaveServer::drain() {
  stopping_ = true;
  const auto until = std::chrono::steady_clock::now() + k_longest_drain;
  while (serve_once(0) && std::chrono::steady_clock::now() < until) continue;
}

bool SaveServer::serve_once(int patience_ms) {
  std::vector<pollfd> waiting;
  std::vector<Serial> serials;
  const auto wait_for = [&](int descriptor, short events) { waiting.push_back({descriptor, events, 0}); };
  // Asked to stop, the signal is no news any more, and new clients come too late.
  wait_for(stopping_ ? -1 : cli::stop_descriptor(), POLLIN);
  wait_for(board_->descriptor(), POLLIN);
  const bool room = peers_.size() < k_most_clients && !stopping_;
  wait_for(room ? socket_.descriptor() : -1, POLLIN);
  for (const auto& [serial, peer] : peers_) {
    const bool reads = !peer.ended && !peer.waits_for_flush && peer.unsent.size() < k_most_unsent_bytes;
    // POLLHUP is reported even where nothing is asked for: then the descriptor must not be polled at all.
    wait_for(reads ? peer.in : -1, POLLIN);
    wait_for(peer.unsent.empty() ? -1 : peer.out, POLLOUT);
    serials.push_back(serial);
  }
  const int ready = ::poll(waiting.data(), waiting.size(), patience_ms);
  if (ready <= 0) return false;
  if (waiting[1].revents != 0) answer_flushes();
  if (waiting[2].revents != 0) accept_clients();
  for (std::size_t i = 0; i < serials.size(); ++i) {
    Peer& peer = peers_.at(serials[i]);
    if (waiting[3 + 2 * i].revents != 0) read_from(serials[i], peer);
    if (waiting[4 + 2 * i].revents != 0) send_to(peer);
  }
  forget_the_gone();
  return true;
}

void SaveServer::accept_clients() {
  while (peers_.size() < k_most_clients) {
    const int descriptor = socket_.accept();
    if (descriptor < 0) {
      const bool normal = errno == EAGAIN || errno == EINTR || errno == ECONNABORTED;
      if (!normal) {
        cli::log(LogLevel::error, describe(fail_errno(errno, Op::listen, "a client").error));
        // Out of descriptors: the client waits in the queue; trying at once again would only spin.
        ::poll(nullptr, 0, 100);
      }
      return;
    }
    peers_.emplace(next_serial_++, Peer(descriptor, descriptor));
  }
}

void SaveServer::read_from(Serial serial, Peer& peer) {
  std::array<char, k_piece_bytes> piece;
  const ssize_t length = ::read(peer.in, piece.data(), piece.size());
  if (length > 0) return take_lines(serial, peer, {piece.data(), static_cast<std::size_t>(length)});
  if (length < 0 && (errno == EAGAIN || errno == EINTR)) return;
  peer.ended = true;
  pending_bytes_ -= peer.lines.pending_bytes();
  if (peer.is_feed) {
    // The last line of a file need not end in a newline; that of a client that died may be half a line.
    peer.lines.finish([&](ByteView line) { return take_line(serial, peer, line); });
    has_feed_ = false;
  } else if (peer.lines.pending_bytes() != 0) {
    cli::log(LogLevel::warning,
             fmt::format("a client left in the middle of a request of {} bytes", peer.lines.pending_bytes()));
    peer.lines = LineSplitter(k_most_line_bytes);
  }
}

void SaveServer::take_lines(Serial serial, Peer& peer, ByteView piece) {
  pending_bytes_ -= peer.lines.pending_bytes();
  const auto take = [&](ByteView line) { return take_line(serial, peer, line); };
  const LineSplitter::Fed fed = peer.lines.feed(piece, take);
  if (fed == LineSplitter::Fed::line_too_long) {
    return cut_off(peer, fmt::format("a request must not be longer than {} bytes", k_most_line_bytes));
  }
  pending_bytes_ += peer.lines.pending_bytes();
  if (pending_bytes_ > k_most_pending_bytes && peer.lines.pending_bytes() > k_piece_bytes) {
    pending_bytes_ -= peer.lines.pending_bytes();
    cut_off(peer, "too many long requests at once; try again later");
  }
}

bool SaveServer::take_line(Serial serial, Peer& peer, ByteView line) {
  if (line.find_first_not_of(" \t\r") == ByteView::npos) return true;
  const Result<Request> request = parse_request(line, autosave_.format());
  if (!request) {
    if (peer.is_feed) log_refusal(request.error());
    if (!peer.is_feed) reply(peer, refusal(request.error()));
    return true;
  }
  if (request->op == RequestOp::flush) {
    peer.waits_for_flush = true;
    loop_.flush([board = board_, serial](const RoundReport& report) {
      board->flush_done(serial, flush_reply(report));
    });
    return false;
  }
  ServerCounts counts = board_->counts();
  counts.clients = peers_.size();
  const bool is_question = request->op == RequestOp::get || request->op == RequestOp::stats;
  Result<std::string> line_out = answer(autosave_, *request, counts);
  if (!line_out) {
    if (peer.is_feed && !is_question) log_refusal(line_out.error());
    if (!peer.is_feed || is_question) reply(peer, refusal(line_out.error()));
  } else if (!peer.is_feed || is_question) {
    reply(peer, *line_out);
  }
  return true;
}

void SaveServer::cut_off(Peer& peer, std::string reason) {
  const Error error = fail(Errc::too_large, Op::read, "request", std::move(reason)).error;
  cli::log(LogLevel::error, describe(error) + "; the client is cut off");
  reply(peer, refusal(error));
  peer.lines = LineSplitter(k_most_line_bytes);
  peer.ended = true;
  if (peer.is_feed) has_feed_ = false;
}

void SaveServer::reply(Peer& peer, const std::string& line) {
  peer.unsent += line;
  peer.unsent += '\n';
  send_to(peer);
}

void SaveServer::send_to(Peer& peer) {
  while (!peer.unsent.empty()) {
    const ssize_t length = peer.is_feed
                               ? ::write(peer.out, peer.unsent.data(), peer.unsent.size())
                               : ::send(peer.out, peer.unsent.data(), peer.unsent.size(), MSG_NOSIGNAL);
    if (length < 0 && errno == EINTR) continue;
    if (length < 0 && errno == EAGAIN) return;
    if (length < 0) {
      peer.unsent.clear();
      // Nobody reads the replies; what is fed still counts.
      if (!peer.is_feed) peer.ended = true;
      return;
    }
    peer.unsent.erase(0, static_cast<std::size_t>(length));
  }
}

void SaveServer::answer_flushes() {
  for (const auto& [serial, line] : board_->take_flushes()) {
    const auto peer = peers_.find(serial);
    if (peer == peers_.end()) continue;
    peer->second.waits_for_flush = false;
    reply(peer->second, line);
    take_lines(serial, peer->second, {});
  }
}

void SaveServer::forget_the_gone() {
  for (auto entry = peers_.begin(); entry != peers_.end();) {
    const Peer& peer = entry->second;
    const bool gone = peer.ended && peer.unsent.empty() && !peer.waits_for_flush;
    if (gone && !peer.is_feed) ::close(peer.in);
    entry = gone ? peers_.erase(entry) : std::next(entry);
  }
}

void SaveServer::finish(const std::vector<std::string>& unsaved) {
  answer_flushes();
  for (auto& [serial, peer] : peers_) {
    if (!peer.waits_for_flush) continue;
    RoundReport report;
    for (const std::string& id : unsaved) {
      report.failures.push_back({id, {Errc::io, Op::write, 0, id, "not saved before the end"}});
    }
    reply(peer, flush_reply(report));
  }
}

}  // namespace session::commands
