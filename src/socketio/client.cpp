#include "socketio/client.hpp"

#include <algorithm>

#include "base/json_scan.hpp"

namespace rollcall::socketio {
namespace {

EventReceived event_of(const Packet& packet) {
  EventReceived event;
  event.nsp = packet.nsp;
  event.args_json = packet.args;
  event.ack_id = packet.id;
  event.named = !packet.name.empty();
  event.plain_name = packet.name;
  if (!event.named || packet.name[0] != '"') return event;
  if (const auto plain = base::plain_string(packet.name)) {
    event.plain_name = *plain;
  } else {
    event.unescaped_name = base::decode_string(packet.name);
  }
  return event;
}

std::optional<Incoming> nothing() {
  return std::nullopt;
}

}  // namespace

const Client::Membership* Client::find(std::string_view nsp) const {
  for (const Membership& membership : memberships_) {
    if (membership.nsp == nsp) return &membership;
  }
  return nullptr;
}

bool Client::connected(std::string_view nsp) const {
  const Membership* membership = find(nsp);
  return membership && membership->state == State::connected;
}

void Client::set(std::string_view nsp, State state) {
  if (const Membership* membership = find(nsp)) const_cast<Membership*>(membership)->state = state;
}

void Client::accept(std::string_view nsp) {
  set(nsp, State::connected);
}
void Client::disconnected(std::string_view nsp) {
  set(nsp, State::left);
}

void Client::refuse(std::string_view nsp) {
  std::erase_if(memberships_, [&](const Membership& membership) { return membership.nsp == nsp; });
}

Result<std::optional<Incoming>, Fault> Client::on_text(std::string_view text) {
  if (partial_) return fail(Fault::missing_binary);
  auto packet = parse_packet(text);
  if (!packet) return fail(packet.error());
  switch (packet->type) {
    case PacketType::connect:
      return take_connect(*packet);
    case PacketType::disconnect:
      return take_disconnect(*packet);
    default:
      return take_message(*packet, text);
  }
}

Result<std::optional<Incoming>, Fault> Client::take_connect(const Packet& packet) {
  if (const Membership* membership = find(packet.nsp)) {
    if (membership->state != State::left) return fail(Fault::already_connected);
    refuse(packet.nsp);
  }
  // Clients do not acknowledge a disconnect by the server, so what it has left is dropped here.
  if (memberships_.size() >= kMaxNamespaces) {
    std::erase_if(memberships_, [](const Membership& known) { return known.state == State::left; });
  }
  if (memberships_.size() >= kMaxNamespaces) return fail(Fault::too_many_namespaces);
  memberships_.push_back({std::string(packet.nsp), State::pending});
  return std::optional<Incoming>(ConnectRequested{packet.nsp, packet.json});
}

Result<std::optional<Incoming>, Fault> Client::take_disconnect(const Packet& packet) {
  const Membership* membership = find(packet.nsp);
  if (!membership || membership->state == State::pending) return fail(Fault::not_connected);
  const bool news = membership->state == State::connected;
  refuse(packet.nsp);
  if (!news) return nothing();
  return std::optional<Incoming>(DisconnectReceived{packet.nsp});
}

Result<std::optional<Incoming>, Fault> Client::take_message(const Packet& packet, std::string_view text) {
  const Membership* membership = find(packet.nsp);
  if (!membership || membership->state == State::pending) return fail(Fault::not_connected);
  if (packet.attachments == 0) return message_of(packet, nullptr);
  partial_ = std::make_unique<Partial>();
  partial_->text = std::make_shared<const std::string>(text);
  partial_->due = packet.attachments;
  return nothing();
}

Result<std::optional<Incoming>, Fault> Client::on_binary(std::string_view bytes, std::size_t max_bytes) {
  if (!partial_) return fail(Fault::unexpected_binary);
  partial_->bytes += bytes.size();
  if (partial_->bytes > max_bytes) return fail(Fault::attachments_too_big);
  partial_->attachments.emplace_back(bytes);
  if (--partial_->due > 0) return nothing();
  const auto packet = parse_packet(*partial_->text);  // as when it came, now of a text that stays
  return message_of(*packet, std::move(partial_));
}

// A message that is complete, unless the server has left the namespace, or it is an ack that came without its
// id, for which nobody waits.
std::optional<Incoming> Client::message_of(const Packet& packet, std::unique_ptr<Partial> partial) const {
  if (!connected(packet.nsp)) return std::nullopt;
  Partial whole = partial ? std::move(*partial) : Partial{};
  if (packet.type == PacketType::event || packet.type == PacketType::binary_event) {
    EventReceived event = event_of(packet);
    event.attachments = std::move(whole.attachments);
    event.kept = std::move(whole.text);
    return event;
  }
  if (!packet.id) return std::nullopt;
  return AckReceived{packet.nsp, *packet.id, packet.args, std::move(whole.attachments),
                     std::move(whole.text)};
}

}  // namespace rollcall::socketio
