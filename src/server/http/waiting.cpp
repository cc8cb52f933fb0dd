#include "server/http/waiting.hpp"

namespace rollcall::server {

void Waiting::begin(Instant now) {
  end();
  since_ = now;
  list_.list_.push_back(*this);
  list_.count();
}

void Waiting::end() {
  if (!is_linked()) return;
  list_.list_.erase(list_.list_.iterator_to(*this));
  list_.count();
}

Waiting* WaitingList::victim(Instant now) {
  return !list_.empty() && list_.front().since_ < now ? &list_.front() : nullptr;
}

}  // namespace rollcall::server
