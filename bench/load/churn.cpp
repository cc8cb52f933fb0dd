#include "load/churn.hpp"

#include <charconv>

#include "load/process.hpp"

namespace rollcall::load {
namespace {

constexpr std::uint64_t kMillisecond = 1'000'000;
constexpr std::uint64_t kSlackMs = 1500;  // after the grace; nothing may arrive later

}  // namespace

Churn::Churn(const Options& options, Control& control, unsigned process)
    : Mode(options, control, process),
      prefix_("churner-" + options.salt + "-"),
      watchers_(share(options.connections)),
      first_user_(first(options.users)),
      users_(share(options.users)),
      told_(std::size_t{watchers_} * options.users),
      random_(process) {
  ramp_size_ = watchers_;
  for (std::uint32_t i = 0; i < users_.size(); ++i) users_[i].token = token(user("churner", first_user_ + i));
}

void Churn::ramp_client(std::uint32_t index) {
  const std::uint32_t number = (first(options_.connections) + index) / options_.per_user;
  swarm_.open(kListener, index, token(user("watcher", number)));
}

void Churn::work(std::uint64_t now) {
  if (started_ns_ == 0) started_ns_ = now;
  const double each = options_.rate / options_.processes;
  const auto due = static_cast<std::uint64_t>(static_cast<double>(now - started_ns_) / 1e9 * each);
  for (; toggled_ < due && !users_.empty(); ++toggled_) {
    toggle(static_cast<std::uint32_t>(random_() % users_.size()));
  }
}

void Churn::toggle(std::uint32_t index) {
  User& user = users_[index];
  Slot& shared = control_.slots[first_user_ + index];
  if (user.client == nullptr) {
    shared.begun = 1;
    shared.sent_ns = now_ns();
    ++joining_;
    user.client = &swarm_.open(kChanger, index, user.token);
    return;
  }
  if (!user.up) return;  // it was called just now
  shared.begun = 0;
  const bool abruptly = std::uniform_real_distribution<>(0, 1)(random_) < options_.abrupt;
  if (!abruptly) swarm_.goodbye(*user.client);
  swarm_.close(*user.client);
  user.client = nullptr;
  user.up = false;
  report_.add(Count::changes);
}

void Churn::up(Client& client) {
  users_[client.id].up = true;
  --joining_;
  report_.add(Count::changes);
}

void Churn::on_packet(Client& client, const Packet& packet, std::uint64_t now) {
  const auto change = packet.kind == PacketKind::event ? read_change(packet.body) : std::nullopt;
  if (!change || change->user.empty()) return swarm_.fail(client, "received " + std::string(packet.body));
  if (client.role != kListener || !change->user.starts_with(prefix_)) {
    report_.add(Count::others);
    return;
  }
  std::uint32_t number = options_.users;
  const std::string_view digits = change->user.substr(prefix_.size());
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (number >= options_.users) return swarm_.fail(client, "a user unknown: " + std::string(change->user));
  std::uint8_t& told = told_[std::size_t{client.id} * options_.users + number];
  if (told == static_cast<std::uint8_t>(change->online)) {
    control_.fail(name(client.id, number) + "told twice that the user is " +
                  (told != 0 ? "online" : "offline"));
    return;
  }
  told = static_cast<std::uint8_t>(change->online);
  report_.add(Count::deliveries);
  if (change->online) record(control_.slots[number].sent_ns, now);
}

std::string Churn::name(std::uint32_t watcher, std::uint32_t number) const {
  return "watcher " + std::to_string(first(options_.connections) + watcher) + ", user " +
         std::to_string(number) + ": ";
}

// An abrupt end is announced only after the grace.
bool Churn::finished() {
  const std::uint64_t now = now_ns();
  if (quiet_since_ == 0 || joining_ > 0) quiet_since_ = now;
  if (now - quiet_since_ < (options_.grace_ms + kSlackMs) * kMillisecond) return false;
  check_truth();
  return true;
}

void Churn::check_truth() {
  for (std::uint32_t watcher = 0; watcher < watchers_; ++watcher) {
    for (std::uint32_t number = 0; number < options_.users; ++number) {
      const bool online = control_.slots[number].begun.load() == 1;
      if ((told_[std::size_t{watcher} * options_.users + number] != 0) == online) continue;
      control_.fail(name(watcher, number) + "the last word was not the truth, which is " +
                    (online ? "online" : "offline"));
      return;
    }
  }
}

}  // namespace rollcall::load
