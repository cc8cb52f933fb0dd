#include "server/sockets/namespace.hpp"

#include <algorithm>

#include "base/json.hpp"
#include "base/shrink.hpp"
#include "server/sockets/emission.hpp"
#include "server/sockets/socket_server.hpp"
#include "socketio/encode.hpp"

namespace rollcall::server {
namespace {

std::string refusal_json(const ConnectError& error) {
  std::string json = "{\"message\":" + base::json::quote(error.message);
  if (!error.data_json.empty()) json += ",\"data\":" + error.data_json;
  return json + "}";
}

std::string acceptance_json(std::string_view id, std::string_view pid) {
  std::string json;
  json.reserve(32 + id.size() + pid.size());
  json.append("{\"sid\":\"").append(id).append("\"");
  if (!pid.empty()) json.append(",\"pid\":\"").append(pid).append("\"");
  json += '}';
  return json;
}

// The client may resume the session: its connection broke without a goodbye.
bool may_come_back(EndReason reason) {
  return reason != EndReason::client_left && reason != EndReason::server_left &&
         reason != EndReason::parse_error;
}

}  // namespace

NamespaceImpl::NamespaceImpl(NamespaceSpec& spec, BusPort& port) : NamespaceSetup(spec), port_(port) {
  port.add_receiver(*this);
}

NamespaceImpl::~NamespaceImpl() = default;

std::size_t NamespaceImpl::size(Room room) const {
  if (room.kind == RoomKind::socket) return by_id_.count(room.name);
  // Sessions whose clients are away keep their rooms.
  std::size_t count = 0;
  rooms_.each_member(room, [&](std::uint32_t slot) { count += slots_[slot].socket->connected(); });
  return count;
}

std::vector<SocketRef> NamespaceImpl::members(const std::vector<RoomKey>& rooms) const {
  std::vector<std::uint32_t> slots;
  find_members(rooms, slots);
  std::vector<SocketRef> found;
  found.reserve(slots.size());
  for (const std::uint32_t slot : slots) {
    if (!slots_[slot].socket->ended()) found.push_back(slots_[slot].socket->ref());
  }
  return found;
}

Socket* NamespaceImpl::find(std::uint32_t slot, std::uint32_t generation) {
  if (slot >= slots_.size() || slots_[slot].generation != generation) return nullptr;
  SocketImpl* socket = slots_[slot].socket.get();
  return socket && !socket->ended() ? socket : nullptr;
}

SocketImpl& NamespaceImpl::make_socket(Peer& peer, std::string auth_json) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t slot = free_.back();
  free_.pop_back();
  Slot& place = slots_[slot];
  place.socket = std::make_unique<SocketImpl>(*this, peer, slot, place.generation, std::move(auth_json));
  return *place.socket;
}

void NamespaceImpl::free_slot(std::uint32_t slot) {
  slots_[slot].socket.reset();
  ++slots_[slot].generation;
  free_.push_back(slot);
}

void NamespaceImpl::connect(Peer& peer, std::string auth_json) {
  SocketImpl& socket = make_socket(peer, std::move(auth_json));
  peer.sockets.push_back(&socket);
  run_middleware(socket.ref(), 0);
}

void NamespaceImpl::run_middleware(SocketRef ref, std::size_t index) {
  auto* socket = static_cast<SocketImpl*>(ref.get());
  if (!socket || socket->connected()) return;
  if (index == spec_.middleware.size()) {
    accept(*socket);
    return;
  }
  auto called = std::make_shared<bool>(false);
  spec_.middleware[index](*socket, [this, ref, index, called](std::optional<ConnectError> error) {
    if (error) check_refusal(*error);
    if (std::exchange(*called, true)) return;
    if (!error) {
      run_middleware(ref, index + 1);
    } else if (auto* refused = static_cast<SocketImpl*>(ref.get())) {
      refuse(*refused, *error);
    }
  });
}

void NamespaceImpl::refuse(SocketImpl& socket, const ConnectError& error) {
  Peer& peer = *socket.peer();
  peer.client.refuse(spec_.name);
  port_.counters().add(Count::messages_sent);
  peer.send_text(socketio::encode_connect_error(spec_.name, refusal_json(error)));
  leave(socket, EndReason::server_left);
  peer.connect_refused();
}

void NamespaceImpl::enter(SocketImpl& socket) {
  socket.state_ = SocketImpl::State::connected;
  socket.connected_index_ = static_cast<std::uint32_t>(connected_.size());
  connected_.push_back(&socket);
  spec_.connected.fetch_add(1, std::memory_order_relaxed);
  by_id_.insert(socket.slot());
}

