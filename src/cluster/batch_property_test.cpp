// Whatever a node may have to tell comes out of a batch as it went in.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <deque>
#include <string>
#include <vector>

#include "cluster/batch.hpp"

namespace rollcall::cluster {
namespace {

using rc::gen::arbitrary;
using rc::gen::inRange;

// Owns the texts that records point to.
struct Texts {
  std::deque<std::string> all;

  std::string_view any(std::size_t least, std::size_t most) {
    const std::size_t size = *inRange<std::size_t>(least, *rc::gen::element<std::size_t>(8, most) + 1);
    return all.emplace_back(*rc::gen::container<std::string>(size, inRange(' ', '\x7F')));
  }
  std::optional<std::string_view> detail() {
    if (*arbitrary<bool>()) return std::nullopt;
    return any(0, presence::kMaxDetailBytes);
  }
};

constexpr std::int64_t kAYear9999 = 253'000'000'000'000;

Facts any_facts(Texts& texts) {
  const WallTime began = wall_time(*inRange<std::int64_t>(0, kAYear9999));
  const milliseconds active(*inRange<std::int64_t>(0, 400'000'000'000));
  return {began, began + active, texts.detail(), texts.detail(), texts.detail()};
}

Record any_record(Texts& texts) {
  switch (*inRange(0, 8)) {
    case 0:
      return Here{texts.any(1, presence::kMaxUserIdBytes), any_facts(texts)};
    case 1:
      return Left{texts.any(1, presence::kMaxUserIdBytes), wall_time(*inRange<std::int64_t>(0, kAYear9999)),
                  static_cast<presence::Ending>(*inRange(0, 10))};
    case 2:
      return SyncBegin{};
    case 3:
      return SyncEnd{};
    case 4:
      return Whole{};
    case 5:
      return Gone{Incarnation{*arbitrary<std::uint64_t>()}, static_cast<GoneReason>(*inRange(0, 3))};
    case 6:
      return EpochBegins{{*arbitrary<std::uint64_t>(), *arbitrary<std::uint64_t>()},
                         texts.any(0, kMaxRunIdBytes)};
    default: {
      Active active;
      for (auto left = *inRange(0, 20); left > 0; --left) {
        active.marks.push_back({*arbitrary<std::uint64_t>(), *inRange<std::uint32_t>(0, kMaxMinutesAgo + 1)});
      }
      return active;
    }
  }
}

TEST(BatchProperty, WhatIsReadIsWhatWasWritten) {
  EXPECT_TRUE(rc::check([] {
    Texts texts;
    const Incarnation node{*arbitrary<std::uint64_t>()};
    const auto write = *arbitrary<std::uint64_t>();
    std::vector<Record> records;
    for (auto left = *inRange(0, 30); left > 0; --left) records.push_back(any_record(texts));
    BatchWriter writer(node, write);
    for (const Record& record : records) writer.add(record);
    const auto batch = decode_batch(writer.bytes());
    RC_ASSERT(batch.has_value());
    RC_ASSERT(batch->node == node);
    RC_ASSERT(batch->write == write);
    RC_ASSERT(batch->records == records);
    RC_ASSERT(batch->skipped == 0U);
  }));
}

TEST(BatchProperty, AnyPieceOfABatchIsOneOrIsRefused) {
  EXPECT_TRUE(rc::check([] {
    Texts texts;
    BatchWriter writer(Incarnation{*arbitrary<std::uint64_t>()}, *arbitrary<std::uint64_t>());
    for (auto left = *inRange(1, 5); left > 0; --left) writer.add(any_record(texts));
    const std::string whole = writer.take();
    const std::string piece = whole.substr(0, *inRange<std::size_t>(0, whole.size()));
    const auto batch = decode_batch(piece);
    if (!batch) return;
    BatchWriter again(batch->node, batch->write);
    for (const Record& record : batch->records) again.add(record);
    RC_ASSERT(again.bytes() == piece);
  }));
}

}  // namespace
}  // namespace rollcall::cluster
