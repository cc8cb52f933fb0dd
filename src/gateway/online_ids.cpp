#include "gateway/online_ids.hpp"

#include <algorithm>

namespace rollcall::gateway {

std::vector<std::string> online_ids(const HubDriver& hub, std::size_t page) {
  std::vector<std::string> ids;
  std::optional<std::string> cursor;
  do {
    auto part = hub.read([&](const presence::View& view) { return view.everyone().online(page, cursor); });
    for (presence::OnlineUser& user : part->users) ids.push_back(std::move(user.user_id));
    cursor = std::move(part->next_cursor);
  } while (cursor);
  // A user who left and came back in between is also listed later on.
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

}  // namespace rollcall::gateway
