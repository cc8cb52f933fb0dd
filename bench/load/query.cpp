#include "load/query.hpp"

#include <algorithm>

#include "load/process.hpp"

namespace rollcall::load {
namespace {

constexpr std::uint32_t kPayloads = 64;  // distinct ones, so that caching one answer does not help
constexpr std::uint64_t kThorough = 64;  // one answer in this many is checked completely
constexpr std::string_view kOk = "\"status\":\"ok\"", kUserId = "\"userId\":", kIsOnline = "\"online\":true";

}  // namespace

Query::Query(const Options& options, Control& control, unsigned process)
    : Mode(options, control, process),
      askers_(share(options.connections)),
      idle_(share(options.online)),
      online_users_((options.connections + options.per_user - 1) / options.per_user + options.online),
      clients_(askers_),
      pending_(std::size_t{askers_} * options.inflight) {
  ramp_size_ = askers_ + idle_;
  make_payloads();
}

std::string Query::user_number(std::uint32_t n) const {
  const std::uint32_t askers = online_users_ - options_.online;
  if (n < askers) return user("asker", n);
  return n < online_users_ ? user("online", n - askers) : user("absent", n);
}

// Half of the ids in a batch belong to online users, if there are enough.
void Query::make_payloads() {
  for (std::uint32_t i = 0; i < kPayloads; ++i) {
    Payload payload;
    payload.json = "[\"" + options_.event + "\"";
    if (options_.event == "check-user-status") {
      payload.user = user_number(i * 7919 % online_users_);
      payload.json += ",{\"userId\":\"" + payload.user + "\"}";
    } else if (options_.event == "check-users-status") {
      payload.json += ",{\"userIds\":[";
      for (std::uint32_t id = 0; id < options_.ids; ++id) {
        const std::uint32_t number = i * 7919 + id;
        if (id > 0) payload.json += ',';
        payload.json +=
            "\"" + user_number(id % 2 == 0 ? number % online_users_ : online_users_ + number) + "\"";
      }
      payload.json += "]}";
    }
    payload.json += "]";
    payloads_.push_back(std::move(payload));
  }
}

void Query::ramp_client(std::uint32_t index) {
  if (index >= askers_) {
    const std::uint32_t number = first(options_.online) + index - askers_;
    swarm_.open(kHeld, number, token(user("online", number)));
    return;
  }
  const std::uint32_t number = (first(options_.connections) + index) / options_.per_user;
  clients_[index] = &swarm_.open(kAsker, index, token(user("asker", number)));
}

void Query::ready() {
  started_ns_ = now_ns();
  if (options_.rate > 0) return;
  for (std::uint32_t slot = 0; slot < options_.inflight; ++slot) {
    for (Client* client : clients_) ask(*client, slot);
  }
}

// At a rate: sends all that are due, so that a late turn catches up.
void Query::work(std::uint64_t now) {
  if (options_.rate <= 0) return;
  const double each = options_.rate / options_.processes;
  const auto due = static_cast<std::uint64_t>(static_cast<double>(now - started_ns_) / 1e9 * each);
  while (asked_ < due && ask_any()) ++asked_;
}

bool Query::ask_any() {
  for (std::uint32_t tries = 0; tries < pending_.size(); ++tries) {
    const std::size_t at = (asked_ + tries) % pending_.size();
    if (pending_[at].open) continue;
    ask(*clients_[at % askers_], static_cast<std::uint32_t>(at / askers_));
    return true;
  }
  return false;
}

void Query::ask(Client& client, std::uint32_t slot) {
  Pending& pending = pending_[std::size_t{slot} * askers_ + client.id];
  pending.payload = next_payload_++ % kPayloads;
  pending.id = pending.id == 0 ? slot + options_.inflight : pending.id + options_.inflight;
  pending.open = true;
  pending.sent_ns = now_ns();
  scratch_.clear();
  append_frame(scratch_, Opcode::text,
               event_packet(options_.nsp, pending.id, payloads_[pending.payload].json));
  ++outstanding_;
  swarm_.send(client, scratch_);
}

void Query::on_packet(Client& client, const Packet& packet, std::uint64_t now) {
  std::string_view answer = packet.body;
  const bool echo = options_.floor() && packet.kind == PacketKind::event;
  const auto id = packet.kind == PacketKind::ack || echo ? take_ack_id(answer) : std::nullopt;
  if (!id) {
    report_.add(Count::others);
    return;
  }
  const auto slot = static_cast<std::uint32_t>(*id % options_.inflight);
  Pending& pending = pending_[std::size_t{slot} * askers_ + client.id];
  if (client.role != kAsker || !pending.open || pending.id != *id) {
    return swarm_.fail(client, "an ack twice, or that nobody waits for: " + std::to_string(*id));
  }
  check(client, pending, answer);
  pending.open = false;
  --outstanding_;
  report_.add(Count::requests);
  record(pending.sent_ns, now);
  if (options_.rate <= 0 && control_.now() != Phase::stop) ask(client, slot);
}

void Query::check(Client& client, const Pending& pending, std::string_view answer) {
  const Payload& payload = payloads_[pending.payload];
  const bool thoroughly = answered_++ % kThorough == 0;
  const std::string_view fault = fault_of(payload, answer, thoroughly);
  if (!fault.empty())
    swarm_.fail(client, std::string(fault) + ": " + payload.json + " -> " + std::string(answer));
}

std::string_view Query::fault_of(const Payload& payload, std::string_view answer, bool thoroughly) const {
  if (options_.floor()) return answer == payload.json ? "" : "not an echo";
  if (answer.substr(0, 64).find(kOk) == std::string_view::npos &&
      answer.find(kOk) == std::string_view::npos) {
    return "not status ok";
  }
  if (!payload.user.empty()) {
    if (text_field(answer, "userId") != payload.user) return "another user's status";
    return answer.find(kIsOnline) != std::string_view::npos ? "" : "a user who is online was said not to be";
  }
  if (options_.event == "check-users-status" && thoroughly) {
    if (count_of(answer, kUserId) != options_.ids) return "not as many statuses as ids";
    return count_of(answer, kIsOnline) == (options_.ids + 1) / 2 ? "" : "not all online who are";
  }
  if (options_.event == "get-online-users" && thoroughly) {
    const std::size_t listed = count_of(answer, kUserId);
    const bool whole = answer.find("\"nextCursor\":\"") == std::string_view::npos;
    if (number_field(answer, "count").value_or(0) < online_users_) return "the count is too small";
    return !whole || listed >= online_users_ ? "" : "the list is too short";
  }
  return "";
}

std::string Query::missing() const {
  const auto open =
      std::find_if(pending_.begin(), pending_.end(), [](const Pending& one) { return one.open; });
  const auto at = static_cast<std::size_t>(open - pending_.begin());
  return "missing answers: " + std::to_string(outstanding_) + ", one of connection " +
         std::to_string(at % askers_);
}

}  // namespace rollcall::load
