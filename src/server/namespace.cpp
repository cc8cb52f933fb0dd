#include "server/namespace.hpp"

#include <algorithm>

#include "base/json.hpp"
#include "net/random.hpp"
#include "server/emission.hpp"
#include "server/socket_server.hpp"
#include "socketio/encode.hpp"

namespace rollcall::server {
namespace {

constexpr std::size_t kPidBytes = 18;

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

}  // namespace

NamespaceImpl::NamespaceImpl(NamespaceSpec& spec, BusPort& port) : spec_(spec), port_(port) {
  port.add_receiver(*this);
}

NamespaceImpl::~NamespaceImpl() = default;

Namespace& NamespaceImpl::use(Middleware middleware) {
  spec_.middleware.push_back(std::move(middleware));
  return *this;
}

Namespace& NamespaceImpl::on_connection(ConnectionHandler handler) {
  spec_.on_connection.push_back(std::move(handler));
  return *this;
}

Namespace& NamespaceImpl::on(std::string event, EventHandler handler) {
  spec_.handlers[std::move(event)] = std::move(handler);
  return *this;
}

Namespace& NamespaceImpl::on_any(AnyEventHandler handler) {
  spec_.on_any.push_back(std::move(handler));
  return *this;
}

Namespace& NamespaceImpl::on_disconnect(DisconnectHandler handler) {
  spec_.on_disconnect.push_back(std::move(handler));
  return *this;
}

const NamespaceImpl& NamespaceImpl::here() const {
  const BusPort* port = BusPort::current();
  if (!port || port == &port_ || &port->bus() != &port_.bus()) return *this;
  return static_cast<const NamespaceImpl&>(port->receiver(spec_.index));
}

void NamespaceImpl::emit(std::string_view event, const Payload& payload) {
  Emitter(*this).emit(event, payload);
}

std::size_t NamespaceImpl::size(Room room) const {
  const NamespaceImpl& part = here();
  if (room.kind == RoomKind::socket) return part.by_id_.count(room.name);
  return part.rooms_.size(room);
}

std::vector<SocketRef> NamespaceImpl::members(const std::vector<RoomKey>& rooms) const {
  const NamespaceImpl& part = here();
  std::vector<std::uint32_t> slots;
  part.find_members(rooms, slots);
  std::vector<SocketRef> found;
  found.reserve(slots.size());
  for (const std::uint32_t slot : slots) found.push_back(part.slots_[slot].socket->ref());
  return found;
}

Socket* NamespaceImpl::find(std::uint32_t slot, std::uint32_t generation) {
  if (slot >= slots_.size() || slots_[slot].generation != generation) return nullptr;
  SocketImpl* socket = slots_[slot].socket.get();
  return socket && socket->state != SocketImpl::State::gone ? socket : nullptr;
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
  peer.forget(&socket);
  peer.client.refuse(spec_.name);
  port_.counters().add(Count::messages_sent);
  peer.send_text(socketio::encode_connect_error(spec_.name, refusal_json(error)));
  remove(socket, {}, false);
  peer.connect_refused();
}

std::optional<socketio::Recovery::Recovered> NamespaceImpl::try_recover(SocketImpl& socket) {
  if (!port_.bus().recovers() || socket.auth().find("\"pid\"") == std::string::npos) return std::nullopt;
  base::json::Scratch scratch;
  const auto auth = base::json::parse(socket.auth(), scratch.memory());
  if (!auth || !auth->is_object()) return std::nullopt;
  const auto* pid = auth->as_object().if_contains("pid");
  const auto* offset = auth->as_object().if_contains("offset");
  if (!pid || !pid->is_string() || !offset || !offset->is_string()) return std::nullopt;
  const auto& pid_text = pid->get_string();
  const auto& offset_text = offset->get_string();
  Inbox before;
  auto recovered =
      port_.bus().recover(spec_.index, port_.index(), {pid_text.data(), pid_text.size()},
                          {offset_text.data(), offset_text.size()}, socket.owner(), loop().now(), before);
  port_.deliver(before);
  if (recovered) socket.pid_ = std::string_view(pid_text.data(), pid_text.size());
  port_.counters().add(recovered ? Count::recovered : Count::not_recovered);
  return recovered;
}

void NamespaceImpl::enter(SocketImpl& socket) {
  socket.state = SocketImpl::State::connected;
  socket.connected_index_ = static_cast<std::uint32_t>(connected_.size());
  connected_.push_back(&socket);
  spec_.connected.fetch_add(1, std::memory_order_relaxed);
  by_id_.insert(socket.slot());
}

void NamespaceImpl::leave(SocketImpl& socket) {
  by_id_.erase(socket.slot());
  connected_[socket.connected_index_] = connected_.back();
  connected_[socket.connected_index_]->connected_index_ = socket.connected_index_;
  connected_.pop_back();
  spec_.connected.fetch_sub(1, std::memory_order_relaxed);
}

void NamespaceImpl::accept(SocketImpl& socket) {
  port_.catch_up();  // what was broadcast before is not for this socket
  Peer& peer = *socket.peer();
  auto recovered = try_recover(socket);
  if (recovered) {
    socket.recovered_ = true;
    socket.id_ = recovered->session.sid;
    for (const RoomKey& room : recovered->session.rooms) rooms_.join(socket.slot(), room);
  }
  if (port_.bus().recovers() && !recovered) socket.pid_ = net::random_id(kPidBytes);
  peer.client.accept(spec_.name);
  peer.stranger.reset();
  peer.refused_connects = 0;
  peer.set_known(true);
  port_.counters().add(Count::joined);
  port_.counters().add(Count::messages_sent);
  peer.send_text(socketio::encode_connect(spec_.name, acceptance_json(socket.id(), socket.pid_)));
  enter(socket);
  // After the answer: what was missed is older than anything sent from now on.
  if (recovered) {
    for (const auto& missed : recovered->missed)
      send(socket, message_frame({missed.packet}), missed.attachments);
  }
  const SocketRef ref = socket.ref();
  for (const ConnectionHandler& handler : spec_.on_connection) {
    if (ref.get()) handler(socket);
  }
  if (ref.get()) socket.auth_.reset();  // often a token: not kept longer than needed
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

void NamespaceImpl::remove(SocketImpl& socket, std::string_view reason, bool recoverable) {
  port_.sync();
  const bool was_connected = socket.connected();
  if (was_connected && recoverable && port_.bus().recovers()) {
    port_.bus().save(spec_.index, std::string(socket.pid_),
                     {std::string(socket.id()), std::string(socket.owner()), rooms_.rooms_of(socket.slot())},
                     loop().now());
  }
  socket.state = SocketImpl::State::gone;
  if (was_connected) leave(socket);
  rooms_.leave_all(socket.slot());
  socket.fail_acks();
  if (was_connected) {
    for (const DisconnectHandler& handler : spec_.on_disconnect) handler(socket, reason);
  }
  socket.peer_ = nullptr;
  // Handlers up the stack may still hold the socket.
  loop().defer([this, slot = socket.slot()] { free_slot(slot); });
}

}  // namespace rollcall::server