void NamespaceImpl::take_out(SocketImpl& socket) {
  by_id_.erase(socket.slot());
  base::shrink_table(by_id_);
  connected_[socket.connected_index_] = connected_.back();
  connected_[socket.connected_index_]->connected_index_ = socket.connected_index_;
  connected_.pop_back();
  base::shrink_vector(connected_);
  spec_.connected.fetch_sub(1, std::memory_order_relaxed);
}

// Broadcasts before this are not for the new socket.
void NamespaceImpl::begin_session(SocketImpl& socket) {
  const Place place = port_.place(spec_.index);
  port_.deliver(place.before);
  if (!port_.bus().recovers()) return;
  socket.floor_ = place.number;
  socket.pid_ = make_pid({port_.index(), socket.slot()});
}

void NamespaceImpl::let_in(SocketImpl& socket, const std::optional<SessionTransfer>& session,
                           const std::optional<std::string>& offset) {
  if (socket.must_take_over_ && !session) {
    refuse(socket, spec_.user_limit->refusal(socket));
    return;
  }
  port_.sync();
  Peer& peer = *socket.peer();
  const auto missed = session ? resume(socket, *session, offset) : std::nullopt;
  if (socket.wanted_recovery_) {
    missed ? port_.counters().add(Count::recovered) : port_.counters().add(Count::not_recovered);
  }
  if (!missed) begin_session(socket);
  if (session && !missed) port_.bus().ended(spec_.index, session->pid);
  peer.client.accept(spec_.name);
  peer.joined();
  port_.counters().add(Count::joined);
  port_.counters().add(Count::messages_sent);
  peer.send_text(socketio::encode_connect(spec_.name, acceptance_json(socket.id(), socket.pid_)));
  enter(socket);
  // Right after the answer: missed messages are older than anything sent from now on.
  if (missed) send_missed(socket, *missed);
  const SocketRef ref = socket.ref();
  for (const ConnectionHandler& handler : spec_.on_connection) {
    if (ref.get()) handler(socket);
  }
  if (ref.get()) socket.auth_.reset();  // often a token: not kept longer than needed
  if (session) end_predecessor(*session);
}

void NamespaceImpl::receive(SocketImpl& socket, socketio::EventReceived& event) {
  if (!socket.connected()) return;
  if (!event.named) return;
  Payload payload{spare_args_.take(), std::move(event.attachments), true};
  payload.args = event.args_json;
  const Ack ack = event.ack_id ? Ack(socket.ref(), *event.ack_id) : Ack();
  if (const auto found = spec_.handlers.find(event.name()); found != spec_.handlers.end()) {
    found->second(socket, payload, ack);
  } else {
    for (const AnyEventHandler& handler : spec_.on_any) handler(socket, event.name(), payload, ack);
  }
  spare_args_.give(std::move(payload.args));
}

// Removes it everywhere; the application is told by `tell_ended`.
Peer& NamespaceImpl::part(SocketImpl& socket, EndReason reason) {
  port_.sync();
  Peer& peer = *socket.peer_;
  peer.forget(&socket);
  if (!socket.connected()) return peer;
  port_.counters().add<Count::left>(reason);
  if (reason == EndReason::server_left) {
    peer.client.disconnected(spec_.name);
    port_.counters().add(Count::messages_sent);
    peer.send_text(socketio::encode_disconnect(spec_.name));
  }
  take_out(socket);
  return peer;
}

void NamespaceImpl::tell_ended(SocketImpl& socket, EndReason reason) {
  socket.fail_acks();
  for (const EndHandler& handler : spec_.on_end) handler(socket, reason);
}

void NamespaceImpl::leave(SocketImpl& socket, EndReason reason) {
  const bool was_connected = socket.connected();
  const bool parks = was_connected && may_come_back(reason) && port_.bus().recovers();
  const bool closed_by_client = part(socket, reason).closed_by_client();
  socket.state_ = parks ? SocketImpl::State::parked : SocketImpl::State::gone;
  if (!parks) rooms_.leave_all(socket.slot());
  if (was_connected) tell_ended(socket, reason);
  socket.peer_ = nullptr;
  if (parks) {
    park(socket, closed_by_client);
    return;
  }
  forget_pid(socket);
  free_slot_later(socket.slot());
}

}  // namespace rollcall::server
