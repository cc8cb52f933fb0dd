#include "server/sockets/bus.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/shrink.hpp"

namespace rollcall::server {
namespace {

// More undecided messages mean that a worker hangs. They are kept then, within the bounds of the logs.
constexpr std::size_t kMaxUndecided = 4096;

bool is_of_a_socket(const RoomKey& room) {
  return room.kind() == RoomKind::socket;
}

}  // namespace

Bus::Bus(std::optional<RecoverySettings> recovery)
    : recovery_(std::move(recovery)), parked_(recovery_ ? recovery_->parking : socketio::ParkLimits{}) {}

WorkerIndex Bus::add_worker(std::function<void()> wake, Post post) {
  Worker& worker = inboxes_.emplace_back();
  worker.wake = std::move(wake);
  worker.post = std::move(post);
  return static_cast<WorkerIndex>(inboxes_.size() - 1);
}

NamespaceIndex Bus::add_namespace(std::string name) {
  const std::lock_guard lock(mutex_);
  Nsp& nsp = namespaces_.emplace_back();
  if (recovery_) {
    nsp.recovery = std::make_unique<socketio::Recovery>(recovery_->limits, recovery_->epoch, std::move(name));
  }
  return static_cast<NamespaceIndex>(namespaces_.size() - 1);
}

void Bus::enqueue(NamespaceIndex nsp, const socketio::MessageRef& message, std::optional<WorkerIndex> from) {
  ++published_;
  for (WorkerIndex i = 0; i < inboxes_.size(); ++i) {
    if (inboxes_[i].retired) continue;
    const bool first = inboxes_[i].inbox.empty();
    inboxes_[i].inbox.push_back({nsp, message});
    inboxes_[i].has_mail.store(true, std::memory_order_relaxed);
    if (!first || i == from) continue;
    if (from) {
      inboxes_[i].wake_owed = true;
    } else {
      inboxes_[i].wake();
    }
  }
}

// A message need not be kept if nobody is in its rooms: nobody can come back for it. A worker knows who is in
// a room when it delivers the message (docs/decisions/0023).
void Bus::keep(NamespaceIndex nsp, const socketio::MessageRef& message, Instant now) {
  if (message->keep == socketio::Keep::no) return;
  const auto& rooms = message->rooms;
  const bool for_a_socket = std::any_of(rooms.begin(), rooms.end(), is_of_a_socket);
  if (for_a_socket) decide(true);  // keeps each shelf in order
  if (rooms.empty() || for_a_socket) {
    namespaces_[nsp].recovery->log(message, now);
  } else {
    undecided_.push_back({nsp, message, now, published_ + 1});
  }
}

std::uint64_t Bus::delivered_by_all() const {
  std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
  for (const Worker& worker : inboxes_) {
    if (!worker.retired) least = std::min(least, worker.delivered.load(std::memory_order_acquire));
  }
  return least;
}

// A session that was moving between workers during a delivery may have been in the message's rooms.
void Bus::decide(bool all) {
  if (undecided_.empty()) return;
  const std::uint64_t delivered = delivered_by_all();
  auto oldest = undecided_.begin();
  for (; oldest != undecided_.end(); ++oldest) {
    const bool is_known = oldest->place <= delivered;
    if (!is_known && !all && undecided_.size() <= kMaxUndecided) break;
    const bool is_for_nobody = is_known && oldest->message->has_member.get() == 0 && on_their_way_ == 0 &&
                               oldest->place > last_arrival_;
    if (!is_for_nobody) namespaces_[oldest->nsp].recovery->log(oldest->message, oldest->at);
  }
  undecided_.erase(undecided_.begin(), oldest);
}

void Bus::set_out() {
  const std::lock_guard lock(mutex_);
  ++on_their_way_;
}

void Bus::arrived() {
  const std::lock_guard lock(mutex_);
  --on_their_way_;
  last_arrival_ = published_;
}

std::optional<Instant> Bus::publish(NamespaceIndex nsp, socketio::Message message, std::size_t receivers,
                                    std::optional<WorkerIndex> from, Instant now) {
  const auto shared = std::make_shared<socketio::Message>(std::move(message));
  const std::lock_guard lock(mutex_);
  socketio::Recovery* recovery = namespaces_[nsp].recovery.get();
  if (recovery) {
    recovery->stamp(*shared, receivers, now);
    decide(false);
    keep(nsp, shared, now);
  }
  enqueue(nsp, shared, from);
  return recovery ? recovery->mark_due() : std::nullopt;
}

std::optional<Instant> Bus::publish_marks(WorkerIndex from, Instant now) {
  const std::lock_guard lock(mutex_);
  std::optional<Instant> next;
  for (NamespaceIndex nsp = 0; nsp < namespaces_.size(); ++nsp) {
    socketio::Recovery* recovery = namespaces_[nsp].recovery.get();
    if (!recovery) continue;
    if (auto mark = recovery->due_mark(now)) {
      enqueue(nsp, std::make_shared<socketio::Message>(std::move(*mark)), from);
    }
    const auto due = recovery->mark_due();
    if (due && (!next || *due < *next)) next = due;
  }
  return next;
}

void Bus::wake_others(WorkerIndex from) {
  const std::lock_guard lock(mutex_);
  for (WorkerIndex i = 0; i < inboxes_.size(); ++i) {
    if (i == from || !std::exchange(inboxes_[i].wake_owed, false)) continue;
    if (!inboxes_[i].inbox.empty()) inboxes_[i].wake();
  }
}

// The flag shows this thread everything it must see: its own messages, and those published under a lock that
// it has held since.
Inbox Bus::take(WorkerIndex worker) {
  if (!inboxes_[worker].has_mail.load(std::memory_order_relaxed)) return {};
  const std::lock_guard lock(mutex_);
  return inboxes_[worker].take();
}

Place Bus::place(NamespaceIndex nsp, WorkerIndex worker) {
  const std::lock_guard lock(mutex_);
  Place place;
  if (namespaces_[nsp].recovery) place.number = namespaces_[nsp].recovery->last();
  place.before = inboxes_[worker].take();
  return place;
}

// Reads only what is constant once the workers run.
std::string Bus::mark_of(NamespaceIndex nsp, std::uint64_t number) const {
  const auto& recovery = namespaces_[nsp].recovery;
  return recovery ? recovery->mark_of(number) : std::string();
}

socketio::MessageRef Bus::place_message(NamespaceIndex nsp, WorkerIndex worker, socketio::Message message,
                                        Instant now, Inbox& before) {
  const auto shared = std::make_shared<socketio::Message>(std::move(message));
  const std::lock_guard lock(mutex_);
  before = inboxes_[worker].take();
  if (socketio::Recovery* recovery = namespaces_[nsp].recovery.get()) {
    recovery->stamp(*shared, 1, now);
    keep(nsp, shared, now);
  }
  return shared;
}

std::optional<Bus::Missed> Bus::missed(NamespaceIndex nsp, WorkerIndex worker, const Returning& who,
                                       Inbox& before) {
  const std::lock_guard lock(mutex_);
  before = inboxes_[worker].take();
  const socketio::Recovery* recovery = namespaces_[nsp].recovery.get();
  if (!recovery) return std::nullopt;
  const auto seen = recovery->offsets().seen(who.offset, who.floor, recovery->last());
  if (!seen) return std::nullopt;
  decide(true);
  auto messages = recovery->missed(who.rooms, who.slot, who.id, *seen, who.sent);
  if (!messages) return std::nullopt;
  return Missed{*seen, recovery->last(), *seen < recovery->aged_through(), std::move(*messages)};
}

bool Bus::may_be_offset(NamespaceIndex nsp, std::optional<std::string_view> offset) {
  const std::lock_guard lock(mutex_);
  const socketio::Recovery* recovery = namespaces_[nsp].recovery.get();
  return recovery && recovery->offsets().seen(offset, 0, recovery->last());
}

void Bus::limit_replays(std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  for (const Nsp& nsp : namespaces_) {
    if (nsp.recovery) nsp.recovery->limit_replays(bytes);
  }
}

std::optional<SessionPlace> Bus::locate(NamespaceIndex nsp, std::string_view pid) {
  auto place = place_of_pid(pid);
  if (!place) return std::nullopt;
  const std::lock_guard lock(mutex_);
  const auto& moved = namespaces_[nsp].moved;
  if (const auto found = moved.find(pid); found != moved.end()) place = found->second;
  return place->worker < inboxes_.size() && !inboxes_[place->worker].retired ? place : std::nullopt;
}

void Bus::moved(NamespaceIndex nsp, std::string_view pid, SessionPlace to) {
  const std::lock_guard lock(mutex_);
  namespaces_[nsp].moved.insert_or_assign(std::string(pid), to);
}

void Bus::ended(NamespaceIndex nsp, std::string_view pid) {
  const std::lock_guard lock(mutex_);
  auto& moved = namespaces_[nsp].moved;
  if (const auto found = moved.find(pid); found != moved.end()) {
    moved.erase(found);
    base::shrink_table(moved);
  }
}

void Bus::park(std::string_view owner, const socketio::ParkPlace& place, std::size_t bytes, Instant now) {
  std::vector<socketio::ParkPlace> gone;
  {
    const std::lock_guard lock(mutex_);
    const socketio::Recovery* recovery = namespaces_[place.nsp].recovery.get();
    parked_.park(owner, place, bytes, recovery ? recovery->last() : 0, now, gone);
  }
  drop(gone);
}

std::optional<std::uint64_t> Bus::unpark(const socketio::ParkPlace& place, Instant now) {
  const std::lock_guard lock(mutex_);
  return parked_.take(place, now);
}

void Bus::drop(const std::vector<socketio::ParkPlace>& gone) {
  for (const socketio::ParkPlace& place : gone) post(place.worker, [this, place](BusPort&) { drop_(place); });
}

std::vector<std::size_t> Bus::inbox_sizes() {
  const std::lock_guard lock(mutex_);
  std::vector<std::size_t> sizes;
  sizes.reserve(inboxes_.size());
  for (const Worker& worker : inboxes_) sizes.push_back(worker.inbox.size());
  return sizes;
}

Bus::Parked Bus::parked() {
  const std::lock_guard lock(mutex_);
  return {parked_.sessions(), parked_.bytes()};
}

void Bus::retire(WorkerIndex worker) {
  Inbox dropped;
  const std::lock_guard lock(mutex_);
  inboxes_[worker].retired = true;
  dropped = inboxes_[worker].take();
}

void Bus::prune(Instant now) {
  std::vector<socketio::ParkPlace> gone;
  {
    const std::lock_guard lock(mutex_);
    decide(false);
    for (const Nsp& nsp : namespaces_) {
      if (nsp.recovery) nsp.recovery->prune(now);
    }
    parked_.expire(now, gone);
  }
  drop(gone);
}

}  // namespace rollcall::server
