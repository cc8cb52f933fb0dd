// The statuses of several users: the answer to check-users-status and to subscribe-presence.
#pragma once

#include <string>
#include <vector>

#include "calls/request.hpp"
#include "presence/view.hpp"

namespace rollcall::calls {

class Statuses {
 public:
  explicit Statuses(wire::UserIds user_ids)
      : user_ids_(std::move(user_ids)), states_(user_ids_.get_allocator().resource()) {}

  const wire::UserIds& user_ids() const { return user_ids_; }
  void look(const presence::View& view);
  // {"statuses":[...],"timestamp":...}, in the order of the ids.
  std::string written(WallTime now, std::string out) const;

 private:
  wire::UserIds user_ids_;
  std::pmr::vector<presence::State> states_;
};

}  // namespace rollcall::calls
