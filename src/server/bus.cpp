#include "server/bus.hpp"

#include <utility>

#include "socketio/encode.hpp"

namespace rollcall::server {

WorkerIndex Bus::add_worker(std::function<void()> wake) {
  inboxes_.emplace_back().wake = std::move(wake);
  return static_cast<WorkerIndex>(inboxes_.size() - 1);
}

NamespaceIndex Bus::add_namespace() {
  const std::lock_guard lock(mutex_);
  recoveries_.push_back(recovery_limits_ ? std::make_unique<socketio::Recovery>(*recovery_limits_) : nullptr);
  return static_cast<NamespaceIndex>(recoveries_.size() - 1);
}

void Bus::publish(NamespaceIndex nsp, socketio::Message message, bool is_volatile,
                  std::optional<WorkerIndex> from, Instant now) {
  const auto shared = std::make_shared<socketio::Message>(std::move(message));
  const std::lock_guard lock(mutex_);
  if (socketio::Recovery* recovery = recoveries_[nsp].get(); recovery && !is_volatile) {
    const std::uint64_t number = recovery->next_number();
    socketio::append_offset(shared->packet, socketio::Recovery::offset_of(number));
    recovery->log(number, *shared, now);
  }
  for (WorkerIndex i = 0; i < inboxes_.size(); ++i) {
    if (inboxes_[i].retired) continue;
    const bool first = inboxes_[i].inbox.empty();
    inboxes_[i].inbox.push_back({nsp, is_volatile, shared});
    inboxes_[i].has_mail.store(true, std::memory_order_relaxed);
    if (!first || i == from) continue;
    if (from) {
      inboxes_[i].wake_owed = true;
    } else {
      inboxes_[i].wake();
    }
  }
}

void Bus::wake_others(WorkerIndex from) {
  const std::lock_guard lock(mutex_);
  for (WorkerIndex i = 0; i < inboxes_.size(); ++i) {
    if (i == from || !std::exchange(inboxes_[i].wake_owed, false)) continue;
    if (!inboxes_[i].inbox.empty()) inboxes_[i].wake();
  }
}

// What this thread must see, being its own or published under a lock that it has had since, it sees in the
// flag, too.
Inbox Bus::take(WorkerIndex worker) {
  if (!inboxes_[worker].has_mail.load(std::memory_order_relaxed)) return {};
  const std::lock_guard lock(mutex_);
  return inboxes_[worker].take();
}

Place Bus::take_place(WorkerIndex worker, NamespaceIndex nsp) {
  const std::lock_guard lock(mutex_);
  Place place;
  if (recoveries_[nsp]) place.number = recoveries_[nsp]->next_number();
  place.before = inboxes_[worker].take();
  return place;
}

void Bus::log(NamespaceIndex nsp, const Place& place, const socketio::Message& message, Instant now) {
  if (place.number == 0) return;
  const std::lock_guard lock(mutex_);
  recoveries_[nsp]->log(place.number, message, now);
}

void Bus::save(NamespaceIndex nsp, std::string pid, socketio::SavedSession session, Instant now) {
  const std::lock_guard lock(mutex_);
  if (recoveries_[nsp]) recoveries_[nsp]->save(std::move(pid), std::move(session), now);
}

std::optional<socketio::Recovery::Recovered> Bus::recover(NamespaceIndex nsp, WorkerIndex worker,
                                                          std::string_view pid, std::string_view offset,
                                                          std::string_view owner, Instant now,
                                                          Inbox& before) {
  const std::lock_guard lock(mutex_);
  before = inboxes_[worker].take();
  if (!recoveries_[nsp]) return std::nullopt;
  return recoveries_[nsp]->take(pid, offset, owner, now);
}

std::vector<std::size_t> Bus::inbox_sizes() {
  const std::lock_guard lock(mutex_);
  std::vector<std::size_t> sizes;
  sizes.reserve(inboxes_.size());
  for (const Worker& worker : inboxes_) sizes.push_back(worker.inbox.size());
  return sizes;
}

void Bus::retire(WorkerIndex worker) {
  Inbox dropped;
  const std::lock_guard lock(mutex_);
  inboxes_[worker].retired = true;
  dropped = inboxes_[worker].take();
}

void Bus::prune(Instant now) {
  const std::lock_guard lock(mutex_);
  for (const auto& recovery : recoveries_) {
    if (recovery) recovery->prune(now);
  }
}

}  // namespace rollcall::server
