// What the coordinator and its workers share: the phase, what each worker counted, and the changes under
// way. It lives in memory mapped before the workers are forked.
//
// The coordinator alone moves the phase. A worker alone writes its own report, so relaxed loads and stores
// do; a reader sees counts that are a moment old.
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
  ramp,     // connections come up
  go,       // the load runs, but is not measured yet
  measure,  // latencies are recorded
  stop      // no new work; what is under way is finished and checked
};

enum class Count : std::uint8_t {
  up,          // connections that are up now
  connects,    // connections that came up, ever
  deliveries,  // events to listeners that were checked
  others,      // events that nobody checks: to changers, and about listeners
  requests,    // requests answered
  changes,     // changes that every listener has
  pings,       // Engine.IO pings answered
  packets,     // all that was received, but pings: as long as there are some, the server is at work
  received,    // bytes
  size_
};

struct Report {
  std::array<std::atomic<std::uint64_t>, static_cast<std::size_t>(Count::size_)> counts{};
  std::atomic<bool> ready{false};  // all connections of the ramp are up
  std::atomic<bool> done{false};   // there is nothing left to do
  Histogram latency;               // of each unit, in nanoseconds
  Histogram whole;                 // fanout: from a change to its last delivery

  std::uint64_t get(Count count) const {
    return counts[static_cast<std::size_t>(count)].load(std::memory_order_relaxed);
  }
  void add(Count count, std::uint64_t n = 1) {
    counts[static_cast<std::size_t>(count)].store(get(count) + n, std::memory_order_relaxed);
  }
  void subtract(Count count) { add(count, ~std::uint64_t{0}); }
};

// A changing user and the change of theirs that is under way.
struct alignas(64) Slot {
  std::atomic<std::uint32_t> begun{0};      // the number of its latest change: odd is online
  std::atomic<std::uint32_t> delivered{0};  // how many listeners have that change
  std::atomic<std::uint64_t> sent_ns{0};
};

struct Control {
  std::atomic<Phase> phase{Phase::ramp};
  std::atomic<int> failed{0};  // 1: the text is being written, 2: it is there
  char failure[512] = {};
  std::array<int, kMaxProcesses> wake{};  // an eventfd for each worker
  std::array<Report, kMaxProcesses> reports;
  std::array<Slot, kMaxSlots> slots;

  // The first failure is the one that is told: the later ones tend to follow from it.
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
