#include "socketio/client.hpp"

#include <algorithm>

#include "socketio/json_scan.hpp"

namespace rollcall::socketio {
namespace {

// Of an ack that came without its id, so that nobody waits for it.
constexpr std::uint64_t kNoAckId = kMaxAckId + 1;

Incoming message_of(const Packet& packet) {
  if (packet.type == PacketType::ack || packet.type == PacketType::binary_ack) {
    return AckReceived{std::string(packet.nsp), packet.id.value_or(kNoAckId), std::string(packet.args), {}};
  }
  EventReceived event{std::string(packet.nsp), {}, std::string(packet.args), {}, packet.id,
                      !packet.name.empty()};
  if (event.named) event.name = packet.name[0] == '"' ? decode_string(packet.name) : std::string(packet.name);
  return event;
}

std::vector<std::string>& attachments_of(Incoming& incoming) {
  if (auto* ack = std::get_if<AckReceived>(&incoming)) return ack->attachments;
  return std::get<EventReceived>(incoming).attachments;
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
      return take_message(*packet);
  }
}

Result<std::optional<Incoming>, Fault> Client::take_connect(const Packet& packet) {
  if (const Membership* membership = find(packet.nsp)) {
    if (membership->state != State::left) return fail(Fault::already_connected);
    refuse(packet.nsp);
  }
  // Clients do not answer the server's leaving: what it has left must not keep the place for ever.
  if (memberships_.size() >= kMaxNamespaces) {
    std::erase_if(memberships_, [](const Membership& known) { return known.state == State::left; });
  }
  if (memberships_.size() >= kMaxNamespaces) return fail(Fault::too_many_namespaces);
  memberships_.push_back({std::string(packet.nsp), State::pending});
  return std::optional<Incoming>(ConnectRequested{std::string(packet.nsp), std::string(packet.json)});
}

Result<std::optional<Incoming>, Fault> Client::take_disconnect(const Packet& packet) {
  const Membership* membership = find(packet.nsp);
  if (!membership || membership->state == State::pending) return fail(Fault::not_connected);
  const bool news = membership->state == State::connected;
  refuse(packet.nsp);
  if (!news) return nothing();
  return std::optional<Incoming>(DisconnectReceived{std::string(packet.nsp)});
}

Result<std::optional<Incoming>, Fault> Client::take_message(const Packet& packet) {
  const Membership* membership = find(packet.nsp);
  if (!membership || membership->state == State::pending) return fail(Fault::not_connected);
  Incoming incoming = message_of(packet);
  if (packet.attachments > 0) {
    partial_ = std::make_unique<Partial>(Partial{std::move(incoming), packet.attachments});
    return nothing();
  }
  return deliver(std::move(incoming));
}

Result<std::optional<Incoming>, Fault> Client::on_binary(std::string_view bytes, std::size_t max_bytes) {
  if (!partial_) return fail(Fault::unexpected_binary);
  partial_->bytes += bytes.size();
  if (partial_->bytes > max_bytes) return fail(Fault::attachments_too_big);
  attachments_of(partial_->incoming).emplace_back(bytes);
  if (--partial_->due > 0) return nothing();
  const auto whole = std::move(partial_);
  return deliver(std::move(whole->incoming));
}

// Hands on a message that is complete, unless the server has left the namespace.
std::optional<Incoming> Client::deliver(Incoming&& message) const {
  const auto* ack = std::get_if<AckReceived>(&message);
  if (ack && ack->id == kNoAckId) return std::nullopt;
  const auto nsp_of = [](const auto& what) -> const std::string& { return what.nsp; };
  if (!connected(std::visit(nsp_of, message))) return std::nullopt;
  return std::move(message);
}

}  // namespace rollcall::socketio
