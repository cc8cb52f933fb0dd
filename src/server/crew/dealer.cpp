#include "server/crew/dealer.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace rollcall::server {

Dealt& Dealer::choose(Instant now) const {
  Dealt* chosen = workers_.front();
  bool chosen_late = chosen->late(now);
  for (Dealt* worker : workers_) {
    const bool fewer = worker->connections() < chosen->connections();
    if ((!chosen_late && !fewer) || worker->late(now)) continue;
    chosen = worker;
    chosen_late = false;
  }
  return *chosen;
}

void Dealer::deal_again(Instant now) {
  if (choose(now).late(now)) return;  // all workers are late
  for (Dealt* worker : workers_) {
    if (!worker->late(now)) continue;
    for (net::Channel& channel : worker->take_back()) deal(std::move(channel), now);
  }
}

bool Dealer::has_untaken() const {
  return std::any_of(workers_.begin(), workers_.end(),
                     [](const Dealt* worker) { return worker->has_untaken(); });
}

void DealtChannels::put(net::Channel channel) {
  const std::lock_guard lock(mutex_);
  channels_.push_back(std::move(channel));
}

std::optional<net::Channel> DealtChannels::take() {
  const std::lock_guard lock(mutex_);
  if (channels_.empty()) return std::nullopt;
  std::optional<net::Channel> oldest(std::move(channels_.front()));
  channels_.pop_front();
  return oldest;
}

std::vector<net::Channel> DealtChannels::take_all() {
  const std::lock_guard lock(mutex_);
  std::vector<net::Channel> all(std::make_move_iterator(channels_.begin()),
                                std::make_move_iterator(channels_.end()));
  channels_.clear();
  return all;
}

bool DealtChannels::empty() const {
  const std::lock_guard lock(mutex_);
  return channels_.empty();
}

}  // namespace rollcall::server
