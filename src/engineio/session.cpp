#include "engineio/session.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace rollcall::engineio {
namespace {
constexpr std::string_view kClose = "1";
constexpr std::string_view kNoop = "6";
constexpr std::string_view kProbe = "probe";
// How long a closed polling session keeps its last packets for one more GET. Clients poll again immediately;
// the reference server waits equally long.
constexpr seconds kFarewell{30};
// How long a session that its client has closed waits for a GET that was sent before the close packet and
// came after it, on a connection of its own. Refused, it would be an error in the browser's console.
constexpr seconds kLateGet{2};
constexpr std::size_t kSlowBytesPerSecond = 10'000;  // of a client on a bad network
constexpr std::size_t kMostFetchingSeconds = 120;
constexpr std::int64_t kMostSlowSeconds = 60;
constexpr std::size_t kOpenPacketBytes = 160;  // enough for all but the strangest settings
}  // namespace

Session::Session(const Settings& settings, Transport transport, Instant now)
    : settings_(settings), heartbeat_(now + settings.ping_interval), transport_(transport) {}

std::string Session::open_packet(std::string_view sid, const Settings& settings, Transport transport) {
  const bool upgrade = settings.offer_upgrade && transport == Transport::polling;
  std::string packet;
  packet.reserve(kOpenPacketBytes);
  packet += "0{\"sid\":\"";
  packet += sid;
  packet += upgrade ? "\",\"upgrades\":[\"websocket\"]" : "\",\"upgrades\":[]";
  packet.append(",\"pingInterval\":").append(std::to_string(settings.ping_interval.count()));
  packet.append(",\"pingTimeout\":").append(std::to_string(settings.ping_timeout.count()));
  packet.append(",\"maxPayload\":").append(std::to_string(settings.max_payload_bytes)).append("}");
  return packet;
}

void Session::keep(base::FrameRef frame, Actions& out) {
  if (state_ != State::open) return;
  if (!buffer_) {  // one message of any size may wait
    buffer_ = std::make_unique<Buffer>();
  } else {
    buffer_->bytes += frame->packet().size();
  }
  buffer_->frames.push_back(std::move(frame));
  if (buffer_->bytes > settings_.max_buffered_bytes) finish(CloseReason::slow_consumer, kClose, out);
}

void Session::answer(std::string_view lone_packet, Actions& out) {
  out.add(Actions::answer_poll);
  out.body = buffer_ ? encode_payload(buffer_->frames) : std::string(lone_packet);
  buffer_.reset();
  poll_waiting_ = false;
  fetching_seconds_ =
      static_cast<std::uint8_t>(std::min(out.body.size() / kSlowBytesPerSecond, kMostFetchingSeconds));
}

void Session::flush(Actions& out) {
  if (!poll_waiting_) return;
  if (buffer_) {
    answer({}, out);
  } else if (state_ == State::closing || state_ == State::left) {
    answer(state_ == State::left ? kNoop : kClose, out);
    state_ = State::finished;
  } else if (probe_ == Probe::confirmed) {
    answer(kNoop, out);
  }
}

bool Session::poll_arrived(Instant now, Actions& out) {
  if (poll_waiting_) {
    finish(CloseReason::transport_error, kClose, out);
    return false;
  }
  poll_waiting_ = true;
  heard(now);
  return true;
}

void Session::poll_lost(Actions& out) {
  poll_waiting_ = false;
  finish(CloseReason::transport_close, {}, out);
}

bool Session::post_arrived(Instant now, Actions& out) {
  if (state_ != State::open) return false;
  if (posting_) {
    finish(CloseReason::transport_error, kClose, out);
    return false;
  }
  posting_ = true;
  heard(now);
  return true;
}

Received Session::take_pong(Instant now) {
  // An unsolicited pong must not delay the next ping.
  if (awaiting_pong_) {
    awaiting_pong_ = false;
    heartbeat_ = now + settings_.ping_interval;
  }
  return Received::nothing;
}

Received Session::receive(const std::optional<Packet>& packet, Instant now, Actions& out) {
  if (state_ != State::open) return Received::closed;
  if (packet) {
    switch (packet->type) {
      case PacketType::message:
        return Received::message;
      case PacketType::pong:
        return take_pong(now);
      case PacketType::close:
        closed_by_client(now, out);
        return Received::closed;
      default:
        break;
    }
  }
  finish(CloseReason::parse_error, kClose, out);
  return Received::closed;
}

void Session::closed_by_client(Instant now, Actions& out) {
  if (transport_ == Transport::websocket || poll_waiting_) {
    finish(CloseReason::transport_close, kNoop, out);
    return;
  }
  buffer_.reset();
  stay_for_gets(State::left, now + kLateGet, CloseReason::transport_close, out);
}

bool Session::probe_arrived(Instant now) {
  if (state_ != State::open || transport_ != Transport::polling || probe_ != Probe::none) return false;
  probe_ = Probe::waiting;
  heard(now);
  transport_since_ = now;
  return true;
}

