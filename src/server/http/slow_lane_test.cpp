#include "server/http/slow_lane.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <vector>

#include "server/http/pipe.hpp"

namespace rollcall::server {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Told apart by their address alone.
Pipe& slow_pipe(std::size_t number) {
  alignas(Pipe) static std::byte places[4][sizeof(Pipe)];
  return *reinterpret_cast<Pipe*>(places[number]);
}

struct SlowLaneTest : testing::Test {
  static Instant at(milliseconds after_the_start) { return Instant{} + after_the_start; }

  base::TimingWheel timers{Instant{}};
  std::vector<Pipe*> sped_up;
  SlowLane lane{timers, [this](Pipe& pipe) { sped_up.push_back(&pipe); }};
};

constexpr milliseconds kPause = SlowLane::kPause;

TEST_F(SlowLaneTest, APipeIsSpedUpOnceAfterThePause) {
  lane.add(slow_pipe(0), at(kPause));
  timers.advance(at(2 * kPause - milliseconds(1)));
  EXPECT_THAT(sped_up, IsEmpty());
  timers.advance(at(2 * kPause));
  EXPECT_THAT(sped_up, ElementsAre(&slow_pipe(0)));
  timers.advance(at(10 * kPause));
  EXPECT_EQ(sped_up.size(), 1U);
}

TEST_F(SlowLaneTest, EachWaitsForItsOwnPause) {
  lane.add(slow_pipe(0), at(milliseconds(0)));
  lane.add(slow_pipe(2), at(milliseconds(0)));
  lane.add(slow_pipe(1), at(milliseconds(5)));
  timers.advance(at(kPause));
  EXPECT_THAT(sped_up, ElementsAre(&slow_pipe(0), &slow_pipe(2)));
  timers.advance(at(kPause + milliseconds(5)));
  EXPECT_THAT(sped_up, ElementsAre(&slow_pipe(0), &slow_pipe(2), &slow_pipe(1)));
}

TEST_F(SlowLaneTest, APipeThatIsRemovedIsLeftAlone) {
  for (std::size_t i = 0; i < 3; ++i) lane.add(slow_pipe(i), at(milliseconds(0)));
  lane.remove(slow_pipe(0));
  lane.remove(slow_pipe(2));
  timers.advance(at(kPause));
  EXPECT_THAT(sped_up, ElementsAre(&slow_pipe(1)));
}

TEST_F(SlowLaneTest, AnEmptyLaneServesTheNextPipeInItsTime) {
  lane.add(slow_pipe(0), at(milliseconds(0)));
  lane.remove(slow_pipe(0));
  lane.add(slow_pipe(1), at(milliseconds(50)));
  timers.advance(at(kPause));
  EXPECT_THAT(sped_up, IsEmpty());
  timers.advance(at(kPause + milliseconds(50)));
  EXPECT_THAT(sped_up, ElementsAre(&slow_pipe(1)));
}

// Whoever goes on making refusals.
TEST_F(SlowLaneTest, APipeMayComeBackWhileItIsSpedUp) {
  std::vector<Instant> times;
  SlowLane* own = nullptr;
  SlowLane persistent(timers, [&](Pipe& pipe) {
    times.push_back(at(kPause) + kPause * times.size());
    own->add(pipe, times.back());
  });
  own = &persistent;
  persistent.add(slow_pipe(0), at(milliseconds(0)));
  for (int i = 1; i <= 3; ++i) timers.advance(at(i * kPause));
  EXPECT_EQ(times.size(), 3U);
}

// A pipe's connection may end others.
TEST_F(SlowLaneTest, APipeThatIsSpedUpMayRemoveAnother) {
  SlowLane* own = nullptr;
  SlowLane removing(timers, [&](Pipe& pipe) {
    sped_up.push_back(&pipe);
    own->remove(slow_pipe(1));
  });
  own = &removing;
  removing.add(slow_pipe(0), at(milliseconds(0)));
  removing.add(slow_pipe(1), at(milliseconds(0)));
  timers.advance(at(kPause));
  EXPECT_THAT(sped_up, ElementsAre(&slow_pipe(0)));
}

}  // namespace
}  // namespace rollcall::server
