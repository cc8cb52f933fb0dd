#include "hub/lanes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <set>
#include <thread>
#include <vector>

namespace rollcall::hub {
namespace {

TEST(Lanes, ReadersOfDifferentLanesDoNotWaitForEachOther) {
  Lanes lanes(2);
  const std::lock_guard one(lanes.of(0));
  std::thread([&] {
    EXPECT_FALSE(lanes.of(0).try_lock());
    ASSERT_TRUE(lanes.of(1).try_lock());
    lanes.of(1).unlock();
  }).join();
}

TEST(Lanes, AWriterKeepsEverybodyOut) {
  Lanes lanes(3);
  const std::lock_guard all(lanes);
  for (std::size_t reader = 0; reader < 3; ++reader) {
    std::thread([&] { EXPECT_FALSE(lanes.of(reader).try_lock()); }).join();
  }
}

TEST(Lanes, AnyNumberOfReadersFindsOne) {
  for (const std::size_t readers : {std::size_t{0}, std::size_t{1}, Lanes::kMost, Lanes::kMost + 5}) {
    Lanes lanes(readers);
    std::set<std::mutex*> found;
    for (std::size_t reader = 0; reader < 2 * readers + 2; ++reader) found.insert(&lanes.of(reader));
    EXPECT_EQ(found.size(), std::clamp<std::size_t>(readers, 1, Lanes::kMost));
  }
}

TEST(Lanes, ReadersSeeWhatAWriterDidWholeOrNotAtAll) {
  Lanes lanes(2);
  long here = 0, there = 0;
  std::atomic<bool> done = false;
  std::vector<std::thread> readers;
  for (std::size_t reader = 0; reader < 2; ++reader) {
    readers.emplace_back([&, reader] {
      do {
        const std::lock_guard one(lanes.of(reader));
        EXPECT_EQ(here, there);
      } while (!done);
    });
  }
  for (int i = 0; i < 10'000; ++i) {
    const std::lock_guard all(lanes);
    ++here;
    ++there;
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
}

}  // namespace
}  // namespace rollcall::hub
