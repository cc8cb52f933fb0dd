#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <new>

#include "websocket/decoder.hpp"
#include "websocket/test_client.hpp"

namespace {

std::size_t live_bytes = 0;
std::size_t peak_bytes = 0;

}  // namespace

// This program's tests run on one thread, so plain counters will do. Not inlined: the compiler would
// see malloc on one side and delete on the other, and warn.
[[gnu::noinline]] void* operator new(std::size_t size) {
  void* memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  live_bytes += malloc_usable_size(memory);
  peak_bytes = std::max(peak_bytes, live_bytes);
  return memory;
}

[[gnu::noinline]] void operator delete(void* memory) noexcept {
  if (memory != nullptr) live_bytes -= malloc_usable_size(memory);
  std::free(memory);
}

[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  operator delete(memory);
}

namespace rollcall::websocket {
namespace {

using namespace test;

constexpr std::size_t kHugeLimit = 1 << 30;

class DecoderMemory : public testing::Test {
 protected:
  // What the decoder holds once `bytes` are read and every message is dealt with.
  std::size_t held_after(std::string bytes) {
    const std::size_t before = live_bytes;
    peak_bytes = live_bytes;
    std::span<char> input(bytes);
    while (true) {
      const auto result = decoder_.next(input);
      if (!result.ok() || !result->has_value()) break;
    }
    peak_ = peak_bytes - before;
    return held_ += live_bytes - before;
  }

  Decoder decoder_{kHugeLimit};
  std::size_t held_ = 0;
  std::size_t peak_ = 0;
};

TEST_F(DecoderMemory, WholeMessagesAllocateNothing) {
  EXPECT_EQ(held_after(client_frame(0x81, "text") + client_frame(0x82, std::string(70'000, 'a')) +
                       client_frame(0x89, "ping") + client_close(1000, "reason")),
            0U);
  EXPECT_EQ(peak_, 0U);
}

TEST_F(DecoderMemory, ACutHeaderAllocatesNothing) {
  const std::string bytes = client_frame(0x82, std::string(70'000, 'a')).substr(0, 14);
  for (const char byte : bytes) EXPECT_EQ(held_after(std::string(1, byte)), 0U);
  EXPECT_EQ(peak_, 0U);
}

TEST_F(DecoderMemory, NoMoreIsHeldThanTwiceWhatArrived) {
  const std::string head = "\x82\xFF\x00\x00\x00\x00\x3F\xFF\xFF\xFF\x00\x00\x00\x00"s;
  EXPECT_EQ(held_after(head), 0U);
  std::size_t arrived = 0;
  for (int read = 0; read < 50; ++read) {
    arrived += 1000;
    EXPECT_LE(held_after(std::string(1000, 'a')), 2 * arrived + 64);
  }
  EXPECT_GE(held_, arrived);
}

TEST_F(DecoderMemory, ACollectedMessageIsReleasedWhenDone) {
  const std::string bytes = client_frame(0x01, std::string(5000, 'a')) + client_frame(0x80, "b");
  EXPECT_GE(held_after(bytes.substr(0, 4000)), 3900U);
  EXPECT_EQ(held_after(bytes.substr(4000)), 0U);
}

TEST_F(DecoderMemory, ACollectedControlFrameIsReleasedWhenDone) {
  const std::string bytes = client_frame(0x89, "a ping that is cut");
  EXPECT_GT(held_after(bytes.substr(0, 10)), 0U);
  EXPECT_EQ(held_after(bytes.substr(10)), 0U);
}

TEST_F(DecoderMemory, AFaultReleasesWhatWasCollected) {
  EXPECT_GT(held_after(client_frame(0x01, std::string(5000, 'a'))), 0U);
  EXPECT_EQ(held_after(client_frame(0x80, "\xFF")), 0U);
}

TEST_F(DecoderMemory, ACloseReleasesAnUnfinishedMessage) {
  EXPECT_GT(held_after(client_frame(0x01, std::string(5000, 'a'))), 0U);
  EXPECT_EQ(held_after(client_close(1000)), 0U);
}

}  // namespace
}  // namespace rollcall::websocket
