// One Engine.IO v4 session: heartbeat, long-polling, the upgrade to WebSocket, and its end.
//
// Pure: methods take packets and the time, and return what the shell must do as Actions. The server's
// EngineSession drives it. Not thread-safe; a session lives on one worker.
//
// Bounds: the buffer of a polling client is limited to Settings::max_buffered_bytes beyond the first message;
// exceeding it closes the session (CloseReason::slow_consumer).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/frame.hpp"
#include "engineio/packet.hpp"
#include "engineio/request.hpp"
#include "rollcall/end_reason.hpp"
#include "rollcall/time.hpp"

namespace rollcall::engineio {

struct Settings {
  milliseconds ping_interval{25000};
  milliseconds ping_timeout{20000};
  milliseconds upgrade_timeout{10000};
  std::size_t max_payload_bytes = 1'000'000;
  std::size_t max_buffered_bytes = 1 << 20;
  bool offer_upgrade = true;  // the open packet lists websocket
  // How long a polling client may go without a GET, a POST or a probe; clients poll again immediately. A
  // large answer extends it, at kSlowBytesPerSecond, and so does a client that was slow recently: twice the
  // gap it left, which decays by half each time it is faster.
  milliseconds poll_gap{8000};
};

// The reasons that end a session; namespaces, which EndReason knows of too, are left one by one.
enum class CloseReason : unsigned char {
  transport_close = static_cast<unsigned char>(EndReason::transport_close),
  transport_error = static_cast<unsigned char>(EndReason::transport_error),
  ping_timeout = static_cast<unsigned char>(EndReason::ping_timeout),
  parse_error = static_cast<unsigned char>(EndReason::parse_error),
  forced_close = static_cast<unsigned char>(EndReason::forced_close),
  slow_consumer = static_cast<unsigned char>(EndReason::slow_consumer),
};
constexpr EndReason end_reason_of(CloseReason reason) {
  return static_cast<EndReason>(reason);
}
constexpr std::string_view name_of(CloseReason reason) {
  return reason <= CloseReason::slow_consumer ? name_of(end_reason_of(reason)) : std::string_view();
}

// What a step of a session wants done, in this order, once the step is over.
class Actions {
 public:
  enum Kind : unsigned {
    confirm_probe = 1,  // send `3probe` on the websocket that probes
    answer_poll = 2,    // end the waiting GET with 200 and `body`
    close_probe = 4,
    probe_becomes_transport = 8,  // and gets `waiting`, which was to be polled
    send_ping = 16,
    close_websocket = 32,  // after what was sent
    close = 64,            // for `reason`. Once; nothing is received from now on
  };
  // Of several kinds.
  using Kinds = unsigned;
  bool none() const { return kinds_ == 0; }
  void add(Kind kind) { kinds_ |= kind; }
  // None are left. Before another step: take what goes with them, too.
  Kinds take() { return std::exchange(kinds_, 0U); }

  std::string body;
  std::vector<base::FrameRef> waiting;
  CloseReason reason = CloseReason::transport_close;

 private:
  Kinds kinds_ = 0;
};

// What a packet means to the layer above.
enum class Received { nothing, message, closed };

class Session {
 public:
  Session(const Settings& settings, Transport transport, Instant now);

  // The open packet for this session: `0{"sid":...}`.
  static std::string open_packet(std::string_view sid, const Settings& settings, Transport transport);

  Transport transport() const { return transport_; }
  bool closed() const { return state_ != State::open; }
  // Finished: the shell may destroy the session. One that was closed while polling waits for GETs: the
  // server's close for those that fetch the buffer and then the close packet, the client's for one that was
  // overtaken.
  bool finished() const { return state_ == State::finished; }

  // Whether a message can be sent on the websocket at once. If not, give it to `keep`.
  bool sends_at_once() const { return state_ == State::open && transport_ == Transport::websocket; }
  // A message packet, already framed, to be polled. Dropped once the session is closed.
  void keep(base::FrameRef frame, Actions& out);
  // Whether volatile messages can be sent, as far as known here: a poll waits, or the transport is a
  // websocket.
  bool writable() const { return transport_ == Transport::websocket || (poll_waiting_ && !buffer_); }
  // Answers the waiting GET with everything buffered. Called once per turn.
  void flush(Actions& out);
  void close(CloseReason reason, Actions& out);

  // Long-polling. False: answer 400, the session is closed.
  bool poll_arrived(Instant now, Actions& out);
  void poll_lost(Actions& out);
  bool post_arrived(Instant now, Actions& out);
  void post_finished() { posting_ = false; }

  // A packet from a POST or from the websocket that is the transport. `message`: packet.data is for the layer
  // above. nullopt stands for a packet that did not parse.
  Received receive(const std::optional<Packet>& packet, Instant now, Actions& out);

  // The upgrade. `probe_arrived` is false if no websocket is wanted now: close it.
  bool probe_arrived(Instant now);
  // A packet on the probing websocket; after an `upgrade` packet it has become the transport.
  void probe_packet(const std::optional<Packet>& packet, Actions& out);
  void probe_lost();
  bool upgrading() const { return probe_ != Probe::none; }
  // Call it after the others: a polling session without a request ends when its gap is over.
  void look(Instant now);
  // Whether the gap ends it; by default it does. A client that has just opened its session may be slow to
  // continue, for example one of a thousand in a busy program.
  void limit_silence(bool limited);

  void websocket_lost(CloseReason reason, Actions& out);

  // When the client last gave a sign that its transport works: its last pong, or the opening.
  Instant last_heard() const;

  // The next instant at which `tick` has something to do.
  Instant deadline() const;
  void tick(Instant now, Actions& out);

 private:
  // closing: by the server; left: by the client. Both stay for GETs.
  enum class State : unsigned char { open, closing, left, finished };
  enum class Probe : unsigned char { none, waiting, confirmed };

  void answer(std::string_view lone_packet, Actions& out);
  void heard(Instant now);
  milliseconds gap() const;
  void abandon_probe(Actions& out);
  void complete_upgrade(Actions& out);
  void closed_by_client(Instant now, Actions& out);
  void stay_for_gets(State state, Instant until, CloseReason reason, Actions& out);
  void finish(CloseReason reason, std::string_view answer_to_poll, Actions& out);
  Received take_pong(Instant now);

  const Settings& settings_;
  // Polling: not yet fetched. None when there is nothing, as with all websockets.
  struct Buffer {
    std::vector<base::FrameRef> frames;
    std::size_t bytes = 0;
  };
  std::unique_ptr<Buffer> buffer_;
  Instant heartbeat_;          // when the next ping is due, or the pong's deadline; when closing: its end
  Instant transport_since_{};  // since when there is a probe; or, while `silent_`, nothing
  Transport transport_;
  State state_ = State::open;
  Probe probe_ = Probe::none;
  bool awaiting_pong_ : 1 = false;
  bool poll_waiting_ : 1 = false;
  bool posting_ : 1 = false;
  bool silent_ : 1 = false;  // no transport at all: no poll, POST or probe
  bool silence_limited_ : 1 = true;
  std::uint8_t fetching_seconds_ = 0;  // that the last answer may take on its way
  std::uint8_t slow_seconds_ = 0;      // that the client took for its next poll or POST of late
};

}  // namespace rollcall::engineio
