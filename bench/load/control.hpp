// State shared by the coordinator and its workers: the phase, each worker's counts, and the changes in
// flight. It lives in memory that is mapped before the workers are forked.
//
// Only the coordinator changes the phase. Only a worker itself writes its report, so relaxed loads and stores
// suffice; readers see counts that are slightly old.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>

#include "load/histogram.hpp"

namespace rollcall::load {

constexpr unsigned kMaxProcesses = 32;
constexpr unsigned kMaxSlots = 4096;

enum class Phase : int {
  ramp,     // connections are opened
  go,       // the load runs, but is not measured
  measure,  // latencies are recorded
  stop      // no new work; work in flight is finished and checked
};

enum class Count : std::uint8_t {
  up,          // current connections
  connects,    // connections opened so far
  deliveries,  // checked events to listeners
  others,      // unchecked events: to changers, and about listeners
  requests,    // requests answered
  changes,     // changes that all listeners have received
  pings,       // Engine.IO pings answered
  packets,     // everything received except pings; while it grows, the server is busy
  received,    // bytes
  size_
};

struct Report {
  std::array<std::atomic<std::uint64_t>, static_cast<std::size_t>(Count::size_)> counts{};
  std::atomic<bool> ready{false};  // all connections of the ramp are up
  std::atomic<bool> done{false};   // nothing is left to do
  Histogram latency;               // per unit, in nanoseconds
  Histogram whole;                 // fanout: from a change to its last delivery

  std::uint64_t get(Count count) const {
    return counts[static_cast<std::size_t>(count)].load(std::memory_order_relaxed);
  }
  void add(Count count, std::uint64_t n = 1) {
    counts[static_cast<std::size_t>(count)].store(get(count) + n, std::memory_order_relaxed);
  }
  void subtract(Count count) { add(count, ~std::uint64_t{0}); }
};

// A changing user, and their change in flight.
struct alignas(64) Slot {
  std::atomic<std::uint32_t> begun{0};      // the number of the latest change; odd: online
  std::atomic<std::uint32_t> delivered{0};  // how many listeners have received it
  std::atomic<std::uint64_t> sent_ns{0};
};

struct Control {
  std::atomic<Phase> phase{Phase::ramp};
  std::atomic<int> failed{0};  // 1: the text is being written; 2: complete
  char failure[512] = {};
  std::array<int, kMaxProcesses> wake{};  // one eventfd per worker
  std::array<Report, kMaxProcesses> reports;
  std::array<Slot, kMaxSlots> slots;

  // Only the first failure is reported: later ones tend to be its consequences.
  void fail(std::string_view text) {
    int none = 0;
    if (!failed.compare_exchange_strong(none, 1)) return;
    failure[text.copy(failure, sizeof failure - 1)] = '\0';
    failed.store(2);
  }
  bool has_failed() const { return failed.load(std::memory_order_relaxed) != 0; }
  Phase now() const { return phase.load(std::memory_order_relaxed); }

  std::uint64_t total(Count count) const {
    std::uint64_t sum = 0;
    for (const Report& report : reports) sum += report.get(count);
    return sum;
  }
};

}  // namespace rollcall::load
