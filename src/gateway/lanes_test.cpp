#include "gateway/lanes.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace rollcall::gateway {
namespace {

TEST(Lanes, ReadersOfDifferentLanesDoNotWaitForEachOther) {
  Lanes lanes(2);
  const std::lock_guard one(lanes.of(0));
  std::thread other([&] { const std::lock_guard two(lanes.of(1)); });
  other.join();
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
    for (std::size_t reader = 0; reader < 2 * readers + 2; ++reader) {
      const std::lock_guard one(lanes.of(reader));
    }
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
}  // namespace rollcall::gateway
