#include "base/timing_wheel.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <random>

namespace rollcall::base {
namespace {

constexpr Instant kStart{seconds(1000)};

struct TestTimer final : Timer {
  std::function<void(Instant)> fire;
  void on_timer(Instant now) override {
    const auto call = fire;  // which may destroy this timer
    if (call) call(now);
  }
};

struct Counting {
  Counting() {
    timer.fire = [this](Instant now) {
      ++fired;
      at = now;
    };
  }
  TestTimer timer;
  int fired = 0;
  Instant at{};
};

TEST(TimingWheel, FiresAtTheDeadlineAndNotBefore) {
  for (const auto wait :
       {milliseconds(1), milliseconds(63), milliseconds(64), milliseconds(65), milliseconds(4095),
        milliseconds(4096), milliseconds(25'000), milliseconds(300'000), milliseconds(20'000'000)}) {
    TimingWheel wheel(kStart);
    Counting counting;
    wheel.arm(counting.timer, kStart + wait);
    wheel.advance(kStart + wait - microseconds(1));
    EXPECT_EQ(counting.fired, 0) << wait.count();
    EXPECT_TRUE(counting.timer.armed());
    wheel.advance(kStart + wait);
    EXPECT_EQ(counting.fired, 1) << wait.count();
    EXPECT_EQ(counting.at, kStart + wait);
    EXPECT_FALSE(counting.timer.armed());
  }
}

TEST(TimingWheel, NeverFiresADeadlineBetweenTicksEarly) {
  TimingWheel wheel(kStart);
  Counting counting;
  wheel.arm(counting.timer, kStart + microseconds(1500));
  wheel.advance(kStart + microseconds(1499));
  EXPECT_EQ(counting.fired, 0);
  wheel.advance(kStart + milliseconds(2));
  EXPECT_EQ(counting.fired, 1);
}

TEST(TimingWheel, FiresPastDeadlinesAtTheNextAdvance) {
  TimingWheel wheel(kStart);
  Counting counting;
  wheel.arm(counting.timer, kStart - seconds(5));
  EXPECT_EQ(counting.fired, 0);
  wheel.advance(kStart);
  EXPECT_EQ(counting.fired, 1);
}

TEST(TimingWheel, MovesATimerThatIsArmedAgain) {
  TimingWheel wheel(kStart);
  Counting counting;
  wheel.arm(counting.timer, kStart + milliseconds(10));
  wheel.arm(counting.timer, kStart + milliseconds(100));
  EXPECT_EQ(counting.timer.deadline(), kStart + milliseconds(100));
  wheel.advance(kStart + milliseconds(50));
  EXPECT_EQ(counting.fired, 0);
  wheel.arm(counting.timer, kStart + milliseconds(60));
  wheel.advance(kStart + milliseconds(60));
  EXPECT_EQ(counting.fired, 1);
}

TEST(TimingWheel, ForgetsTimersThatAreDisarmedOrDestroyed) {
  TimingWheel wheel(kStart);
  Counting kept;
  {
    Counting destroyed;
    wheel.arm(destroyed.timer, kStart + milliseconds(5));
  }
  wheel.arm(kept.timer, kStart + milliseconds(5));
  wheel.disarm(kept.timer);
  wheel.disarm(kept.timer);
  EXPECT_FALSE(kept.timer.armed());
  EXPECT_EQ(wheel.next(), std::nullopt);
  wheel.advance(kStart + seconds(10));
  EXPECT_EQ(kept.fired, 0);
}

TEST(TimingWheel, FiresInTheOrderOfTheTicks) {
  TimingWheel wheel(kStart);
  std::vector<int> order;
  std::vector<std::unique_ptr<TestTimer>> timers;
  for (const int wait : {5000, 3, 64, 63, 700, 1, 65, 4096, 12}) {
    timers.push_back(std::make_unique<TestTimer>());
    timers.back()->fire = [&order, wait](Instant) { order.push_back(wait); };
    wheel.arm(*timers.back(), kStart + milliseconds(wait));
  }
  wheel.advance(kStart + seconds(60));
  EXPECT_EQ(order.size(), timers.size());
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST(TimingWheel, LetsATimerDestroyItselfAndOthersWhileItFires) {
  TimingWheel wheel(kStart);
  auto one = std::make_unique<TestTimer>();
  auto two = std::make_unique<TestTimer>();
  auto three = std::make_unique<TestTimer>();
  int fired = 0;
  // All are due in the same tick: whichever comes first destroys the others and itself.
  for (auto* timer : {one.get(), two.get(), three.get()}) {
    timer->fire = [&](Instant) {
      ++fired;
      one.reset();
      two.reset();
      three.reset();
    };
    wheel.arm(*timer, kStart + milliseconds(7));
  }
  wheel.advance(kStart + milliseconds(7));
  EXPECT_EQ(fired, 1);
  EXPECT_EQ(wheel.next(), std::nullopt);
}

TEST(TimingWheel, LetsATimerDisarmOthersThatAreDueToo) {
  TimingWheel wheel(kStart);
  Counting first;
  Counting second;
  first.timer.fire = [&](Instant) {
    ++first.fired;
    wheel.disarm(second.timer);
  };
  wheel.arm(first.timer, kStart + milliseconds(1));
  wheel.arm(second.timer, kStart + milliseconds(2));
  wheel.advance(kStart + seconds(1));
  EXPECT_EQ(first.fired, 1);
  EXPECT_EQ(second.fired, 0);
}

TEST(TimingWheel, LetsATimerArmItselfForLater) {
  TimingWheel wheel(kStart);
  Counting counting;
  counting.timer.fire = [&](Instant now) {
    ++counting.fired;
    wheel.arm(counting.timer, now + seconds(25));
  };
  wheel.arm(counting.timer, kStart + seconds(25));
  for (int i = 1; i <= 100; ++i) {
    wheel.advance(kStart + seconds(25 * i));
    EXPECT_EQ(counting.fired, i);
  }
}

TEST(TimingWheel, SaysWhenNothingCanHappenBefore) {
  TimingWheel wheel(kStart);
  EXPECT_EQ(wheel.next(), std::nullopt);
  Counting counting;
  wheel.arm(counting.timer, kStart + seconds(100));
  // Following next() alone leads to the deadline in a few steps, none of them past it.
  int steps = 0;
  while (counting.fired == 0 && ++steps < 10) {
    ASSERT_TRUE(wheel.next().has_value());
    ASSERT_LE(*wheel.next(), kStart + seconds(100));
    wheel.advance(*wheel.next());
  }
  EXPECT_EQ(counting.fired, 1);
  EXPECT_EQ(counting.at, kStart + seconds(100));
}

TEST(TimingWheel, OutlivedByItsTimersLeavesThemDisarmed) {
  Counting counting;
  {
    TimingWheel wheel(kStart);
    wheel.arm(counting.timer, kStart + seconds(1));
  }
  EXPECT_FALSE(counting.timer.armed());
}

TEST(TimingWheel, KeepsADeadlineBeyondItsReachForLater) {
  TimingWheel wheel(kStart);
  Counting counting;
  wheel.arm(counting.timer, Instant::max());
  EXPECT_TRUE(wheel.next().has_value());
  wheel.advance(kStart + std::chrono::hours(24));
  EXPECT_EQ(counting.fired, 0);
  EXPECT_TRUE(counting.timer.armed());
}

milliseconds any_wait(std::mt19937& random) {
  constexpr int kScales[] = {1, 3, 64, 70, 4096, 5000, 262'144, 300'000, 20'000'000};
  const int most = kScales[random() % std::size(kScales)];
  return milliseconds(static_cast<int>(random() % static_cast<unsigned>(most + 1)));
}

// The wheel beside a map of what it should hold.
struct Model {
  static constexpr std::size_t kTimers = 40;

  explicit Model(unsigned seed) : random(seed) {
    for (std::size_t i = 0; i < kTimers; ++i) timers[i].fire = [this, i](Instant) { fired.push_back(i); };
  }

  void step() {
    const std::size_t which = random() % kTimers;
    const unsigned choice = random() % 4;
    if (choice < 2) {
      armed[which] = now + any_wait(random) - milliseconds(random() % 8 == 0 ? 5 : 0);
      wheel.arm(timers[which], armed[which]);
    } else if (choice == 2) {
      armed.erase(which);
      wheel.disarm(timers[which]);
    } else {
      advance();
    }
  }

  void advance() {
    const Instant before = now;
    now += any_wait(random);
    fired.clear();
    wheel.advance(now);
    std::vector<Instant> deadlines;
    for (const std::size_t index : fired) {
      ASSERT_TRUE(armed.contains(index));
      deadlines.push_back(std::max(armed.at(index), before));
      armed.erase(index);
    }
    EXPECT_TRUE(std::is_sorted(deadlines.begin(), deadlines.end()));
    EXPECT_TRUE(deadlines.empty() || deadlines.back() <= now);
    for (const auto& [index, deadline] : armed) EXPECT_GT(deadline, now);
  }

  void compare() {
    Instant earliest = Instant::max();
    for (const auto& [index, deadline] : armed) earliest = std::min(earliest, std::max(deadline, now));
    for (std::size_t i = 0; i < kTimers; ++i) ASSERT_EQ(timers[i].armed(), armed.contains(i));
    ASSERT_EQ(wheel.next().has_value(), !armed.empty());
    ASSERT_LE(wheel.next().value_or(earliest), earliest);
  }

  std::mt19937 random;
  TimingWheel wheel{kStart};
  std::vector<TestTimer> timers{kTimers};
  std::map<std::size_t, Instant> armed;
  std::vector<std::size_t> fired;
  Instant now = kStart;
};

TEST(TimingWheel, BehavesLikeASortedMap) {
  for (unsigned seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE(seed);
    Model model(seed);
    for (int step = 0; step < 400 && !testing::Test::HasFailure(); ++step) {
      model.step();
      model.compare();
    }
  }
}

struct PastArmer final : Timer {
  void on_timer(Instant) override {
    if (++fired < 1000) wheel->arm(*this, to);  // 1000: it would never return
  }
  TimingWheel* wheel = nullptr;
  Instant to{};
  int fired = 0;
};

TEST(TimingWheel, ATimerThatArmsItselfInThePastFiresAtTheNextAdvanceAndNotForEver) {
  const Instant start{seconds(1000)};
  TimingWheel wheel(start);
  PastArmer again;
  again.wheel = &wheel;
  again.to = start + milliseconds(5);
  wheel.arm(again, again.to);
  wheel.advance(start + milliseconds(10));
  EXPECT_EQ(again.fired, 1);
  wheel.advance(start + milliseconds(10));
  EXPECT_EQ(again.fired, 2);
}

}  // namespace
}  // namespace rollcall::base
