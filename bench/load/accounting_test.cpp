// The figures on their way from the measurement to the line.
#include <gtest/gtest.h>

#include "load/histogram.hpp"
#include "load/json_line.hpp"
#include "load/ledger.hpp"
#include "load/process.hpp"

namespace rollcall::load {
namespace {

TEST(Histogram, APercentileIsRightToWithinTwoPercent) {
  Histogram histogram;
  for (std::uint64_t i = 1; i <= 100'000; ++i) histogram.add(i * 1000);
  for (const double percent : {1.0, 50.0, 90.0, 99.0, 99.9}) {
    const double right = percent * 1e6;
    EXPECT_NEAR(static_cast<double>(histogram.percentile(percent)), right, right * 0.02) << percent;
  }
  EXPECT_EQ(histogram.percentile(100), 100'000'000U);
  EXPECT_EQ(histogram.max(), 100'000'000U);
  EXPECT_DOUBLE_EQ(histogram.mean(), 50'000'500);
}

TEST(Histogram, SmallValuesAreExact) {
  Histogram histogram;
  for (const std::uint64_t value : {0, 3, 3, 63, 127}) histogram.add(value);
  EXPECT_EQ(histogram.percentile(20), 0U);
  EXPECT_EQ(histogram.percentile(60), 3U);
  EXPECT_EQ(histogram.percentile(80), 63U);
  EXPECT_EQ(histogram.percentile(100), 127U);
}

TEST(Histogram, NothingIsZeroAndTheHugeIsKept) {
  Histogram histogram;
  EXPECT_EQ(histogram.percentile(99), 0U);
  EXPECT_EQ(histogram.mean(), 0);
  histogram.add(~std::uint64_t{0} / 2);
  EXPECT_EQ(histogram.max(), ~std::uint64_t{0} / 2);
  EXPECT_GT(histogram.percentile(50), std::uint64_t{1} << 41);
}

TEST(Histogram, MergingAddsUp) {
  Histogram one, other;
  one.add(10);
  other.add(20);
  other.add(5000);
  one.merge(other);
  EXPECT_EQ(one.count(), 3U);
  EXPECT_EQ(one.percentile(50), 20U);
  EXPECT_EQ(one.max(), 5000U);
}

TEST(Ledger, EveryChangeArrivesOnceInTurn) {
  Ledger ledger(2, 3);
  for (std::uint32_t change = 1; change <= 600; ++change) {
    EXPECT_FALSE(ledger.has(1, 2, change));
    EXPECT_EQ(ledger.deliver(1, 2, change % 2 == 1, change), Verdict::ok);
    EXPECT_TRUE(ledger.has(1, 2, change));
    EXPECT_EQ(ledger.deliver(1, 2, change % 2 == 1, change), Verdict::doubled);
  }
  EXPECT_FALSE(ledger.has(0, 2, 1));
  EXPECT_FALSE(ledger.has(1, 1, 1));
}

TEST(Ledger, WhatWasNeverChangedOrIsOutOfAlternationIsAFault) {
  Ledger ledger(1, 1);
  EXPECT_EQ(ledger.deliver(0, 0, true, 0), Verdict::unexpected);
  EXPECT_EQ(ledger.deliver(0, 0, false, 1), Verdict::wrong_kind);
}

TEST(JsonLine, WritesEveryKindOfField) {
  JsonLine inner;
  inner.add("n", 3U);
  JsonLine line;
  line.add("text", "a \"b\"").add("yes", true).add("small", 1.23456).add("large", 123456.7);
  line.add("none", 0.0 / 0.0).add("in", inner);
  EXPECT_EQ(line.text(),
            R"({"text":"a \"b\"","yes":true,"small":1.235,"large":123457,"none":null,"in":{"n":3}})");
  EXPECT_EQ(JsonLine().text(), "{}");
}

TEST(Process, ReadsWhatTheKernelWrites) {
  constexpr std::string_view rollup =
      "55d0-7ffc ---p 00000000 00:00 0    [rollup]\nRss:                1504 kB\nPss:                 152 "
      "kB\n";
  EXPECT_EQ(smaps_bytes(rollup, "Rss"), 1504U * 1024);
  EXPECT_EQ(smaps_bytes(rollup, "Pss"), 152U * 1024);
  EXPECT_EQ(smaps_bytes(rollup, "Swap"), 0U);
  EXPECT_EQ(schedstat_ns("123456789 4711 12\n"), 123'456'789U);
}

TEST(Process, AProcessThatIsNotThereHasNoFigures) {
  EXPECT_FALSE(cpu_ns(-1));
  EXPECT_FALSE(memory_of(-1));
  EXPECT_TRUE(memory_of(std::vector<pid_t>{}));
}

}  // namespace
}  // namespace rollcall::load
