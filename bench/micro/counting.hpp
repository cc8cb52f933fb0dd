// Benchmarks that count what they allocate: this program has operators `new` and `delete` of its own. What C
// libraries allocate (cjose, OpenSSL) is not seen.
#pragma once

#include <benchmark/benchmark.h>

#include <cstdint>

namespace rollcall::micro {

// So far, in this program.
extern std::uint64_t allocations;
extern std::uint64_t allocated_bytes;

// Repeats `work`, which does `parts` of what is measured: time, allocations and bytes are shown for each
// part.
template <typename Work>
void repeat(benchmark::State& state, double parts, Work&& work) {
  work();  // what is allocated once and kept is not counted
  const std::uint64_t allocations_before = allocations;
  const std::uint64_t bytes_before = allocated_bytes;
  for (auto _ : state) work();
  const double done = static_cast<double>(state.iterations()) * parts;
  using benchmark::Counter;
  state.counters["allocs"] = static_cast<double>(allocations - allocations_before) / done;
  state.counters["bytes"] = static_cast<double>(allocated_bytes - bytes_before) / done;
  state.counters["each"] = Counter(done, Counter::kIsRate | Counter::kInvert);
}

template <typename Work>
void repeat(benchmark::State& state, Work&& work) {
  repeat(state, 1, work);
}

}  // namespace rollcall::micro
