// How a namespace sends: to one socket, and to the receivers of a broadcast on this worker.
#include <algorithm>
#include <boost/container/small_vector.hpp>

#include "server/sockets/emission.hpp"
#include "server/sockets/namespace.hpp"
#include "server/sockets/socket_server.hpp"
#include "socketio/encode.hpp"

namespace rollcall::server {
namespace {

using Attachments = std::span<const std::string>;

Attachments attachments_of(const Payload& payload) {
  return Attachments(payload.attachments);
}

std::string packet_of(std::string_view nsp, std::optional<std::uint64_t> ack_id, std::string_view event,
                      const Payload& payload) {
  return socketio::encode_event(nsp, ack_id, event, payload.args, attachments_of(payload).size());
}

// A message to many, or one that is kept.
socketio::Message message_of(std::string packet, const Payload& payload) {
  const Attachments attachments = attachments_of(payload);
  socketio::Message message;
  message.packet = std::move(packet);
  message.attachments.assign(attachments.begin(), attachments.end());
  return message;
}

using Frames = boost::container::small_vector<base::FrameRef, 1>;

Frames frames_of(const socketio::Message& message) {
  Frames frames;
  frames.push_back(message_frame({message.packet}));
  for (const std::string& attachment : message.attachments) frames.push_back(binary_frame(attachment));
  if (!message.mark.empty()) frames.push_back(message_frame({message.mark}));
  return frames;
}

}  // namespace

void NamespaceImpl::find_members(std::span<const RoomKey> rooms, std::vector<std::uint32_t>& out) const {
  rooms_.members(rooms, out);
  for (const RoomKey& room : rooms) {
    if (room.kind() != RoomKind::socket) continue;
    const auto found = by_id_.find(room.name());
    if (found == by_id_.end()) continue;
    if (std::find(out.begin(), out.end(), *found) == out.end()) out.push_back(*found);
  }
}

void NamespaceImpl::send(SocketImpl& socket, base::FrameRef text, std::span<const std::string> attachments) {
  if (!socket.peer()) return;
  port_.counters().add(Count::messages_sent, 1 + attachments.size());
  socket.peer()->send(std::move(text));
  for (const std::string& attachment : attachments) socket.peer()->send(binary_frame(attachment));
}

void NamespaceImpl::send(SocketImpl& socket, const socketio::Message& message) {
  send(socket, message_frame({message.packet}), message.attachments);
  if (!message.mark.empty()) send(socket, message_frame({message.mark}), {});
}

void NamespaceImpl::emit_to(SocketImpl& socket, std::string_view event, const Payload& payload) {
  check_event(event, payload);
  if (!port_.bus().recovers()) {
    emit_transient(socket, event, payload);
    return;
  }
  socketio::Message message = message_of(packet_of(spec_.name, std::nullopt, event, payload), payload);
  message.rooms.emplace_back(Room::socket(socket.id()));
  send(socket, *port_.place_message(spec_.index, std::move(message)));
}

void NamespaceImpl::emit_transient(SocketImpl& socket, std::string_view event, const Payload& payload) {
  port_.sync();
  const std::string packet = packet_of(spec_.name, std::nullopt, event, payload);
  send(socket, message_frame({packet}), attachments_of(payload));
  if (!socketio::ends_with_string(packet) || !port_.bus().recovers()) return;
  const Place now = port_.place(spec_.index);
  port_.deliver(now.before);
  send_mark(socket, now.number);
}

void NamespaceImpl::send_mark(SocketImpl& socket, std::uint64_t number) {
  const std::string mark = port_.bus().mark_of(spec_.index, number);
  if (!mark.empty()) send(socket, message_frame({mark}), {});
}

void NamespaceImpl::emit_with_id(SocketImpl& socket, std::string_view event, const Payload& payload,
                                 std::uint64_t ack_id) {
  port_.sync();
  send(socket, message_frame({packet_of(spec_.name, ack_id, event, payload)}), attachments_of(payload));
}

void NamespaceImpl::acknowledge(Socket& socket, std::uint64_t id, const Payload& payload) {
  check_ack(payload);
  port_.sync();
  const Attachments attachments = attachments_of(payload);
  std::string begin = spare_ack_begin_.take();
  socketio::append_ack_begin(begin, spec_.name, id, attachments.size());
  send(static_cast<SocketImpl&>(socket), message_frame({begin, payload.args, socketio::kAckEnd}),
       attachments);
  spare_ack_begin_.give(std::move(begin));
}

void NamespaceImpl::publish(Emitter to, std::string_view event, const Payload& payload) {
  check_event(event, payload);
  socketio::Message message = message_of(packet_of(spec_.name, std::nullopt, event, payload), payload);
  message.rooms = std::move(rooms_of(to));
  message.except = std::move(except_of(to));
  message.subject = std::move(subject_of(to));
  const Kept kept = kept_of(to);
  message.is_volatile = kept == Kept::none_volatile;
  message.keep = kept == Kept::every    ? socketio::Keep::all
                 : kept == Kept::edge   ? socketio::Keep::edge
                 : kept == Kept::newest ? socketio::Keep::newest
                                        : socketio::Keep::no;
  port_.publish(spec_.index, std::move(message), size());
}

// The message's receivers among this worker's sockets.
template <class Use>
void NamespaceImpl::each_receiver(const socketio::Message& message, Use&& use) {
  std::vector<std::uint32_t> excluded = spare_excluded_.take();  // usually one user's few connections
  find_members(message.except, excluded);
  std::sort(excluded.begin(), excluded.end());
  const auto is_excluded = [&](std::uint32_t slot) {
    return std::binary_search(excluded.begin(), excluded.end(), slot);
  };
  const bool everybody = message.rooms.empty();
  std::vector<std::uint32_t> slots = spare_receivers_.take();
  if (!everybody) find_members(message.rooms, slots);
  if (!slots.empty() && message.keep != socketio::Keep::no) message.has_member.raise(1);
  const std::size_t count = everybody ? connected_.size() : slots.size();
  for (std::size_t i = 0; i < count; ++i) {
    SocketImpl& socket = everybody ? *connected_[i] : *slots_[slots[i]].socket;
    if (!is_excluded(socket.slot())) use(socket);
  }
  spare_receivers_.give(std::move(slots));
  spare_excluded_.give(std::move(excluded));
}

void NamespaceImpl::deliver(const Broadcast& broadcast) {
  const socketio::Message& message = *broadcast.message;
  Frames frames;  // made for the first receiver
  std::size_t deliveries = 0;
  each_receiver(message, [&](SocketImpl& socket) {
    if (!socket.connected()) return;
    if (message.is_volatile && !socket.peer()->writable()) return;
    if (frames.empty()) frames = frames_of(message);
    for (const base::FrameRef& frame : frames) socket.peer()->send(frame);
    ++deliveries;
  });
  port_.counters().add(Count::deliveries, deliveries);
  port_.counters().add(Count::messages_sent, deliveries * frames.size());
}

}  // namespace rollcall::server
