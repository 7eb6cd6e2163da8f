#include "commands/save/server.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <new>

#include "cli/log.h"
#include "cli/signals.h"

namespace session::commands {
namespace {

using cli::LineSplitter;
using cli::LogLevel;

constexpr std::size_t k_piece_bytes = 64 * 1024;
/// A client that does not read its replies is not read from until it does.
constexpr std::size_t k_most_unsent_bytes = 1 << 20;
/// Of all replies together, but for a single one that is longer.
constexpr std::size_t k_most_unsent_bytes_together = 256 << 20;
using Clock = std::chrono::steady_clock;

/// For poll(2), which is asked again when this is over.
int milliseconds_until(Clock::time_point deadline) {
  return static_cast<int>(std::min(left_until(deadline), milliseconds(60'000)).count());
}

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

void SaveServer::drain(milliseconds patience) {
  phase_ = Phase::draining;
  // Nothing that others hold may keep what has arrived behind a flush from being taken.
  autosave_.hurry();
  // Who had connected, too, may have asked for something.
  if (socket_.descriptor() >= 0) accept_clients();
  const Clock::time_point deadline = deadline_in(patience);
  const auto is_held_up = [](const auto& entry) {
    return entry.second.waits_for_flush && !entry.second.ended;
  };
  // What was held back until replies were read.
  for (auto& [serial, peer] : peers_) take_lines(serial, peer, {});
  for (bool busy = true; busy;) {
    if (Clock::now() >= deadline) {
      fail_untaken_feed();
      return;
    }
    // What arrived behind a flush is taken when that is done.
    const bool waits = std::any_of(peers_.begin(), peers_.end(), is_held_up);
    busy = serve_once(waits ? milliseconds_until(deadline) : 0) || waits;
  }
}

bool SaveServer::takes_requests(const Peer& peer) const {
  // When it is to stop what has arrived is taken, whoever does not read the replies to it; after the last
  // round nothing is, because nothing would save it.
  if (peer.waits_for_flush || phase_ == Phase::ending) return false;
  return phase_ == Phase::draining || peer.unsent.size() < k_most_unsent_bytes;
}

bool SaveServer::serve_once(int patience_ms) {
  std::vector<pollfd> waiting;
  std::vector<Serial> serials;
  const auto wait_for = [&](int descriptor, short events) { waiting.push_back({descriptor, events, 0}); };
  // Asked to stop, the signal is no news any more, and new clients come too late.
  wait_for(phase_ == Phase::serving ? cli::stop_descriptor() : -1, POLLIN);
  wait_for(board_->descriptor(), POLLIN);
  const bool room = peers_.size() < k_most_clients && phase_ == Phase::serving;
  wait_for(room ? socket_.descriptor() : -1, POLLIN);
  for (const auto& [serial, peer] : peers_) {
    const bool reads = !peer.ended && takes_requests(peer);
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
    if (waiting[3 + 2 * i].revents != 0) read_if_it_fits(serials[i], peer);
    if (waiting[4 + 2 * i].revents != 0) {
      send_to(peer);
      // Those that were held back while replies piled up.
      take_lines(serials[i], peer, {});
    }
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

void SaveServer::read_if_it_fits(Serial serial, Peer& peer) {
  try {
    read_from(serial, peer);
  } catch (const std::bad_alloc&) {
    cut_off(peer, "there is no memory for it");
  }
}

void SaveServer::read_from(Serial serial, Peer& peer) {
  // A reply that was due meanwhile may have let it go on to its next flush.
  if (!takes_requests(peer)) return;
  std::array<char, k_piece_bytes> piece;
  const ssize_t length = ::read(peer.in, piece.data(), piece.size());
  if (length > 0) return take_lines(serial, peer, {piece.data(), static_cast<std::size_t>(length)});
  if (length < 0 && (errno == EAGAIN || errno == EINTR)) return;
  // A client that left without reading its replies; what it had asked for before is still there to be read.
  if (length < 0 && errno == ECONNRESET && !std::exchange(peer.was_reset, true)) return;
  if (length < 0 && peer.is_feed) fail_feed(fail_errno(errno, Op::read, "standard input").error);
  end_of_input(serial, peer);
}

void SaveServer::end_of_input(Serial serial, Peer& peer) {
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
  if (!takes_requests(peer)) return;
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
  try {
    return take_request(serial, peer, line);
  } catch (const std::bad_alloc&) {
    const Error error{Errc::too_large, Op::read, 0, "request", "there is no memory for it"};
    if (peer.is_feed) log_refusal(error);
    if (!peer.is_feed) reply(peer, refusal(error));
    return takes_requests(peer);
  }
}

bool SaveServer::take_request(Serial serial, Peer& peer, ByteView line) {
  if (line.find_first_not_of(" \t\r") == ByteView::npos) return true;
  const Result<Request> request = parse_request(line, autosave_.format());
  if (!request) {
    if (peer.is_feed) log_refusal(request.error());
    if (!peer.is_feed) reply(peer, refusal(request.error()));
    return takes_requests(peer);
  }
  if (request->op == RequestOp::flush) {
    peer.waits_for_flush = true;
    loop_.flush([board = board_, serial](const RoundReport& report) {
      board->flush_done(serial, flush_reply(report));
    });
    return false;
  }
  if (request->op == RequestOp::get && !has_room_for_reply(request->id)) {
    reply(peer, refusal(fail(Errc::too_large, Op::read, request->id,
                             "too many replies are not read yet; try again later")
                            .error));
    return takes_requests(peer);
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
  return takes_requests(peer);
}

bool SaveServer::has_room_for_reply(const std::string& id) const {
  std::size_t bytes = 0;
  for (const auto& [serial, peer] : peers_) bytes += peer.unsent.size();
  const SharedBytes content = bytes == 0 ? nullptr : autosave_.get(id);
  return content == nullptr || bytes + content->size() <= k_most_unsent_bytes_together;
}

void SaveServer::cut_off(Peer& peer, std::string reason) {
  const std::string subject = peer.is_feed ? "standard input" : "request";
  const Error error = fail(Errc::too_large, Op::read, subject, std::move(reason)).error;
  cli::log(LogLevel::error, describe(error) + (peer.is_feed ? "" : "; the client is cut off"));
  reply(peer, refusal(error));
  peer.lines = LineSplitter(k_most_line_bytes);
  peer.ended = true;
  if (peer.is_feed) fail_feed(error);
}

/// What has arrived on standard input, and nobody will take.
void SaveServer::fail_untaken_feed() {
  const bool has_more = std::any_of(peers_.begin(), peers_.end(), [](const auto& entry) {
    const Peer& peer = entry.second;
    pollfd more{peer.in, POLLIN, 0};
    return peer.is_feed &&
           (peer.lines.pending_bytes() != 0 || (!peer.ended && ::poll(&more, 1, 0) > 0 && more.revents != 0));
  });
  if (has_more) {
    fail_feed({Errc::io, Op::read, 0, "standard input", "more had arrived than could be taken in time"});
  }
}

void SaveServer::fail_feed(Error error) {
  feed_failure_ = std::move(error);
  has_feed_ = false;
}

void SaveServer::reply(Peer& peer, const std::string& line) {
  if (peer.is_deaf) return;
  peer.unsent.add(line);
  peer.unsent.add("\n");
  send_to(peer);
}

void SaveServer::send_to(Peer& peer) {
  const bool is_read =
      peer.is_feed ? peer.unsent.send_to_stream(peer.out) : peer.unsent.send_to_socket(peer.out);
  if (is_read) return;
  // What is asked for still counts.
  peer.is_deaf = true;
  if (peer.is_feed) {
    cli::log(LogLevel::warning, "nobody reads standard output: replies to get and stats are lost");
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
    if (gone) pending_bytes_ -= peer.lines.pending_bytes();
    if (gone && !peer.is_feed) ::close(peer.in);
    entry = gone ? peers_.erase(entry) : std::next(entry);
  }
}

void SaveServer::finish(const std::vector<std::string>& unsaved, milliseconds patience) {
  phase_ = Phase::ending;
  answer_flushes();
  for (auto& [serial, peer] : peers_) {
    if (peer.waits_for_flush) {
      RoundReport report;
      for (const std::string& id : unsaved) {
        report.failures.push_back({id, {Errc::io, Op::write, 0, id, "not saved before the end"}});
      }
      reply(peer, flush_reply(report));
    }
    peer.waits_for_flush = false;
    peer.ended = true;
  }
  forget_the_gone();
  const Clock::time_point deadline = deadline_in(patience);
  while (!peers_.empty() && Clock::now() < deadline) serve_once(milliseconds_until(deadline));
  for (const auto& [serial, peer] : peers_) {
    if (peer.unsent.empty()) continue;
    cli::log(LogLevel::warning, fmt::format("{} bytes of replies to {} were not read before the end",
                                            peer.unsent.size(), peer.is_feed ? "the feed" : "a client"));
  }
}

}  // namespace session::commands
