#include "base/block_cache.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <thread>
#include <vector>

#include "base/frame.hpp"

namespace rollcall::base {
namespace {

// On a thread of its own, whose blocks nobody has yet.
template <typename Test>
void on_new_thread(Test&& test) {
  std::thread(test).join();
}

TEST(BlockCache, GivesAgainWhatItWasGivenBack) {
  on_new_thread([] {
    void* block = BlockCache::take(100);
    BlockCache::give(block, 100);
    EXPECT_EQ(BlockCache::kept(1), 1U);
    EXPECT_EQ(BlockCache::take(128), block);
    EXPECT_EQ(BlockCache::kept(1), 0U);
    BlockCache::give(block, 128);
  });
}

TEST(BlockCache, KeepsSizesApartAndHasRoomForTheWholeOfEach) {
  on_new_thread([] {
    std::vector<std::pair<void*, std::size_t>> taken;
    for (std::size_t bytes = 1; bytes <= BlockCache::kLargest + 1; ++bytes) {
      taken.emplace_back(BlockCache::take(bytes), bytes);
      std::memset(taken.back().first, 0xAB, bytes);
    }
    for (const auto& [block, bytes] : taken) BlockCache::give(block, bytes);
    for (std::size_t bytes = 1; bytes <= BlockCache::kLargest; ++bytes) {
      EXPECT_EQ(BlockCache::kept(bytes), BlockCache::kStep);
      void* block = BlockCache::take(bytes);
      std::memset(block, 0xCD, bytes);
      BlockCache::give(block, bytes);
    }
    EXPECT_EQ(BlockCache::kept(BlockCache::kLargest + 1), 0U);
  });
}

TEST(BlockCache, KeepsNoMoreThanItMay) {
  on_new_thread([] {
    std::vector<void*> taken;
    for (std::size_t i = 0; i < BlockCache::kMostKept + 10; ++i) taken.push_back(BlockCache::take(64));
    for (void* block : taken) BlockCache::give(block, 64);
    EXPECT_EQ(BlockCache::kept(64), BlockCache::kMostKept);
  });
}

TEST(BlockCache, TakesBackWhatAnotherThreadTook) {
  void* block = nullptr;
  on_new_thread([&] { block = BlockCache::take(300); });
  on_new_thread([&] {
    BlockCache::give(block, 300);
    EXPECT_EQ(BlockCache::kept(300), 1U);
  });
}

struct LastFrame {
  FrameRef frame;
};
thread_local LastFrame last_frame;

TEST(BlockCache, TakesBlocksBackEvenAfterItsThreadHasClosedIt) {
  on_new_thread([] {
    last_frame.frame = Frame::make("h", {"made first, so destroyed last"}, false);
    BlockCache::give(BlockCache::take(64), 64);  // kept until the thread ends, before `last_frame` does
  });
}

TEST(BlockCache, IsWhatFramesAreMadeOf) {
  on_new_thread([] {
    const Frame* first = nullptr;
    {
      const FrameRef frame = Frame::make("head", {"one", "two"}, true);
      const FrameRef again = frame;
      first = &*frame;
    }
    EXPECT_EQ(BlockCache::kept(1), 1U);
    const FrameRef frame = Frame::make("", {"another"}, false);
    EXPECT_EQ(&*frame, first);
    EXPECT_EQ(frame->wire(), "another");
    EXPECT_FALSE(frame->binary());
  });
}

}  // namespace
}  // namespace rollcall::base
