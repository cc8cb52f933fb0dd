// The presence server's counters: logins refused, requests answered and refused, and how long they took.
//
// Each worker writes its own WorkerCounters; any thread may read them. No lock, no allocation
// (net/counter.hpp).
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "base/kinds.hpp"
#include "calls/table.hpp"
#include "rollcall/server.hpp"
#include "rollcall/verifier.hpp"
#include "server/crew/figures.hpp"
#include "server/shared/counters.hpp"
#include "server/sockets/bus_port.hpp"
#include "wire/error.hpp"
#include "wire/events.hpp"

namespace rollcall::gateway {

// Why someone is not let in.
enum class Denial : unsigned char { missing_token, invalid_token, token_expired, too_many_connections };

inline Denial denial_of(AuthCode code) {
  switch (code) {
    case AuthCode::missing_token:
      return Denial::missing_token;
    case AuthCode::invalid_token:
      return Denial::invalid_token;
    case AuthCode::token_expired:
      return Denial::token_expired;
  }
  return Denial::invalid_token;
}
constexpr std::string_view name_of(Denial denial) {
  switch (denial) {
    case Denial::missing_token:
      return wire::name_of(AuthCode::missing_token);
    case Denial::invalid_token:
      return wire::name_of(AuthCode::invalid_token);
    case Denial::token_expired:
      return wire::name_of(AuthCode::token_expired);
    case Denial::too_many_connections:
      return "TOO_MANY_CONNECTIONS";
  }
  return {};
}

class WorkerCounters {
 public:
  static constexpr std::size_t kNoRequest = calls::kClientCalls.size();
  static constexpr std::size_t kRequests = kNoRequest + 1;

  void deny(Denial denial) { denials_[static_cast<std::size_t>(denial)].add(); }
  void refuse(wire::ErrorCode code) { refusals_[static_cast<std::size_t>(code)].add(); }
  void expire() { expired_.add(); }
  // Counts a request that was answered or refused: its index in calls::kClientCalls, or kNoRequest. Its
  // duration is that of the whole turn, at the end of which the kernel has the reply: this reads no clock.
  void answered(std::size_t request) {
    ++of_this_turn_[request];
    seen_this_turn_ |= 1U << request;
  }
  void turn_ended(microseconds took) {
    for (; seen_this_turn_ != 0; seen_this_turn_ &= seen_this_turn_ - 1) {
      const auto request = static_cast<std::size_t>(std::countr_zero(seen_this_turn_));
      durations_[request].add(took, std::exchange(of_this_turn_[request], 0));
    }
  }

  std::uint64_t denials(std::size_t denial) const { return denials_[denial].value(); }
  std::uint64_t refusals(std::size_t code) const { return refusals_[code].value(); }
  std::uint64_t expired() const { return expired_.value(); }
  base::Durations durations(std::size_t request) const { return durations_[request].value(); }

 private:
  std::array<net::Counter, base::kKinds<Denial>> denials_;
  std::array<net::Counter, base::kKinds<wire::ErrorCode>> refusals_;
  net::Counter expired_;
  std::array<net::DurationCounter, kRequests> durations_;
  std::array<std::uint32_t, kRequests> of_this_turn_{};
  unsigned seen_this_turn_ = 0;  // a bit for each of those
};

// As read at one moment, of all workers together, since the start.
struct CounterFigures {
  std::vector<server::NamedCount> denials;   // by code
  std::vector<server::NamedCount> refusals;  // of requests, by code
  std::uint64_t expired = 0;                 // connections whose token ran out
  struct Event {
    std::string_view name;
    base::Durations durations;
  };
  std::vector<Event> requests;  // by event; the last one, "other", are those that were not understood
};

class GatewayCounters {
 public:
  // `server` must outlive this, and not run yet.
  explicit GatewayCounters(Server& server);

  // That of this thread's worker.
  WorkerCounters& here() { return *counters_[server::BusPort::current()->index()]; }
  CounterFigures figures() const;

 private:
  std::vector<std::unique_ptr<WorkerCounters>> counters_;
};

}  // namespace rollcall::gateway
