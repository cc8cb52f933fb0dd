#include "telemetry/exposition.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rollcall::telemetry {
namespace {

TEST(Exposition, WritesEachMetricWithItsMeaningAndKindAndValues) {
  Exposition out;
  out.counter("x_total", "How many.").value(7).value(std::uint64_t{9'007'199'254'740'992}, {{"kind", "a"}});
  out.gauge("y", "How much.").value(-0.5);
  EXPECT_EQ(
      out.text(),
      "# HELP x_total How many.\n# TYPE x_total counter\nx_total 7\nx_total{kind=\"a\"} 9007199254740992\n"
      "# HELP y How much.\n# TYPE y gauge\ny -0.5\n");
}

TEST(Exposition, WritesTimesInSeconds) {
  Exposition out;
  out.gauge("t_seconds", "When.").value(microseconds(1'500'000)).value(microseconds(milliseconds(2)));
  EXPECT_THAT(out.text(), testing::HasSubstr("t_seconds 1.5\nt_seconds 0.002\n"));
}

TEST(Exposition, EscapesWhatLabelsMayHold) {
  Exposition out;
  out.gauge("g", "It.").value(1, {{"path", "a\"b\\c\nd"}});
  EXPECT_THAT(out.text(), testing::HasSubstr(R"(g{path="a\"b\\c\nd"} 1)"));
}

TEST(Exposition, AddsUpTheBucketsOfAHistogram) {
  base::Durations durations;
  durations.counts[0] = 2;
  durations.counts[2] = 3;
  durations.counts.back() = 1;
  durations.total = seconds(7);
  Exposition out;
  out.histogram("h_seconds", "How long.").value(durations, {{"event", "e"}});
  const std::string text = out.text();
  using testing::HasSubstr;
  EXPECT_THAT(text, HasSubstr("# TYPE h_seconds histogram\n"));
  EXPECT_THAT(text, HasSubstr("h_seconds_bucket{event=\"e\",le=\"5e-05\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("h_seconds_bucket{event=\"e\",le=\"0.0001\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("h_seconds_bucket{event=\"e\",le=\"0.00025\"} 5\n"));
  EXPECT_THAT(text, HasSubstr("h_seconds_bucket{event=\"e\",le=\"5\"} 5\n"));
  EXPECT_THAT(text, HasSubstr("h_seconds_bucket{event=\"e\",le=\"+Inf\"} 6\n"));
  EXPECT_THAT(text, HasSubstr("h_seconds_count{event=\"e\"} 6\n"));
  EXPECT_THAT(text, HasSubstr("h_seconds_sum{event=\"e\"} 7\n"));
}

}  // namespace
}  // namespace rollcall::telemetry
