#pragma once
// The part of autosave that talks: standard input and the clients of the socket, in one thread, on poll(2).
// A client's mistakes are answered and harm nobody else; what it can make the server hold is bounded.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/line_splitter.h"
#include "commands/save/outbox.h"
#include "commands/save/rounds.h"
#include "commands/save/socket.h"
#include "session/time.h"

namespace session::commands {

/// The longest request; a client that sends more is cut off.
inline constexpr std::size_t k_most_line_bytes = 64 << 20;
/// Of all unfinished requests together.
inline constexpr std::size_t k_most_pending_bytes = 256 << 20;
inline constexpr std::size_t k_most_clients = 1'000;

class SaveServer {
 public:
  enum class StandardInput : bool { closed, feeds };

  SaveServer(Autosave& autosave, AutosaveLoop& loop, std::shared_ptr<RoundBoard> board,
             ListeningSocket socket, StandardInput input);
  SaveServer(const SaveServer&) = delete;
  SaveServer& operator=(const SaveServer&) = delete;
  ~SaveServer();

  /// Serves until a signal asks to stop, or standard input ends where that is the only feed.
  void run();
  /// Takes what had arrived when it was asked to stop, for `patience` at most; for once after run().
  void drain(milliseconds patience);
  /// Answers the flushes that were still waiting, after the last round, and sends what is not sent yet, for
  /// `patience` at most.
  void finish(const std::vector<std::string>& unsaved, milliseconds patience);
  /// Why standard input was not read to its end; nullopt if it was.
  [[nodiscard]] const std::optional<Error>& feed_failure() const { return feed_failure_; }

 private:
  struct Peer {
    explicit Peer(int in_descriptor, int out_descriptor)
        : in(in_descriptor), out(out_descriptor), lines(k_most_line_bytes) {}
    int in, out;  ///< the same for a client; stdin and stdout for standard input
    cli::LineSplitter lines;
    Outbox unsent;
    bool waits_for_flush = false;
    bool ended = false;    ///< nothing more is read; goes once all is sent
    bool is_feed = false;  ///< standard input: successes are not answered
    bool is_deaf = false;  ///< nobody reads its replies any more
    bool was_reset = false;
  };
  using Serial = std::uint64_t;
  /// Draining: asked to stop, what has arrived is taken. Ending: nothing is taken any more, replies are sent.
  enum class Phase : std::uint8_t { serving, draining, ending };

  [[nodiscard]] bool takes_requests(const Peer& peer) const;
  /// Waits for something to do, at most `patience_ms`, and does it; false if nothing was.
  bool serve_once(int patience_ms);
  void accept_clients();
  void read_if_it_fits(Serial serial, Peer& peer);
  void read_from(Serial serial, Peer& peer);
  void end_of_input(Serial serial, Peer& peer);
  void take_lines(Serial serial, Peer& peer, ByteView piece);
  bool take_line(Serial serial, Peer& peer, ByteView line);
  bool take_request(Serial serial, Peer& peer, ByteView line);
  void cut_off(Peer& peer, std::string reason);
  void fail_untaken_feed();
  void fail_feed(Error error);
  [[nodiscard]] bool has_room_for_reply(const std::string& id) const;
  void reply(Peer& peer, const std::string& line);
  void send_to(Peer& peer);
  void answer_flushes();
  void forget_the_gone();

  Autosave& autosave_;
  AutosaveLoop& loop_;
  std::shared_ptr<RoundBoard> board_;  ///< shared with the callbacks of the loop
  ListeningSocket socket_;
  std::map<Serial, Peer> peers_;
  Serial next_serial_ = 0;
  std::size_t pending_bytes_ = 0;
  bool has_feed_ = false;
  std::optional<Error> feed_failure_;
  Phase phase_ = Phase::serving;
};

}  // namespace session::commands
