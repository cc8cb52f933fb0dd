// How a session outlives its connection: it is parked until its client comes back, taken over if the client
// is back before the old connection is known to be broken, and moved to the worker that the client came back
// to (docs/decisions/0023).
#include <algorithm>
#include <limits>

#include "base/json.hpp"
#include "server/sockets/namespace.hpp"
#include "server/sockets/socket_server.hpp"

namespace rollcall::server {
namespace {

// How long to wait for the session's worker. A worker that takes longer hangs, and the client gets a new
// session.
constexpr milliseconds kFetchTimeout{2000};
constexpr std::size_t kParkedBytes = 512;  // the socket's object, its owner's name, the entry in the list

std::optional<std::string> text_of(const boost::json::value* value) {
  if (!value || !value->is_string()) return std::nullopt;
  return std::string(value->get_string().c_str(), value->get_string().size());
}

NamespaceImpl& part_of(const BusPort& port, NamespaceIndex nsp) {
  return static_cast<NamespaceImpl&>(port.receiver(nsp));
}

}  // namespace

std::optional<RecoveryTicket> NamespaceImpl::ticket_of(const SocketImpl& socket) const {
  if (!port_.bus().recovers() || socket.auth().find("\"pid\"") == std::string::npos) return std::nullopt;
  base::json::Scratch scratch;
  const auto auth = base::json::parse(socket.auth(), scratch.memory());
  if (!auth || !auth->is_object()) return std::nullopt;
  auto pid = text_of(auth->as_object().if_contains("pid"));
  if (!pid) return std::nullopt;
  const auto* offset = auth->as_object().if_contains("offset");
  if (offset && !offset->is_string()) return std::nullopt;
  return RecoveryTicket{std::move(*pid), text_of(offset)};
}

void NamespaceImpl::accept(SocketImpl& socket) {
  auto ticket = ticket_of(socket);
  Bus& bus = port_.bus();
  const auto place = ticket && bus.may_be_offset(spec_.index, ticket->offset)
                         ? bus.locate(spec_.index, ticket->pid)
                         : std::nullopt;
  if (ticket) socket.wanted_recovery_ = true;
  socket.must_take_over_ = spec_.user_limit && spec_.user_limit->reached(socket);
  if (!place) {
    let_in(socket, std::nullopt, std::nullopt);
  } else if (place->worker == port_.index()) {
    const auto session = release(place->slot, claim_of(socket, *ticket, false));
    let_in(socket, session, ticket->offset);
  } else {
    fetch(socket, *place, std::move(*ticket));
  }
}

// Asks the session's worker for it, and continues when it has answered.
void NamespaceImpl::fetch(SocketImpl& socket, SessionPlace place, RecoveryTicket ticket) {
  Bus& bus = port_.bus();
  auto patience = std::make_unique<Deadline>([this, slot = socket.slot(), ref = socket.ref()](Instant) {
    fetching_.erase(slot);
    if (auto* waiting = static_cast<SocketImpl*>(ref.get())) let_in(*waiting, std::nullopt, std::nullopt);
  });
  loop().timers().arm(*patience, loop().now() + kFetchTimeout);
  fetching_[socket.slot()] = std::move(patience);
  bus.post(place.worker, [&bus, nsp = spec_.index, place, claim = claim_of(socket, ticket, true),
                          offset = std::move(ticket.offset), ref = socket.ref(),
                          home = port_.index()](const BusPort& there) {
    auto session = part_of(there, nsp).release(place.slot, claim);
    bus.post(home, [nsp, ref, session = std::move(session), offset](const BusPort& back) {
      NamespaceImpl& here = part_of(back, nsp);
      auto* waiting = static_cast<SocketImpl*>(ref.get());
      if (waiting && !waiting->connected()) {
        here.fetching_.erase(waiting->slot());
        here.let_in(*waiting, session, offset);
      } else if (session) {  // the client is gone again, or did not wait: the session ends
        here.port_.bus().ended(nsp, session->pid);
        here.end_predecessor(*session);
      }
      if (session) here.port_.bus().arrived();
    });
  });
}

NamespaceImpl::Claim NamespaceImpl::claim_of(const SocketImpl& socket, const RecoveryTicket& ticket,
                                             bool from_other_worker) {
  return {ticket.pid, std::string(socket.owner()), socket.must_take_over_, from_other_worker};
}

std::optional<SessionTransfer> NamespaceImpl::release(std::uint32_t slot, const Claim& claim) {
  SocketImpl* const socket = slot < slots_.size() ? slots_[slot].socket.get() : nullptr;
  if (!socket || !(socket->connected() || socket->state_ == SocketImpl::State::parked)) return std::nullopt;
  if (!same_secret(socket->pid_, claim.pid) || socket->owner() != claim.owner) return std::nullopt;
  if (claim.connected_only && !socket->connected()) return std::nullopt;
  SessionTransfer session;
  session.from = park_place(*socket);
  session.was_connected = socket->connected();
  if (session.was_connected) {
    supersede(*socket);
    session.sent = std::numeric_limits<std::uint64_t>::max();
  } else if (const auto sent = port_.bus().unpark(session.from, loop().now())) {
    session.sent = *sent;
  } else {
    drop_parked(slot, socket->generation_);  // too old, or already evicted
    return std::nullopt;
  }
  session.id = socket->id();
  session.pid = std::string_view(socket->pid_);
  session.floor = socket->floor_;
  session.vain_replays = socket->vain_replays_;
  socket->state_ = SocketImpl::State::gone;
  if (claim.from_other_worker) {
    port_.bus().set_out();
    session.rooms = rooms_.rooms_of(slot);
    rooms_.leave_all(slot);
    if (!session.was_connected) free_slot_later(slot);
  }
  return session;
}

// The client is back on another connection: this one is dead, though we had not noticed.
void NamespaceImpl::supersede(SocketImpl& socket) {
  Peer& peer = part(socket, EndReason::transport_close);
  peer.client.disconnected(spec_.name);
  socket.peer_ = nullptr;
  peer.close(engineio::CloseReason::transport_close);
}

// On either worker, after the client has its new socket, so that the user was there all the time.
void NamespaceImpl::end_predecessor(const SessionTransfer& session) {
  if (session.from.worker != port_.index()) {
    if (!session.was_connected) return;
    port_.bus().post(session.from.worker, [session](const BusPort& there) {
      part_of(there, session.from.nsp).end_predecessor(session);
    });
    return;
  }
  SocketImpl& socket = *slots_[session.from.slot].socket;
  if (session.was_connected) tell_ended(socket, EndReason::transport_close);
  rooms_.leave_all(session.from.slot);
  free_slot_later(session.from.slot);
}

// Gives the session to the socket. False if what its client missed cannot be determined.
std::optional<Bus::Missed> NamespaceImpl::resume(SocketImpl& socket, const SessionTransfer& session,
                                                 const std::optional<std::string>& offset) {
  const bool is_here = session.from.worker == port_.index();
  std::vector<RoomKey> joined;
  for (const RoomKey& room : session.rooms) {
    if (rooms_.join(socket.slot(), room)) joined.push_back(room);
  }
  const std::uint32_t member = is_here ? session.from.slot : socket.slot();
  auto missed = port_.missed(spec_.index, {rooms_, member, session.id, offset, session.floor, session.sent});
  const bool in_vain = missed && missed->seen == session.floor;
  if (in_vain && session.vain_replays > 0) {
    const bool breaks_it = session.vain_replays >= SocketImpl::kMaxVainReplays && !missed->messages.empty();
    // Messages of a replay that never arrived are kept no longer than others.
    if (breaks_it || missed->some_too_old) missed.reset();
  }
  if (!missed) {
    for (const RoomKey& room : joined) rooms_.leave(socket.slot(), room);
    return std::nullopt;
  }
  if (is_here) rooms_.move(session.from.slot, socket.slot());
  socket.recovered_ = true;
  socket.id_ = session.id;
  socket.pid_ = session.pid;
  socket.floor_ = missed->seen;
  const unsigned replays = (in_vain ? session.vain_replays : 0U) + (missed->messages.empty() ? 0U : 1U);
  socket.vain_replays_ = static_cast<std::uint8_t>(replays);
  port_.bus().moved(spec_.index, session.pid, {port_.index(), socket.slot()});
  return missed;
}

void NamespaceImpl::send_missed(SocketImpl& socket, const Bus::Missed& missed) {
  if (missed.messages.empty()) return;
  for (const socketio::MessageRef& message : missed.messages) send(socket, *message);
  if (missed.messages.back()->number != missed.last || missed.messages.back()->mark.empty())
    send_mark(socket, missed.last);
}

socketio::ParkPlace NamespaceImpl::park_place(const SocketImpl& socket) const {
  return {spec_.index, port_.index(), socket.slot(), socket.generation_};
}

void NamespaceImpl::park(SocketImpl& socket, bool closed_by_client) {
  // A client that cannot parse a message closes the connection, comes back, and would get it again.
  if (closed_by_client && socket.vain_replays_ > 0) socket.vain_replays_ = SocketImpl::kMaxVainReplays;
  port_.bus().park(socket.owner(), park_place(socket), kParkedBytes + rooms_.bytes_of(socket.slot()),
                   loop().now());
  // Handlers up the stack may still use it.
  loop().defer([this, slot = socket.slot(), generation = socket.generation_] {
    SocketImpl* const parked = slots_[slot].generation == generation ? slots_[slot].socket.get() : nullptr;
    if (!parked || parked->state_ != SocketImpl::State::parked) return;
    parked->data.reset();
    parked->acks_.reset();
  });
}

void NamespaceImpl::drop_parked(std::uint32_t slot, std::uint32_t generation) {
  SocketImpl* const parked = slots_[slot].generation == generation ? slots_[slot].socket.get() : nullptr;
  if (!parked || parked->state_ != SocketImpl::State::parked) return;
  parked->state_ = SocketImpl::State::gone;
  rooms_.leave_all(slot);
  forget_pid(*parked);
  free_slot_later(slot);
}

void NamespaceImpl::forget_pid(const SocketImpl& socket) {
  if (socket.recovered_) port_.bus().ended(spec_.index, socket.pid_);
}

// Handlers up the stack may still hold the socket.
void NamespaceImpl::free_slot_later(std::uint32_t slot) {
  loop().defer([this, slot] { free_slot(slot); });
}

}  // namespace rollcall::server
