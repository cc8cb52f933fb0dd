#include "socketio/parked_sessions.hpp"

#include <algorithm>

#include "base/shrink.hpp"

namespace rollcall::socketio {

void ParkedSessions::park(std::string_view owner, const ParkPlace& place, std::size_t bytes,
                          std::uint64_t sent, Instant now, std::vector<ParkPlace>& gone) {
  const auto session = by_age_.insert(by_age_.end(), {std::string(owner), place, bytes, sent, now});
  by_place_.emplace(place, session);
  bytes_ += bytes;
  if (!owner.empty()) enforce_owners_share(session, gone);
  while (bytes_ > limits_.max_bytes || by_age_.size() > limits_.max_sessions) evict(by_age_.begin(), gone);
  expire(now, gone);
}

void ParkedSessions::enforce_owners_share(ByAge::iterator session, std::vector<ParkPlace>& gone) {
  Owner& its = owners_[session->owner];
  its.bytes += session->bytes;
  its.sessions.push_back(session);
  std::size_t too_many = its.sessions.size() > limits_.max_owner_sessions ? 1 : 0;
  std::size_t left = its.bytes;
  while (left > limits_.max_owner_bytes && too_many < its.sessions.size())
    left -= its.sessions[too_many++]->bytes;
  for (; too_many > 0; --too_many) {
    const ByAge::iterator oldest = owners_.find(session->owner)->second.sessions.front();
    const bool is_last = oldest == session;
    evict(oldest, gone);
    if (is_last) break;
  }
}

void ParkedSessions::evict(ByAge::iterator session, std::vector<ParkPlace>& gone) {
  gone.push_back(session->place);
  forget(session);
}

void ParkedSessions::forget(ByAge::iterator session) {
  bytes_ -= session->bytes;
  if (const auto owner = owners_.find(session->owner); owner != owners_.end()) {
    owner->second.bytes -= session->bytes;
    auto& its = owner->second.sessions;
    its.erase(std::find(its.begin(), its.end(), session));
    if (its.empty()) {
      owners_.erase(owner);
      base::shrink_table(owners_);
    }
  }
  by_place_.erase(session->place);
  base::shrink_table(by_place_);
  by_age_.erase(session);
}

std::optional<std::uint64_t> ParkedSessions::take(const ParkPlace& place, Instant now) {
  const auto found = by_place_.find(place);
  if (found == by_place_.end()) return std::nullopt;
  const bool too_old = now - found->second->parked_at > limits_.max_age;
  const std::uint64_t sent = found->second->sent;
  forget(found->second);
  return too_old ? std::nullopt : std::optional(sent);
}

void ParkedSessions::expire(Instant now, std::vector<ParkPlace>& gone) {
  while (!by_age_.empty() && now - by_age_.front().parked_at > limits_.max_age) evict(by_age_.begin(), gone);
}

}  // namespace rollcall::socketio
