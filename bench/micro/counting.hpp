// Benchmarks that count what they allocate.
#pragma once

#include <benchmark/benchmark.h>

#include <cstdint>

#include "allocations/allocations.hpp"

namespace rollcall::micro {

// Repeats `work`, which does `parts` of the measured operation; shows time, allocations and bytes per part.
template <typename Work>
void repeat(benchmark::State& state, double parts, Work&& work) {
  work();  // do not count one-time allocations
  const std::uint64_t allocations_before = allocations::count;
  const std::uint64_t bytes_before = allocations::bytes;
  for (auto _ : state) work();
  const double done = static_cast<double>(state.iterations()) * parts;
  using benchmark::Counter;
  state.counters["allocs"] = static_cast<double>(allocations::count - allocations_before) / done;
  state.counters["bytes"] = static_cast<double>(allocations::bytes - bytes_before) / done;
  state.counters["each"] = Counter(done, Counter::kIsRate | Counter::kInvert);
}

template <typename Work>
void repeat(benchmark::State& state, Work&& work) {
  repeat(state, 1, work);
}

}  // namespace rollcall::micro
