#include "hub/feed_sink.hpp"

namespace rollcall::hub {
namespace {

feed::Change entry_of(const presence::UserChanged& change, const presence::Core& core) {
  feed::Change entry{change.user_id, change.after.online, change.at, {}, {}, {}};
  if (change.after.online) {
    const presence::User& user = *core.find(change.user_id);
    entry.email = user.profile.email();
    entry.role = user.profile.role();
  } else {
    entry.last_active = *change.after.last_active;
  }
  return entry;
}

}  // namespace

void FeedSink::take(std::span<const presence::UserChanged> changes, const presence::Core& core) {
  if (!feed_.keeps()) return;
  for (const presence::UserChanged& change : changes) {
    if (presence::edge_of(change) != presence::Edge::none) feed_.add(entry_of(change, core));
  }
  for (const auto& grown : grown_) grown();
}

}  // namespace rollcall::hub
