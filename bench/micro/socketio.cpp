// Socket.IO: packets, a client's machine, rooms, the log for recovery.
#include <string>
#include <vector>

#include "micro/counting.hpp"
#include "sham/person.hpp"
#include "socketio/client.hpp"
#include "socketio/encode.hpp"
#include "socketio/packet.hpp"
#include "socketio/recovery.hpp"
#include "socketio/rooms.hpp"

namespace rollcall::micro {
namespace {

std::string batch_of(std::size_t count) {
  std::string ids;
  for (std::size_t i = 0; i < count; ++i) ids += (i ? ",\"" : "\"") + sham::user_name(i) + "\"";
  return R"(2/ws/messages,7["check-users-status",{"userIds":[)" + ids + "]}]";
}

const std::string kRequest =
    R"(2/ws/messages,7["check-user-status",{"userId":")" + sham::user_name(7) + R"("}])";
const std::string kChange =
    R"({"userId":")" + sham::user_name(7) + R"(","online":true,"timestamp":"2027-01-15T08:00:00.000Z"})";

void socketio_parse_request(benchmark::State& state) {
  repeat(state, [&] { benchmark::DoNotOptimize(socketio::parse_packet(kRequest)); });
}
BENCHMARK(socketio_parse_request);

void socketio_parse_100_ids(benchmark::State& state) {
  const std::string packet = batch_of(100);
  repeat(state, [&] { benchmark::DoNotOptimize(socketio::parse_packet(packet)); });
}
BENCHMARK(socketio_parse_100_ids);

// The same through a client's machine: what is handed on is a copy.
void socketio_client_takes_request(benchmark::State& state) {
  socketio::Client client;
  benchmark::DoNotOptimize(client.on_text("0/ws/messages,"));
  client.accept("/ws/messages");
  repeat(state, [&] { benchmark::DoNotOptimize(client.on_text(kRequest)); });
}
BENCHMARK(socketio_client_takes_request);

void socketio_encode_event(benchmark::State& state) {
  repeat(state, [&] {
    std::string packet = socketio::encode_event("/ws/messages", std::nullopt, "user-online", kChange, 0);
    socketio::append_offset(packet, "aaaaaaaaaaa");
    benchmark::DoNotOptimize(packet);
  });
}
BENCHMARK(socketio_encode_event);

// A join and a leave, where so many others are in a room of their own and all in one together.
void rooms_join_and_leave(benchmark::State& state) {
  socketio::Rooms rooms;
  const auto others = static_cast<socketio::Rooms::Slot>(state.range(0));
  for (socketio::Rooms::Slot i = 0; i < others; ++i) {
    rooms.join(i, Room::user(sham::user_name(i)));
    rooms.join(i, Room::application("everyone"));
  }
  const std::string mine = sham::user_name(others);
  repeat(state, [&] {
    rooms.join(others, Room::user(mine));
    rooms.join(others, Room::application("everyone"));
    rooms.leave_all(others);
  });
}
BENCHMARK(rooms_join_and_leave)->Arg(1000)->Arg(1'000'000);

void rooms_members(benchmark::State& state) {
  socketio::Rooms rooms;
  const auto count = static_cast<socketio::Rooms::Slot>(state.range(0));
  for (socketio::Rooms::Slot i = 0; i < count; ++i) rooms.join(i, Room::watchers("user"));
  const std::vector<RoomKey> asked{Room::watchers("user")};
  std::vector<socketio::Rooms::Slot> members;
  repeat(state, [&] {
    rooms.members(asked, members);
    benchmark::DoNotOptimize(members.data());
  });
}
BENCHMARK(rooms_members)->Arg(1)->Arg(10)->Arg(10'000);

// A full log: each message that comes pushes an old one out.
void recovery_log(benchmark::State& state) {
  socketio::RecoveryLimits limits;
  limits.max_log_bytes = 1 << 20;
  socketio::Recovery recovery(limits);
  socketio::Message message;
  message.except = {Room::user(sham::user_name(7))};
  message.packet = socketio::encode_event("/ws/messages", std::nullopt, "user-online", kChange, 0);
  const Instant now{seconds(1)};
  for (int i = 0; i < 20'000; ++i) recovery.log(recovery.next_number(), message, now);
  repeat(state, [&] { recovery.log(recovery.next_number(), message, now); });
}
BENCHMARK(recovery_log);

// A session that comes back and has missed so many messages.
void recovery_save_and_take(benchmark::State& state) {
  socketio::Recovery recovery({});
  socketio::Message message;
  message.packet = socketio::encode_event("/ws/messages", std::nullopt, "user-online", kChange, 0);
  Instant now{seconds(1)};
  const std::uint64_t seen = recovery.next_number();
  recovery.log(seen, message, now);
  const std::string offset = socketio::Recovery::offset_of(seen);
  std::vector<std::uint64_t> missed;
  for (int i = 0; i < state.range(0); ++i) missed.push_back(recovery.next_number());
  for (const std::uint64_t number : missed) recovery.log(number, message, now);
  repeat(state, [&] {
    now += microseconds(1);
    recovery.save("pid", {"sid", "owner", {Room::application("room")}}, now);
    benchmark::DoNotOptimize(recovery.take("pid", offset, "owner", now));
  });
}
BENCHMARK(recovery_save_and_take)->Arg(0)->Arg(100);

}  // namespace
}  // namespace rollcall::micro
