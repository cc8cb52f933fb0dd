// Read access to a Core that records whose state was read, so that the Announcer does not cancel out changes
// that a reply has revealed.
//
// Passed by the gateway's hub to readers under its lock; must not be kept.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "presence/announcer.hpp"
#include "presence/core.hpp"

namespace rollcall::presence {

class View {
 public:
  View(const Core& core, Announcer& announcer) : core_(core), announcer_(announcer) {}

  State state(std::string_view user_id) const {
    announcer_.read(user_id);
    return core_.state(user_id);
  }
  Account account(std::string_view user_id) const {
    announcer_.read(user_id);
    return core_.account(user_id);
  }
  std::size_t connections(std::string_view user_id) const {
    announcer_.read(user_id);
    return core_.connections(user_id);
  }
  // For lists and pages: marks everyone as read.
  const Core& everyone() const {
    announcer_.read_all();
    return core_;
  }

  // These reveal nobody's state.
  bool may_connect(std::string_view user_id) const { return core_.may_connect(user_id); }
  std::optional<WallTime> last_active(ConnectionId connection) const { return core_.last_active(connection); }
  std::size_t online_count() const { return core_.online_count(); }
  std::size_t connections() const { return core_.connections(); }
  milliseconds window() const { return announcer_.window(); }
  std::size_t held() const { return announcer_.held(); }

 private:
  const Core& core_;
  Announcer& announcer_;
};

}  // namespace rollcall::presence
