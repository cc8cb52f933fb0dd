#include "load/fanout.hpp"

#include <unistd.h>

#include <array>
#include <charconv>

#include "load/process.hpp"

namespace rollcall::load {
namespace {

constexpr std::uint64_t kStray = 200'000'000;  // how long to wait for surplus deliveries at the end

constexpr std::string_view name_of(Verdict verdict) {
  constexpr std::array<std::string_view, 4> kNames = {"right", "doubled", "of a change that was not made",
                                                      "doubled or out of alternation"};
  return kNames[static_cast<std::size_t>(verdict)];
}

std::string event_of(bool online) {
  return online ? "user-online" : "user-offline";
}

}  // namespace

Fanout::Fanout(const Options& options, Control& control, unsigned process)
    : Mode(options, control, process),
      changer_prefix_("changer-" + options.salt + "-"),
      listeners_(share(options.connections)),
      first_listener_(first(options.connections)),
      ledger_(options.inflight, listeners_),
      changers_(options.inflight) {
  ramp_size_ = listeners_;
}

void Fanout::ramp_client(std::uint32_t index) {
  const std::uint32_t number = first_listener_ + index;
  swarm_.open(kListener, index, token(user("listener", number / options_.per_user)));
}

void Fanout::ready() {
  for (std::uint32_t slot = 0; slot < options_.inflight; ++slot) {
    if (!mine(slot)) continue;
    connect(slot);
  }
}

void Fanout::connect(std::uint32_t slot) {
  changers_[slot].armed = changers_[slot].up = false;
  // A different user each time: one who comes and goes repeatedly would be damped.
  changers_[slot].token = token(user("changer", slot) + "." + std::to_string(changers_[slot].users++));
  changers_[slot].client = &swarm_.open(kChanger, slot, changers_[slot].token, !options_.floor());
}

void Fanout::on_armed(Client& client) {
  changers_[client.id].armed = true;
  change(client.id);
}

// The floor has no users: its changers stay connected, and their binary messages go to everybody as text.
void Fanout::up(Client& client) {
  changers_[client.id].up = true;
  if (options_.floor()) return change(client.id);
  check(client.id);
}

void Fanout::change(std::uint32_t slot) {
  if (control_.now() == Phase::stop) return;
  Slot& shared = control_.slots[slot];
  const std::uint32_t number = shared.begun.load(std::memory_order_relaxed) + 1;
  shared.delivered.store(0, std::memory_order_relaxed);
  shared.sent_ns.store(now_ns(), std::memory_order_relaxed);
  shared.begun.store(number, std::memory_order_release);
  const bool online = number % 2 == 1;
  Client& client = *changers_[slot].client;
  if (options_.floor()) return trigger(slot, online);
  if (!online) return swarm_.goodbye(client);
  changers_[slot].armed = false;
  swarm_.join(client);
}

// Exactly as long as rollcall's message.
void Fanout::trigger(std::uint32_t slot, bool online) {
  std::string json = "[\"" + event_of(online) + "\",{\"userId\":\"" + user("changer", slot) +
                     "\",\"online\":" + (online ? "true" : "false") +
                     ",\"timestamp\":\"2026-01-04T12:34:56.789Z\"";
  if (!online) json += ",\"lastActive\":\"2026-01-04T12:34:56.789Z\"";
  json += "},\"AAAAAAAAAAAAAAAA\"]";
  swarm_.send(*changers_[slot].client,
              client_frame(Opcode::binary, event_packet(options_.nsp, std::nullopt, json)));
}

bool Fanout::pending(std::uint32_t slot) const {
  const Slot& shared = control_.slots[slot];
  return shared.begun.load(std::memory_order_acquire) > 0 && shared.delivered.load() < options_.connections;
}

void Fanout::check(std::uint32_t slot) {
  const Changer& changer = changers_[slot];
  if (changer.client == nullptr || changer.armed || !changer.up || pending(slot)) return;
  completed(slot);
}

void Fanout::completed(std::uint32_t slot) {
  const Slot& shared = control_.slots[slot];
  report_.add(Count::changes);
  if (measuring()) report_.whole.add(now_ns() - shared.sent_ns.load());
  if (options_.floor() || shared.begun.load() % 2 == 1) return change(slot);
  swarm_.close(*changers_[slot].client);
  if (control_.now() != Phase::stop) connect(slot);
}

void Fanout::on_packet(Client& client, const Packet& packet, std::uint64_t now) {
  const auto change = packet.kind == PacketKind::event ? read_change(packet.body) : std::nullopt;
  if (!change || change->user.empty()) return swarm_.fail(client, "received " + std::string(packet.body));
  std::uint32_t slot = 0;
  const bool of_changer = change->user.starts_with(changer_prefix_);
  if (of_changer) {
    const std::string_view digits = change->user.substr(changer_prefix_.size());
    std::from_chars(digits.data(), digits.data() + digits.size(), slot);
  }
  if (!of_changer || slot >= options_.inflight || client.role != kListener) {
    report_.add(Count::others);
    return;
  }
  delivered(client, slot, change->online, now);
}

void Fanout::delivered(Client& client, std::uint32_t slot, bool online, std::uint64_t now) {
  Slot& shared = control_.slots[slot];
  const std::uint32_t begun = shared.begun.load(std::memory_order_acquire);
  const Verdict verdict = ledger_.deliver(slot, client.id, online, begun);
  if (verdict != Verdict::ok) {
    return swarm_.fail(client, "delivery " + std::string(name_of(verdict)) + ": " + event_of(online) +
                                   " of changer " + std::to_string(slot) + ", whose change no. " +
                                   std::to_string(begun) + " was the last");
  }
  report_.add(Count::deliveries);
  record(shared.sent_ns.load(std::memory_order_relaxed), now);
  if (shared.delivered.fetch_add(1) + 1 < options_.connections) return;
  if (mine(slot)) return check(slot);
  const std::uint64_t one = 1;
  if (write(control_.wake[slot % options_.processes], &one, sizeof one) < 0) control_.fail("no wake-up");
}

void Fanout::work(std::uint64_t) {
  if (options_.processes == 1) return;  // the last delivery itself starts the next change then
  for (std::uint32_t slot = process_; slot < options_.inflight; slot += options_.processes) {
    if (control_.slots[slot].begun > 0) check(slot);
  }
}

bool Fanout::waiting() const {
  for (std::uint32_t slot = 0; slot < options_.inflight; ++slot) {
    const Changer& changer = changers_[slot];
    if (pending(slot) || (changer.client != nullptr && !changer.armed && !changer.up)) return true;
  }
  return false;
}

bool Fanout::finished() {
  const std::uint64_t now = now_ns();
  if (quiet_since_ == 0 || waiting()) quiet_since_ = now;
  return now - quiet_since_ > kStray;
}

std::string Fanout::missing() const {
  for (std::uint32_t slot = 0; slot < options_.inflight; ++slot) {
    if (!pending(slot)) continue;
    const Slot& shared = control_.slots[slot];
    std::string text = "missing deliveries: change no. " + std::to_string(shared.begun) + " of changer " +
                       std::to_string(slot) + " has reached " + std::to_string(shared.delivered) + " of " +
                       std::to_string(options_.connections) + " listeners";
    for (std::uint32_t i = 0; i < listeners_; ++i) {
      if (ledger_.has(slot, i, shared.begun)) continue;
      return text + "; not listener " + std::to_string(first_listener_ + i);
    }
    return text;
  }
  return Mode::missing();
}

}  // namespace rollcall::load
