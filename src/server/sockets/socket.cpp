#include "server/sockets/socket.hpp"

#include "base/assert.hpp"
#include "net/random.hpp"
#include "server/sockets/emission.hpp"
#include "server/sockets/namespace.hpp"
#include "server/sockets/socket_server.hpp"

namespace rollcall::server {
namespace {
constexpr std::size_t kIdBytes = 15;  // 20 characters, as the reference server's
}

SocketImpl::SocketImpl(NamespaceImpl& home, Peer& peer, std::uint32_t slot, std::uint32_t generation,
                       std::string auth_json)
    : home_(home),
      peer_(&peer),
      id_(net::random_id(kIdBytes)),
      auth_(auth_json.empty() ? nullptr : std::make_unique<std::string>(std::move(auth_json))),
      slot_(slot),
      generation_(generation) {}

Namespace& SocketImpl::nsp() {
  return home_;
}

const Handshake& SocketImpl::handshake() const {
  static const Handshake kGone;
  return peer_ ? peer_->handshake() : kGone;
}

const std::string& SocketImpl::auth() const {
  static const std::string kNone = "{}";
  return auth_ ? *auth_ : kNone;
}

const char* SocketImpl::transport() const {
  return peer_ ? engineio::name_of(peer_->machine().transport()) : "";
}

Instant SocketImpl::last_heard() const {
  return peer_ ? peer_->machine().last_heard() : Instant{};
}

SocketRef SocketImpl::ref() {
  return {&home_, slot_, generation_};
}

bool SocketImpl::join(Room room) {
  ROLLCALL_ASSERT(room.kind != RoomKind::socket);
  if (ended()) return false;
  home_.port().sync();
  return home_.rooms().join(slot_, room);
}

bool SocketImpl::leave(Room room) {
  ROLLCALL_ASSERT(room.kind != RoomKind::socket);
  if (ended()) return false;
  home_.port().sync();
  return home_.rooms().leave(slot_, room);
}

std::vector<RoomKey> SocketImpl::rooms() const {
  std::vector<RoomKey> rooms = home_.rooms().rooms_of(slot_);
  if (connected()) rooms.emplace_back(Room::socket(id()));
  return rooms;
}

void SocketImpl::emit(std::string_view event, const Payload& payload) {
  if (connected()) home_.emit_to(*this, event, payload);
}

void SocketImpl::emit_transient(std::string_view event, const Payload& payload) {
  check_event(event, payload);
  if (connected()) home_.emit_transient(*this, event, payload);
}

void SocketImpl::emit_with_ack(std::string_view event, const Payload& payload, milliseconds timeout,
                               AckHandler handler) {
  if (!connected()) {
    handler(fail(AckTimeout{}));
    return;
  }
  check_event(event, payload);
  if (!acks_) acks_ = std::make_unique<PendingAcks>();
  const std::uint64_t id = acks_->next_id++;
  PendingAck pending{std::move(handler), nullptr};
  pending.deadline = std::make_unique<Deadline>([this, id](Instant) { finish_ack(id, fail(AckTimeout{})); });
  home_.loop().timers().arm(*pending.deadline, home_.loop().now() + timeout);
  acks_->by_id.emplace(id, std::move(pending));
  home_.emit_with_id(*this, event, payload, id);
}

void SocketImpl::finish_ack(std::uint64_t id, Result<Payload, AckTimeout> result) {
  if (!acks_) return;
  const auto found = acks_->by_id.find(id);
  if (found == acks_->by_id.end()) return;
  const AckHandler handler = std::move(found->second.handler);
  acks_->by_id.erase(found);
  handler(std::move(result));
}

void SocketImpl::take_ack(socketio::AckReceived& ack) {
  finish_ack(ack.id, Payload{std::string(ack.args_json), std::move(ack.attachments), true});
}

void SocketImpl::fail_acks() {
  while (acks_ && !acks_->by_id.empty()) finish_ack(acks_->by_id.begin()->first, fail(AckTimeout{}));
}

Emitter SocketImpl::broadcast() {
  return home_.except(Room::socket(id()));
}

void SocketImpl::disconnect(bool close_transport) {
  if (ended()) return;
  home_.port().sync();
  Peer& peer = *peer_;
  if (connected()) home_.leave(*this, EndReason::server_left);
  if (close_transport) peer.close(engineio::CloseReason::forced_close);
}

void SocketImpl::close_transport() {
  if (!peer_) return;
  home_.port().sync();
  peer_->close(engineio::CloseReason::forced_close);
}

}  // namespace rollcall::server
