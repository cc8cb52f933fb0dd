#include "gateway/presence_hub.hpp"

#include <algorithm>
#include <random>
#include <utility>

#include "base/shared_time.hpp"
#include "base/shrink.hpp"
#include "server/figures.hpp"

namespace rollcall::gateway {
namespace {

std::uint64_t new_epoch() {
  std::random_device random;
  return std::uint64_t{random()} << 32 | random();
}

}  // namespace

PresenceHub::PresenceHub(Server& server, const presence::Settings& settings,
                         const presence::PaceSettings& pace, std::size_t feed_changes, Publish publish,
                         CountReceivers count_receivers)
    : server_(server),
      publish_(std::move(publish)),
      count_receivers_(std::move(count_receivers)),
      lanes_(server.workers() + 1U),
      core_(settings),
      announcer_(pace),
      feed_(new_epoch(), feed_changes),
      loops_(server.workers()) {}

milliseconds PresenceHub::settling() const {
  const Instant now = server_.now();
  if (now >= settling_until_) return milliseconds{0};
  return std::chrono::ceil<milliseconds>(settling_until_ - now);
}

// Threads that are no workers have the last one.
std::mutex& PresenceHub::lane_here() const {
  return lanes_.of(server::worker_here(server_).value_or(server_.workers()));
}

bool PresenceHub::nothing_due() const {
  const auto due = core_.deadline();
  return !due || *due > server_.now();
}

void PresenceHub::reconfigure(std::size_t connections_per_user, std::size_t feed_changes) {
  const std::lock_guard lock(lanes_);
  core_.allow_connections(connections_per_user);
  if (!feed_.keeps() && feed_changes > 0) feed_.begin(feed_changes);
}

void PresenceHub::apply(const presence::Command& command) {
  const std::lock_guard lock(lanes_);
  apply_locked(command);
}

void PresenceHub::apply_locked(const presence::Command& command) {
  read_clocks();
  core_.apply(command, now_, wall_, changed_);
  tell_changes();
  publish();
  await_deadline();
}

void PresenceHub::read_clocks() {
  now_ = std::max(now_, server_.now());
  wall_ = base::follow(wall_, server_.wall_now());
}

void PresenceHub::tell_changes() {
  if (changed_.empty()) return;
  if (observe_) observe_(changed_);
  for (const presence::UserChanged& change : changed_) totals_.add(presence::edge_of(change));
  if (feed_.keeps()) feed_changes();
  measure();
  announcer_.take(changed_, count_receivers_(), now_, news_);
}

void PresenceHub::measure() {
  for (std::size_t i = 0; i < loops_.size(); ++i) {
    const server::WorkDone work = server::work_done(server_, static_cast<server::WorkerIndex>(i));
    loops_[i] = {work.busy, work.delivering, work.delivering_turns, work.last_delivering};
  }
  announcer_.measure(loops_, now_);
}

// As they happen, whatever the Announcer holds back.
void PresenceHub::feed_changes() {
  for (const presence::UserChanged& change : changed_) {
    if (presence::edge_of(change) == presence::Edge::none) continue;
    presence::Change entry{change.user_id, change.after.online, change.at, {}, {}, {}};
    if (change.after.online) {
      const presence::User& user = *core_.find(change.user_id);
      entry.email = user.profile.email();
      entry.role = user.profile.role();
    } else {
      entry.last_active = *change.after.last_active;
    }
    feed_.add(entry);
  }
  for (const auto& grown : feed_grown_) grown();
}

void PresenceHub::publish() {
  for (const presence::News& news : news_) publish_(news);
  base::clear_scratch(news_);
}

void PresenceHub::await_deadline() {
  auto due = core_.deadline();
  if (const auto telling = announcer_.deadline(); telling && (!due || *telling < *due)) due = telling;
  if (!due || (awaited_ && *awaited_ <= *due)) return;
  awaited_ = due;
  server_.post([this, at = *due] { timer_ = server_.schedule(at, [this] { tick(); }); });
}

void PresenceHub::tick() {
  const auto keep = std::exchange(timer_, nullptr);  // it is running
  const std::lock_guard lock(lanes_);
  awaited_.reset();
  read_clocks();
  core_.tick(now_, wall_, changed_);
  tell_changes();
  measure();
  announcer_.tick(count_receivers_(), now_, news_);
  publish();
  await_deadline();
}

}  // namespace rollcall::gateway
