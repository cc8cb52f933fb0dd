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

// The same through a client's machine, which passes on a copy.
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
    benchmark::DoNotOptimize(packet);
  });
}
BENCHMARK(socketio_encode_event);

// A join and a leave, with this many others in a room each, and all in one together.
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

socketio::MessageRef stamped(socketio::Recovery& recovery, socketio::Message message, Instant now) {
  recovery.stamp(message, 1000, now);
  auto shared = std::make_shared<socketio::Message>(std::move(message));
  recovery.log(shared, now);
  return shared;
}

// A full log: each new change pushes an old one out.
void recovery_log(benchmark::State& state) {
  socketio::RecoveryLimits limits;
  limits.max_edge_bytes = 1 << 20;
  socketio::Recovery recovery(limits, "ep0C", "/ws/messages");
  socketio::Message message;
  message.except = {Room::user(sham::user_name(7))};
  message.packet = socketio::encode_event("/ws/messages", std::nullopt, "user-online", kChange, 0);
  message.keep = socketio::Keep::edge;
  message.subject = sham::user_name(7);
  const Instant now{seconds(1)};
  for (int i = 0; i < 20'000; ++i) stamped(recovery, message, now);
  repeat(state, [&] { benchmark::DoNotOptimize(stamped(recovery, message, now)); });
}
BENCHMARK(recovery_log);

// A session that comes back, having watched this many users and missed this many messages; 100,000 were sent
// to others.
void recovery_missed(benchmark::State& state) {
  socketio::Recovery recovery({}, "ep0C", "/ws/messages");
  socketio::Rooms rooms;
  for (int i = 0; i < state.range(0); ++i) rooms.join(1, Room::watchers(sham::user_name(i)));
  rooms.join(1, Room::user("me"));
  socketio::Message message;
  message.packet = socketio::encode_event("/ws/messages", std::nullopt, "news", kChange, 0);
  const Instant now{seconds(1)};
  for (std::size_t i = 0; i < 100'000; ++i) {
    message.rooms = {Room::user(sham::user_name(i % 10'000))};
    stamped(recovery, message, now);
  }
  message.rooms = {Room::user("me")};
  for (int i = 0; i < state.range(1); ++i) stamped(recovery, message, now);
  repeat(state, [&] { benchmark::DoNotOptimize(recovery.missed(rooms, 1, "sid", 0, 0)); });
}
BENCHMARK(recovery_missed)->Args({0, 0})->Args({0, 100})->Args({100, 0})->Args({10'000, 0});

}  // namespace
}  // namespace rollcall::micro