void Session::probe_packet(const std::optional<Packet>& packet, Actions& out) {
  if (probe_ == Probe::none) return;
  const bool is_probe = packet && packet->type == PacketType::ping && packet->data == kProbe;
  if (is_probe && probe_ == Probe::waiting) {
    probe_ = Probe::confirmed;
    out.add(Actions::confirm_probe);
    flush(out);
    return;
  }
  if (packet && packet->type == PacketType::upgrade && probe_ == Probe::confirmed) {
    complete_upgrade(out);
    return;
  }
  abandon_probe(out);
}

void Session::complete_upgrade(Actions& out) {
  if (poll_waiting_) answer(kNoop, out);
  probe_ = Probe::none;
  transport_ = Transport::websocket;
  out.add(Actions::probe_becomes_transport);
  if (const auto buffer = std::move(buffer_)) out.waiting = std::move(buffer->frames);
}

void Session::abandon_probe(Actions& out) {
  probe_ = Probe::none;
  out.add(Actions::close_probe);
}

void Session::probe_lost() {
  probe_ = Probe::none;
}

void Session::look(Instant now) {
  const bool silent = state_ == State::open && transport_ == Transport::polling && !poll_waiting_ &&
                      !posting_ && probe_ == Probe::none;
  if (silent && !silent_) transport_since_ = now;
  silent_ = silent;
}

void Session::limit_silence(bool limited) {
  silence_limited_ = limited;
  silent_ = false;  // restarts the silence
}

void Session::heard(Instant now) {
  if (!silent_) return;
  silent_ = false;
  const auto took = std::chrono::duration_cast<seconds>(now - transport_since_).count();
  // Decays by half: a client that was slow once, such as during page load, is not treated as slow for ever.
  slow_seconds_ =
      static_cast<std::uint8_t>(std::clamp<std::int64_t>(took, slow_seconds_ / 2, kMostSlowSeconds));
}

milliseconds Session::gap() const {
  return settings_.poll_gap + seconds(fetching_seconds_) + 2 * seconds(slow_seconds_);
}

void Session::websocket_lost(CloseReason reason, Actions& out) {
  finish(reason, {}, out);
}

void Session::close(CloseReason reason, Actions& out) {
  if (state_ != State::open) return;
  if (transport_ == Transport::websocket || reason != CloseReason::forced_close) {
    finish(reason, kClose, out);
    return;
  }
  // A polling client gets pending messages by one GET and the close packet by the next: clients handle
  // `close` immediately but messages a tick later, so they would drop messages that come together with it.
  stay_for_gets(State::closing, heartbeat_ + kFarewell, reason, out);
  flush(out);
}

void Session::stay_for_gets(State state, Instant until, CloseReason reason, Actions& out) {
  state_ = state;
  heartbeat_ = until;
  if (probe_ != Probe::none) abandon_probe(out);
  out.add(Actions::close);
  out.reason = reason;
}

void Session::finish(CloseReason reason, std::string_view answer_to_poll, Actions& out) {
  if (state_ == State::finished) return;
  const bool was_open = state_ == State::open;
  state_ = State::finished;
  if (poll_waiting_) {
    buffer_.reset();
    answer(answer_to_poll, out);
  }
  if (probe_ != Probe::none) abandon_probe(out);
  if (transport_ == Transport::websocket) out.add(Actions::close_websocket);
  if (!was_open) return;
  out.add(Actions::close);
  out.reason = reason;
}

Instant Session::last_heard() const {
  if (!awaiting_pong_) return heartbeat_ - settings_.ping_interval;
  return heartbeat_ - settings_.ping_timeout - settings_.ping_interval;
}

Instant Session::deadline() const {
  if (state_ != State::open) return heartbeat_;
  if (probe_ != Probe::none)
    return std::min<Instant>(heartbeat_, transport_since_ + settings_.upgrade_timeout);
  if (silent_ && silence_limited_) return std::min<Instant>(heartbeat_, transport_since_ + gap());
  return heartbeat_;
}

void Session::tick(Instant now, Actions& out) {
  if (state_ != State::open && now >= heartbeat_) state_ = State::finished;
  if (state_ != State::open) return;
  if (probe_ != Probe::none && now >= transport_since_ + settings_.upgrade_timeout) abandon_probe(out);
  if (silent_ && silence_limited_ && now >= transport_since_ + gap()) {
    finish(CloseReason::transport_close, {}, out);
    return;
  }
  if (now < heartbeat_) return;
  if (awaiting_pong_) {
    finish(CloseReason::ping_timeout, kClose, out);
    return;
  }
  // Counted from when the ping was due, not from now: a late turn of the loop must not extend the timeout.
  awaiting_pong_ = true;
  heartbeat_ += settings_.ping_timeout;
  out.add(Actions::send_ping);
  if (now >= heartbeat_) finish(CloseReason::ping_timeout, kClose, out);
}

}  // namespace rollcall::engineio
