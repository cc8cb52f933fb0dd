// How a namespace sends: to one socket, and to all on this worker whom a broadcast is for.
#include <algorithm>

#include "server/namespace.hpp"
#include "server/socket_server.hpp"
#include "socketio/encode.hpp"

namespace rollcall::server {
namespace {

constexpr std::size_t kMaxAttachments = 10;  // what parsers of clients accept

std::vector<std::string> attachments_of(const Payload& payload) {
  const auto count = static_cast<std::ptrdiff_t>(std::min(payload.attachments.size(), kMaxAttachments));
  return {payload.attachments.begin(), payload.attachments.begin() + count};
}

socketio::Message message_of(std::string_view nsp, std::optional<std::uint64_t> ack_id,
                             std::string_view event, const Payload& payload) {
  socketio::Message message;
  message.attachments = attachments_of(payload);
  message.packet = socketio::encode_event(nsp, ack_id, event, payload.args, message.attachments.size());
  return message;
}

std::vector<base::FrameRef> frames_of(const std::string& packet,
                                      const std::vector<std::string>& attachments) {
  std::vector<base::FrameRef> frames;
  frames.reserve(1 + attachments.size());
  frames.push_back(message_frame({packet}));
  for (const std::string& attachment : attachments) frames.push_back(binary_frame(attachment));
  return frames;
}

}  // namespace

void NamespaceImpl::members(std::span<const std::string> rooms, std::vector<std::uint32_t>& out) const {
  rooms_.members(rooms, out);
  for (const std::string& room : rooms) {
    const auto found = by_id_.find(std::string_view(room));
    if (found == by_id_.end() || !slots_[*found].socket->in_own_room_) continue;
    if (std::find(out.begin(), out.end(), *found) == out.end()) out.push_back(*found);
  }
}

void NamespaceImpl::send(SocketImpl& socket, const std::string& packet,
                         const std::vector<std::string>& attachments) {
  send(socket, frames_of(packet, attachments));
}

void NamespaceImpl::send(SocketImpl& socket, const std::vector<base::FrameRef>& frames) {
  if (!socket.peer()) return;
  port_.counters().add(Count::messages_sent, frames.size());
  put(socket, frames);
}

void NamespaceImpl::put(SocketImpl& socket, const std::vector<base::FrameRef>& frames) {
  for (const base::FrameRef& frame : frames) socket.peer()->send(frame);
}

void NamespaceImpl::emit_to(SocketImpl& socket, std::string_view event, const Payload& payload) {
  if (port_.bus().recovers()) {
    emit_at(port_.take_place(spec_.index), socket, event, payload, true);
  } else {
    port_.sync();
    emit_at({}, socket, event, payload, true);
  }
}

void NamespaceImpl::emit_at(Place place, SocketImpl& socket, std::string_view event, const Payload& payload,
                            bool recoverable) {
  port_.deliver(place.before);
  socketio::Message message = message_of(spec_.name, std::nullopt, event, payload);
  if (place.number) socketio::append_offset(message.packet, place.offset());
  if (place.number && recoverable) {
    message.rooms.emplace_back(socket.id());
    port_.bus().log(spec_.index, place, message, loop().now());
  }
  send(socket, message.packet, message.attachments);
}

void NamespaceImpl::emit_with_id(SocketImpl& socket, std::string_view event, const Payload& payload,
                                 std::uint64_t ack_id) {
  port_.sync();
  const socketio::Message message = message_of(spec_.name, ack_id, event, payload);
  send(socket, message.packet, message.attachments);
}

void NamespaceImpl::acknowledge(Socket& socket, std::uint64_t id, const Payload& payload) {
  port_.sync();
  const auto attachments = attachments_of(payload);
  const std::string begin = socketio::begin_ack(spec_.name, id, attachments.size());
  std::vector<base::FrameRef> frames{message_frame({begin, payload.args, socketio::kAckEnd})};
  for (const std::string& attachment : attachments) frames.push_back(binary_frame(attachment));
  send(static_cast<SocketImpl&>(socket), frames);
}

void NamespaceImpl::publish(const Emitter& to, std::string_view event, const Payload& payload) {
  socketio::Message message = message_of(spec_.name, std::nullopt, event, payload);
  message.rooms = rooms_of(to);
  message.except = except_of(to);
  BusPort::publish(port_.bus(), spec_.index, std::move(message), is_volatile(to));
}

// Of this worker's sockets, those that the message is for.
template <class Use>
void NamespaceImpl::each_receiver(const socketio::Message& message, Use&& use) {
  std::vector<std::uint32_t> excluded;  // usually one user's few connections
  members(message.except, excluded);
  std::sort(excluded.begin(), excluded.end());
  const auto is_excluded = [&](std::uint32_t slot) {
    return std::binary_search(excluded.begin(), excluded.end(), slot);
  };
  if (message.rooms.empty()) {
    for (SocketImpl* socket : connected_) {
      if (!is_excluded(socket->slot())) use(*socket);
    }
    return;
  }
  std::vector<std::uint32_t> slots;
  members(message.rooms, slots);
  for (const std::uint32_t slot : slots) {
    if (!is_excluded(slot)) use(*slots_[slot].socket);
  }
}

void NamespaceImpl::deliver(const Broadcast& broadcast) {
  const socketio::Message& message = *broadcast.message;
  std::vector<base::FrameRef> frames;  // made for the first receiver
  std::size_t deliveries = 0;
  each_receiver(message, [&](SocketImpl& socket) {
    if (!socket.connected()) return;
    if (broadcast.is_volatile && !socket.peer()->writable()) return;
    if (frames.empty()) frames = frames_of(message.packet, message.attachments);
    put(socket, frames);
    ++deliveries;
  });
  port_.counters().add(Count::deliveries, deliveries);
  port_.counters().add(Count::messages_sent, deliveries * frames.size());
}

}  // namespace rollcall::server
