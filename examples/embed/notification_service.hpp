// Notifications that reach online users at once, and others when they are back: what a NestJS service does
// with its gateway, in C++.
#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <rollcall/gateway.hpp>
#include <string>
#include <string_view>
#include <unordered_map>

// Thread-safe.
class NotificationService {
 public:
  enum class Method { realtime, queued };
  struct Receipt {
    bool sent;  // false: too many are waiting for this user
    Method method;
  };

  // Keeps at most `max_waiting` notifications per user, in memory. The gateway must outlive the last use of
  // this service, and this service the gateway's callbacks: create it before the server runs, and keep it
  // until the server has ended.
  explicit NotificationService(rollcall::Gateway& gateway, std::size_t max_waiting = 100);

  Receipt send_notification(const std::string& user_id, std::string_view message);
  std::size_t active_users_count() const { return gateway_.online_user_count(); }

 private:
  bool deliver_waiting(const std::string& user_id);  // under the lock

  rollcall::Gateway& gateway_;
  const std::size_t max_waiting_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::deque<std::string>> waiting_;
};
