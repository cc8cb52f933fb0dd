#include "calls/statuses.hpp"

#include "wire/users.hpp"

namespace rollcall::calls {

void Statuses::look(const presence::View& view) {
  states_.reserve(user_ids_.size());
  for (const wire::UserId& user_id : user_ids_) states_.push_back(view.state(user_id));
}

std::string Statuses::written(WallTime now, std::string out) const {
  out.reserve(out.size() + user_ids_.size() * wire::kBytesPerUser + wire::kBytesPerUser);
  {
    wire::ObjectWriter writer(out);
    writer.key("statuses") += '[';
    for (std::size_t i = 0; i < user_ids_.size(); ++i) {
      if (i > 0) out += ',';
      wire::ObjectWriter one(out);
      write_status(one, user_ids_[i], states_[i]);
    }
    out += ']';
    writer.time("timestamp", now);
  }
  return out;
}

}  // namespace rollcall::calls
