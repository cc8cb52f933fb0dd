#include "feed/reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "feed/test_events.hpp"
#include "feed/test_source.hpp"

namespace rollcall::feed {
namespace {

using test::Event;
using test::kWall;
using test::TestSource;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kTime = R"("2026-01-04T12:34:56.789Z")";

class FeedReader : public testing::Test {
 protected:
  std::string ask(Reader& reader, std::size_t unsent = 0) { return reader.next(source, unsent, now, kWall); }
  // All there is, of a reader that takes everything at once.
  std::vector<Event> read(Reader& reader) {
    std::string all;
    do {
      all += ask(reader);
    } while (reader.waits_for_room());
    return test::take_events(all);
  }
  static std::string names(const std::vector<Event>& events) {
    std::string all;
    for (const Event& event : events) all += (all.empty() ? "" : " ") + event.name;
    return all;
  }
  Reader live() {
    Reader reader("", now);
    read(reader);
    return reader;
  }

  TestSource source;
  Instant now{seconds(1000)};
};

TEST_F(FeedReader, SaysForHowLongUsersMayBeOnTheirWayBackAfterAStart) {
  source.settling_left = milliseconds(9500);
  Reader reader("", now);
  EXPECT_EQ(read(reader).back().data, R"({"count":0,"timestamp":)" + kTime + R"(,"settlingMs":9500})");
}

TEST_F(FeedReader, BeginsWithASnapshotAndGoesLive) {
  source.come("ann");
  source.come("bob");
  source.go("bob");
  Reader reader("", now);
  EXPECT_EQ(ask(reader),
            "retry: 2000\n\n"
            "event: reset\ndata: {\"reason\":\"start\",\"timestamp\":" +
                kTime +
                "}\n\n"
                "event: snapshot\ndata: "
                "{\"users\":[{\"userId\":\"ann\",\"email\":\"ann@example.com\",\"role\":\"member\","
                "\"connectedAt\":" +
                kTime + ",\"lastActive\":" + kTime +
                "}]}\n\n"
                "event: live\nid: 0000000000000abc-3\ndata: {\"count\":1,\"timestamp\":" +
                kTime + "}\n\n");
  EXPECT_FALSE(reader.waits_for_room());
  EXPECT_EQ(ask(reader), "");
}

TEST_F(FeedReader, TellsEachChangeWithItsCursor) {
  Reader reader = live();
  source.come("ann");
  source.go("ann");
  EXPECT_EQ(
      ask(reader),
      "event: user-online\nid: 0000000000000abc-1\ndata: {\"userId\":\"ann\",\"online\":true,\"timestamp\":" +
          kTime + ",\"email\":\"ann@example.com\",\"role\":\"member\",\"connectedAt\":" + kTime +
          "}\n\n"
          "event: user-offline\nid: 0000000000000abc-2\ndata: {\"userId\":\"ann\",\"online\":false,"
          "\"timestamp\":\"2026-01-04T12:34:58.789Z\",\"lastActive\":\"2026-01-04T12:34:57.789Z\"}\n\n");
  EXPECT_EQ(ask(reader), "");
}

TEST_F(FeedReader, NobodyOnlineIsNoSnapshotAtAll) {
  Reader reader("", now);
  EXPECT_EQ(names(read(reader)), "retry reset live");
}

TEST_F(FeedReader, GoesOnFromACursorThatIsKnown) {
  source.come("ann");
  source.come("bob");
  source.go("ann");
  Reader reader(source.cursor(1), now);
  const auto events = read(reader);
  EXPECT_EQ(names(events), "retry live user-online user-offline");
  EXPECT_EQ(events[1],
            (Event{"live", source.cursor(1), R"({"count":1,"timestamp":)" + kTime + R"(,"resumed":true})"}));
  EXPECT_EQ(events[2].id, source.cursor(2));
  Reader up_to_date(source.cursor(3), now);
  EXPECT_EQ(names(read(up_to_date)), "retry live");
}

TEST_F(FeedReader, IsToldWhyItHasToBeginAnew) {
  for (int i = 0; i < 3000; ++i) i % 2 ? source.go("ann") : source.come("ann");
  const auto reason = [&](const std::string& cursor) {
    Reader reader(cursor, now);
    const auto events = read(reader);
    return events.size() < 2 || events[1].name != "reset" ? "none" : events[1].data;
  };
  EXPECT_THAT(reason(source.cursor(1)), HasSubstr(R"("reason":"fell-behind")"));
  for (const std::string cursor : {"0000000000000abd-2999", "0000000000000abc-3001", "0000000000000abc-", "x",
                                   "0000000000000abc-02999", "0000000000000abc-2999 ", "-1", "2999"}) {
    EXPECT_THAT(reason(cursor), HasSubstr(R"("reason":"cursor-unknown")")) << cursor;
  }
  EXPECT_THAT(reason(source.cursor(2999)), "none");
}

TEST_F(FeedReader, ReadsALongSnapshotPageByPageAndMissesNothingThatHappensMeanwhile) {
  for (int i = 0; i < 250; ++i) source.come("u" + std::to_string(i));
  int pages = 0;
  source.before_page = [&] {
    if (++pages == 2) source.go("u0");    // listed already
    if (pages == 2) source.come("late");  // will be listed
    if (pages == 3) source.go("u120");    // listed already
  };
  Reader reader("", now);
  const auto events = read(reader);
  EXPECT_EQ(names(events),
            "retry reset snapshot snapshot snapshot live user-offline user-online user-offline");
  EXPECT_EQ(events[5].id, source.cursor(250));
  EXPECT_THAT(events[5].data, HasSubstr(R"("count":249)"));
  EXPECT_THAT(events[6].data, HasSubstr(R"("userId":"u0")"));
}

TEST_F(FeedReader, GivesNothingWhileItsReaderHasNotTakenAllBefore) {
  Reader reader = live();
  source.come("ann");
  EXPECT_EQ(ask(reader, 1), "");
  EXPECT_TRUE(reader.waits_for_room());
  EXPECT_EQ(names(read(reader)), "user-online");
  EXPECT_FALSE(reader.waits_for_room());
}

TEST_F(FeedReader, GivesAPortionAtATime) {
  for (int i = 0; i < 1000; ++i) source.come("user-" + std::to_string(i));
  Reader reader("", now);
  std::size_t portions = 1;
  for (; !ask(reader).empty() && reader.waits_for_room(); ++portions) {
  }
  EXPECT_EQ(portions, 3u);
  Reader again(source.cursor(0), now);
  std::string all;
  do {
    const std::string portion = ask(again);
    EXPECT_LT(portion.size(), Reader::kPortion + 300);
    all += portion;
  } while (again.waits_for_room());
  const auto events = test::take_events(all);
  ASSERT_EQ(events.size(), 1002u);
  for (std::size_t i = 2; i < events.size(); ++i) EXPECT_EQ(events[i].id, source.cursor(i - 1));
}

// As long as ids and details may be.
TEST_F(FeedReader, CutsPagesThatAreLong) {
  const std::string longest(256, '\x01');
  for (int i = 0; i < 100; ++i) {
    source.online[static_cast<std::uint64_t>(i + 1)] = {longest, std::string(1024, '\x02'),
                                                        std::string(1024, '"'), kWall, kWall};
  }
  Reader reader("", now);
  std::size_t users = 0, snapshots = 0;
  std::string all;
  do {
    const std::string portion = ask(reader);
    EXPECT_LT(portion.size(), Reader::kPortion + 6 * (256 + 1024) + 2 * 1024 + 500);
    all += portion;
  } while (reader.waits_for_room());
  for (const Event& event : test::take_events(all)) {
    if (event.name != "snapshot") continue;
    ++snapshots;
    for (std::size_t at = 0; (at = event.data.find("userId", at + 1)) != std::string::npos;) ++users;
  }
  EXPECT_EQ(users, 100u);
  EXPECT_GT(snapshots, 10u);
}

TEST_F(FeedReader, BeginsAnewWhenItFellBehind) {
  Reader reader = live();
  for (int i = 0; i < 2001; ++i) i % 2 ? source.go("ann") : source.come("ann");
  const auto events = read(reader);
  EXPECT_EQ(names(events), "reset snapshot live");
  EXPECT_THAT(events[0].data, HasSubstr(R"("reason":"fell-behind")"));
  EXPECT_EQ(events[2].id, source.cursor(2001));
}

TEST_F(FeedReader, BeginsAnewWhenTheFeedForgetsWhatHappenedDuringTheSnapshot) {
  for (int i = 0; i < 150; ++i) source.come("u" + std::to_string(i));
  int pages = 0;
  source.before_page = [&] {
    if (++pages != 2) return;
    for (int i = 0; i < 1002; ++i) i % 2 ? source.come("u0") : source.go("u0");
  };
  Reader reader("", now);
  EXPECT_EQ(names(read(reader)), "retry reset snapshot snapshot reset snapshot snapshot live");
}

TEST_F(FeedReader, KeepsAQuietConnectionAlive) {
  Reader reader = live();
  EXPECT_EQ(reader.deadline(), now + seconds(15));
  now += seconds(10);
  source.come("ann");
  read(reader);
  EXPECT_EQ(reader.deadline(), now + seconds(15));
  now += seconds(15) - milliseconds(1);
  EXPECT_EQ(ask(reader), "");
  now += milliseconds(1);
  EXPECT_EQ(ask(reader), ": keep-alive\n\n");
  EXPECT_EQ(reader.deadline(), now + seconds(15));
  now += seconds(15);
  EXPECT_EQ(ask(reader, 14), "") << "it has not taken the last one";
  EXPECT_EQ(reader.deadline(), now + seconds(15));
}

TEST_F(FeedReader, IsGivenUpWhenItHasTakenNothingForLong) {
  Reader reader = live();
  const auto given_up_after = [&](milliseconds time, std::size_t unsent) {
    now += time;
    ask(reader, unsent);
    return reader.given_up();
  };
  EXPECT_FALSE(given_up_after(seconds(500), 0));  // there was nothing to take
  EXPECT_FALSE(given_up_after(seconds(0), 1000));
  EXPECT_FALSE(given_up_after(seconds(119), 1000));
  EXPECT_FALSE(given_up_after(seconds(119), 999));  // it is slow
  EXPECT_FALSE(given_up_after(seconds(119), 999));
  EXPECT_TRUE(given_up_after(seconds(1), 999));
  EXPECT_FALSE(given_up_after(seconds(1), 0));
}

}  // namespace
}  // namespace rollcall::feed
