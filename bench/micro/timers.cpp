// The timing wheel: its costs must not depend on how many timers there are.
#include <deque>

#include "base/timing_wheel.hpp"
#include "micro/counting.hpp"

namespace rollcall::micro {
namespace {

struct Heartbeat final : base::Timer {
  void on_timer(Instant now) override { wheel->arm(*this, now + milliseconds(25'000)); }
  base::TimingWheel* wheel = nullptr;
};

struct Wheel {
  explicit Wheel(std::size_t count) : wheel(now), timers(count) {
    for (std::size_t i = 0; i < count; ++i) {
      timers[i].wheel = &wheel;
      wheel.arm(timers[i], now + milliseconds(1 + i * 25'000 / count));
    }
  }
  Instant now{seconds(1)};
  base::TimingWheel wheel;
  std::deque<Heartbeat> timers;
};

void wheel_rearm(benchmark::State& state) {
  Wheel wheel(static_cast<std::size_t>(state.range(0)));
  std::size_t next = 0;
  repeat(state, [&] {
    next = (next + 104'729) % wheel.timers.size();
    wheel.wheel.arm(wheel.timers[next], wheel.now + milliseconds(next % 45'000));
  });
}
BENCHMARK(wheel_rearm)->Arg(1000)->Arg(1'000'000);

// A second of heartbeats: fired, armed again, moved down the levels.
void wheel_heartbeat(benchmark::State& state) {
  Wheel wheel(static_cast<std::size_t>(state.range(0)));
  repeat(state, static_cast<double>(state.range(0)) / 25, [&] {
    for (int i = 0; i < 1000; ++i) {
      wheel.now += milliseconds(1);
      wheel.wheel.advance(wheel.now);
    }
  });
}
BENCHMARK(wheel_heartbeat)->Arg(1000)->Arg(1'000'000);

}  // namespace
}  // namespace rollcall::micro
