#include "wire/users.hpp"

namespace rollcall::wire {
namespace {

constexpr std::size_t kTimeBytes = 26;  // with its quotes

}  // namespace

void write_status(ObjectWriter& writer, std::string_view user_id, const presence::State& status) {
  writer.text("userId", user_id)
      .flag("online", status.online)
      .time("lastActive", status.last_active)
      .time("connectedAt", status.connected_at);
}

void append_online_user(std::string& out, std::string_view user_id, std::optional<std::string_view> email,
                        std::optional<std::string_view> role, WallTime connected_at, WallTime last_active) {
  ObjectWriter(out)
      .text("userId", user_id)
      .text("email", email)
      .text("role", role)
      .time("connectedAt", connected_at)
      .time("lastActive", last_active);
}

std::string online_user_end(WallTime last_active) {
  std::string end;
  append_time(end, last_active);
  end += '}';
  return end;
}

static_assert(kOnlineUserEndBytes == kTimeBytes + 1);

}  // namespace rollcall::wire
