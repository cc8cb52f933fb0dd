#include "server/namespace.hpp"

#include <algorithm>

#include "base/json.hpp"
#include "net/random.hpp"
#include "server/socket_server.hpp"
#include "socketio/encode.hpp"

namespace rollcall::server {
namespace {

constexpr std::size_t kPidBytes = 18;
constexpr std::size_t kMaxAttachments = 10;  // what parsers of clients accept

std::string refusal_json(const ConnectError& error) {
  std::string json = "{\"message\":" + base::json::quote(error.message);
  if (!error.data_json.empty()) json += ",\"data\":" + error.data_json;
  return json + "}";
}

}  // namespace

NamespaceImpl::NamespaceImpl(std::string name, net::Loop& loop, milliseconds recovery)
    : name_(std::move(name)), loop_(loop) {
  if (recovery.count() > 0) recovery_ = std::make_unique<socketio::Recovery>(recovery);
}

NamespaceImpl::~NamespaceImpl() = default;

Namespace& NamespaceImpl::use(Middleware middleware) {
  middleware_.push_back(std::move(middleware));
  return *this;
}

Namespace& NamespaceImpl::on_connection(ConnectionHandler handler) {
  on_connection_.push_back(std::move(handler));
  return *this;
}

Namespace& NamespaceImpl::on(std::string event, EventHandler handler) {
  handlers_[std::move(event)] = std::move(handler);
  return *this;
}

Namespace& NamespaceImpl::on_any(AnyEventHandler handler) {
  on_any_.push_back(std::move(handler));
  return *this;
}

Namespace& NamespaceImpl::on_disconnect(DisconnectHandler handler) {
  on_disconnect_.push_back(std::move(handler));
  return *this;
}

void NamespaceImpl::emit(std::string_view event, const Payload& payload) {
  Emitter(*this).emit(event, payload);
}
Emitter NamespaceImpl::to(std::string room) {
  return Emitter(*this).to(std::move(room));
}
Emitter NamespaceImpl::except(std::string room) {
  return Emitter(*this).except(std::move(room));
}

std::vector<SocketRef> NamespaceImpl::sockets(std::string_view room) const {
  const std::string name(room);
  std::vector<std::uint32_t> slots;
  rooms_.select({&name, 1}, {}, slots);
  std::vector<SocketRef> found;
  for (const std::uint32_t slot : slots) found.push_back(slots_[slot].socket->ref());
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
  if (index == middleware_.size()) {
    accept(*socket);
    return;
  }
  auto called = std::make_shared<bool>(false);
  middleware_[index](*socket, [this, ref, index, called](std::optional<ConnectError> error) {
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
  std::erase(peer.sockets, &socket);
  peer.client.refuse(name_);
  peer.session.send_text(socketio::encode_connect_error(name_, refusal_json(error)));
  remove(socket, {}, false);
}

std::optional<socketio::Recovery::Recovered> NamespaceImpl::try_recover(SocketImpl& socket) {
  if (!recovery_ || socket.auth().find("\"pid\"") == std::string::npos) return std::nullopt;
  const auto auth = base::json::parse(socket.auth());
  if (!auth || !auth->is_object()) return std::nullopt;
  const auto* pid = auth->as_object().if_contains("pid");
  const auto* offset = auth->as_object().if_contains("offset");
  if (!pid || !pid->is_string() || !offset || !offset->is_string()) return std::nullopt;
  const auto& pid_text = pid->get_string();
  const auto& offset_text = offset->get_string();
  auto recovered = recovery_->take({pid_text.data(), pid_text.size()},
                                   {offset_text.data(), offset_text.size()}, socket.owner, loop_.now());
  if (recovered) socket.pid_.assign(pid_text.data(), pid_text.size());
  return recovered;
}

void NamespaceImpl::enter(SocketImpl& socket) {
  socket.state = SocketImpl::State::connected;
  socket.connected_index_ = static_cast<std::uint32_t>(connected_.size());
  connected_.push_back(&socket);
  rooms_.join(socket.slot(), socket.id_);
}

void NamespaceImpl::accept(SocketImpl& socket) {
  Peer& peer = *socket.peer();
  auto recovered = try_recover(socket);
  if (recovered) {
    socket.recovered_ = true;
    socket.id_ = recovered->session.sid;
    for (const std::string& room : recovered->session.rooms) rooms_.join(socket.slot(), room);
  }
  std::string answer = "{\"sid\":\"" + socket.id_ + "\"";
  if (recovery_) {
    if (!recovered) socket.pid_ = net::random_id(kPidBytes);
    answer += ",\"pid\":\"" + socket.pid_ + "\"";
  }
  peer.client.accept(name_);
  peer.connect_deadline.reset();
  peer.session.send_text(socketio::encode_connect(name_, answer + "}"));
  enter(socket);
  // After the answer: what was missed is older than anything sent from now on.
  if (recovered) send(socket, recovered->missed);
  const SocketRef ref = socket.ref();
  for (const ConnectionHandler& handler : on_connection_) {
    if (ref.get()) handler(socket);
  }
  if (ref.get()) std::string("{}").swap(socket.auth_);  // often a token: not kept longer than needed
}

void NamespaceImpl::receive(SocketImpl& socket, socketio::EventReceived& event) {
  if (!socket.connected()) return;
  const Payload payload{std::move(event.args_json), std::move(event.attachments)};
  const Ack ack = event.ack_id ? Ack(socket.ref(), *event.ack_id) : Ack();
  if (!event.named) return;
  if (const auto found = handlers_.find(event.name); found != handlers_.end()) {
    found->second(socket, payload, ack);
    return;
  }
  for (const AnyEventHandler& handler : on_any_) handler(socket, event.name, payload, ack);
}

void NamespaceImpl::remove(SocketImpl& socket, std::string_view reason, bool recoverable) {
  const bool was_connected = socket.connected();
  if (was_connected && recoverable && recovery_) {
    recovery_->save(socket.pid_, {socket.id_, socket.owner, socket.rooms()}, loop_.now());
  }
  socket.state = SocketImpl::State::gone;
  if (was_connected) {
    connected_[socket.connected_index_] = connected_.back();
    connected_[socket.connected_index_]->connected_index_ = socket.connected_index_;
    connected_.pop_back();
  }
  rooms_.leave_all(socket.slot());
  socket.fail_acks();
  if (was_connected) {
    for (const DisconnectHandler& handler : on_disconnect_) handler(socket, reason);
  }
  socket.peer_ = nullptr;
  // Handlers up the stack may still hold the socket.
  loop_.defer([this, slot = socket.slot()] { free_slot(slot); });
}

std::vector<base::FrameRef> NamespaceImpl::encode_event(std::string_view event, const Payload& payload,
                                                        std::string_view offset,
                                                        std::optional<std::uint64_t> ack_id) const {
  const std::size_t attachments = std::min(payload.attachments.size(), kMaxAttachments);
  std::vector<base::FrameRef> frames;
  frames.reserve(1 + attachments);
  frames.push_back(
      message_frame(socketio::encode_event(name_, ack_id, event, payload.args, attachments, offset)));
  for (std::size_t i = 0; i < attachments; ++i) frames.push_back(binary_frame(payload.attachments[i]));
  return frames;
}

void NamespaceImpl::send(SocketImpl& socket, const std::vector<base::FrameRef>& frames) {
  if (!socket.peer()) return;
  for (const base::FrameRef& frame : frames) socket.peer()->session.send(frame);
}

void NamespaceImpl::emit_to(SocketImpl& socket, std::string_view event, const Payload& payload) {
  const std::string offset = recovery_ ? recovery_->next_offset() : std::string();
  auto frames = encode_event(event, payload, offset, std::nullopt);
  send(socket, frames);
  if (recovery_) recovery_->log(offset, {socket.id_}, {}, std::move(frames), loop_.now());
}

void NamespaceImpl::acknowledge(Socket& socket, std::uint64_t id, const Payload& payload) {
  const std::size_t attachments = std::min(payload.attachments.size(), kMaxAttachments);
  std::vector<base::FrameRef> frames{
      message_frame(socketio::encode_ack(name_, id, payload.args, attachments))};
  for (std::size_t i = 0; i < attachments; ++i) frames.push_back(binary_frame(payload.attachments[i]));
  send(static_cast<SocketImpl&>(socket), frames);
}

void NamespaceImpl::deliver(const Emitter& to, std::string_view event, const Payload& payload) {
  const bool keep = recovery_ && !is_volatile(to);
  const std::string offset = keep ? recovery_->next_offset() : std::string();
  auto frames = encode_event(event, payload, offset, std::nullopt);
  const auto offer = [&](SocketImpl& socket) {
    if (!socket.connected()) return;
    if (is_volatile(to) && !socket.peer()->session.writable()) return;
    send(socket, frames);
  };
  std::vector<std::uint32_t> slots;
  if (!rooms_of(to).empty()) {
    rooms_.select(rooms_of(to), except_of(to), slots);
    for (const std::uint32_t slot : slots) offer(*slots_[slot].socket);
  } else {
    rooms_.select(except_of(to), {}, slots);  // the excluded, usually one user's few connections
    std::sort(slots.begin(), slots.end());
    for (SocketImpl* socket : connected_) {
      if (!std::binary_search(slots.begin(), slots.end(), socket->slot())) offer(*socket);
    }
  }
  if (keep) recovery_->log(offset, rooms_of(to), except_of(to), std::move(frames), loop_.now());
}

}  // namespace rollcall::server
