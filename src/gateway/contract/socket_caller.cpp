#include "gateway/contract/socket_caller.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace rollcall::gateway {

std::size_t count_watched(const Socket& socket) {
  const auto rooms = socket.rooms();
  return static_cast<std::size_t>(std::count_if(
      rooms.begin(), rooms.end(), [](const RoomKey& room) { return room.kind() == RoomKind::watchers; }));
}

// Clients subscribe again after each connect, so users that are already watched count once.
std::optional<wire::Error> SocketCaller::watch(const wire::UserIds& user_ids) {
  std::vector<std::string_view> joined;
  const bool may_be_many = member_.watched + user_ids.size() > kMaxWatched;
  for (const wire::UserId& user_id : user_ids) {
    if (!socket_.join(Room::watchers(user_id))) continue;
    ++member_.watched;
    if (!may_be_many) continue;
    joined.push_back(user_id);
    if (member_.watched <= kMaxWatched) continue;
    for (const std::string_view again : joined) socket_.leave(Room::watchers(again));
    member_.watched = (member_.watched - joined.size()) & 0xFFFF;
    return wire::Error{wire::ErrorCode::too_many_users,
                       "A connection can watch at most " + std::to_string(kMaxWatched) +
                           " users, and this one watches " + std::to_string(member_.watched) +
                           ": unsubscribe from some first"};
  }
  return std::nullopt;
}

std::size_t SocketCaller::unwatch(const wire::UserIds& user_ids) {
  for (const wire::UserId& user_id : user_ids) {
    if (socket_.leave(Room::watchers(user_id))) --member_.watched;
  }
  return member_.watched;
}

}  // namespace rollcall::gateway
