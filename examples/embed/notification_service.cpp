#include "notification_service.hpp"

#include <utility>

NotificationService::NotificationService(rollcall::Gateway& gateway, std::size_t max_waiting)
    : gateway_(gateway), max_waiting_(max_waiting) {
  gateway_.on_user_online([this](const rollcall::CameOnline& user) {
    const std::lock_guard lock(mutex_);
    deliver_waiting(user.user_id);
  });
}

NotificationService::Receipt NotificationService::send_notification(const std::string& user_id,
                                                                    std::string_view message) {
  std::string payload = "{\"message\":" + rollcall::json_quote(message) + "}";
  const std::lock_guard lock(mutex_);
  auto& queue = waiting_[user_id];
  if (queue.size() >= max_waiting_) return {false, Method::queued};
  queue.push_back(std::move(payload));
  return {true, deliver_waiting(user_id) ? Method::realtime : Method::queued};
}

// False if the user is offline. A user who comes online after that is reported to the callback, which waits
// for the lock, so nothing stays in the queue. An online user first gets what was waiting, in order.
bool NotificationService::deliver_waiting(const std::string& user_id) {
  const auto found = waiting_.find(user_id);
  if (found == waiting_.end() || !gateway_.user_online_status(user_id).online) return false;
  for (const std::string& payload : found->second) gateway_.to(user_id).emit("notification", payload);
  waiting_.erase(found);
  return true;
}
