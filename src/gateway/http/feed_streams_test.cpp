// The feed's streams, as their readers see them: what they get, how many there may be, and what becomes of
// slow ones.
#include "gateway/http/feed_streams.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <list>
#include <set>

#include "gateway/http/test_feed.hpp"

namespace rollcall::gateway {
namespace {

using namespace test;
using server::test::get;
using server::test::kWorkers;
using testing::HasSubstr;
using testing::StartsWith;

TEST(FeedStreams, SendTheSnapshotAndThenEachChangeAtOnce) {
  FeedHost host;
  host.change([](TestSource& source) { source.come("ann"); });
  FeedClient reader(host);
  EXPECT_THAT(reader.head(), StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(reader.head(), HasSubstr("content-type: text/event-stream\r\n"));
  EXPECT_THAT(reader.head(), HasSubstr("cache-control: no-store\r\n"));
  const auto begin = reader.until("live");
  ASSERT_EQ(begin.size(), 4u);
  EXPECT_THAT(begin[2].data, StartsWith(R"({"users":[{"userId":"ann",)"));
  for (int i = 0; i < 3; ++i) {
    host.change([](TestSource& source) { source.come("bob"); });
    EXPECT_EQ(reader.until("user-online").size(), 1u);
    host.change([](TestSource& source) { source.go("bob"); });
    EXPECT_EQ(reader.until("user-offline").size(), 1u);
  }
}

TEST(FeedStreams, GoOnFromTheCursorOfTheHeaderOrTheQuery) {
  FeedHost host;
  for (int i = 0; i < 3; ++i) host.change([](TestSource& source) { source.come("ann"); });
  const auto first_of = [&](const std::string& query, const std::string& headers) {
    FeedClient reader(host, query, headers);
    return reader.until("live")[1];
  };
  const auto header = [&](std::uint64_t n) { return "Last-Event-ID: " + host.source.cursor(n) + "\r\n"; };
  EXPECT_EQ(first_of("?cursor=" + host.source.cursor(1), "").id, host.source.cursor(1));
  EXPECT_EQ(first_of("", header(2)).id, host.source.cursor(2));
  EXPECT_EQ(first_of("?cursor=" + host.source.cursor(1), header(2)).id, host.source.cursor(2));
  EXPECT_EQ(first_of("?cursor=" + host.source.cursor(1), "Last-Event-ID:\r\n").id, host.source.cursor(1));
  EXPECT_THAT(first_of("?cursor=", "").data, HasSubstr(R"("reason":"start")"));
  EXPECT_THAT(first_of("?cursor=%00%FF", "").data, HasSubstr(R"("reason":"cursor-unknown")"));
  EXPECT_THAT(first_of("?cursor=" + std::string(5000, '1'), "").data,
              HasSubstr(R"("reason":"cursor-unknown")"));
}

TEST(FeedStreams, HaveSoManyReadersAndNoMore) {
  FeedHost host;
  std::list<FeedClient> readers;
  for (std::size_t i = 0; i < FeedStreams::kMostReaders; ++i) readers.emplace_back(host).until("live");
  EXPECT_EQ(host.streams.readers(), 100u);
  const auto refused = get(host.address(), "/feed");
  EXPECT_EQ(refused.status, 503);
  EXPECT_THAT(refused.head, HasSubstr("retry-after: 10\r\n"));
  EXPECT_THAT(refused.head, HasSubstr("content-type: application/problem+json\r\n"));
  EXPECT_THAT(refused.body, HasSubstr(R"("code":"UNAVAILABLE")"));
  host.change([](TestSource& source) { source.come("ann"); });
  for (FeedClient& reader : readers) reader.until("user-online");
  readers.pop_back();
  host.await_readers(99);
  FeedClient(host).until("live");
  host.await_readers(99);
  readers.clear();
  host.await_readers(0);
  host.change([](TestSource& source) { source.come("bob"); });
  FeedClient(host).until("live");
}

TEST(FeedStreams, AnswerHeadWithoutTakingAPlace) {
  FeedHost host;
  Wire wire(host.address());
  wire.write("HEAD /feed HTTP/1.1\r\nhost: test\r\n\r\n");
  wire.await([&] { return wire.received().ends_with("\r\n\r\n"); });
  EXPECT_THAT(wire.received(), HasSubstr("text/event-stream"));
  host.settle();
  EXPECT_EQ(host.streams.readers(), 0u);
}

TEST(FeedStreams, EndWhenTheServerDrains) {
  FeedHost host;
  std::list<FeedClient> readers;
  for (int i = 0; i < 6; ++i) readers.emplace_back(host).until("live");
  host.call([&] { host.server.drain(kPatience * 2); });
  for (FeedClient& reader : readers) EXPECT_TRUE(reader.await_end());
  host.await_readers(0);
  readers.clear();
  host.let_spares_go();
  host.join();
}

TEST(FeedStreams, HearOnEveryWorkerWhatHappensOnAny) {
  FeedHost host;
  std::list<FeedClient> readers;
  for (server::WorkerIndex worker = 0; worker < kWorkers; ++worker)
    readers.emplace_back(host, worker).until("live");
  constexpr int kChanges = 600;
  for (int i = 0; i < kChanges; ++i) {
    host.server.post_to_all([&, i] {
      if (server::BusPort::current()->index() != static_cast<server::WorkerIndex>(i) % kWorkers) return;
      host.source.with([&](TestSource& source) { source.come("u" + std::to_string(i)); });
      host.streams.feed_grown();
    });
  }
  for (FeedClient& reader : readers) {
    std::set<std::string> users;
    for (std::uint64_t number = 1; number <= kChanges; ++number) {
      const Event event = reader.until("user-online").back();
      EXPECT_EQ(event.id, host.source.cursor(number));
      users.insert(event.data);
    }
    EXPECT_EQ(users.size(), std::size_t{kChanges});
  }
}

// More than the system keeps for a connection, while the feed remembers less.
TEST(FeedStreams, ASlowReaderBeginsAnewAndKeepsNobodyWaiting) {
  FeedHost host(1000);
  FeedClient slow(host, "", "", 4096);
  slow.until("live");
  std::list<FeedClient> quick;  // one of them on its worker
  for (server::WorkerIndex worker = 0; worker < kWorkers; ++worker)
    quick.emplace_back(host, worker).until("live");
  constexpr std::uint64_t kRounds = 200, kEach = 100;
  for (std::uint64_t round = 0; round < kRounds; ++round) {
    host.change([&](TestSource& source) {
      for (std::uint64_t i = 0; i < kEach; ++i) {
        const std::string name = std::to_string(i) + std::string(200, 'x');
        source.has(name) ? source.go(name) : source.come(name);
      }
    });
    for (FeedClient& reader : quick) {
      for (std::uint64_t next = round * kEach; next < (round + 1) * kEach;) {
        const Event event = reader.until(round % 2 ? "user-offline" : "user-online").back();
        ASSERT_EQ(event.id, host.source.cursor(++next));
      }
    }
  }
  const auto told = slow.until("reset");
  EXPECT_LT(told.size(), kRounds * kEach);
  EXPECT_THAT(told.back().data, HasSubstr(R"("reason":"fell-behind")"));
  EXPECT_EQ(slow.until("live").back().id, host.source.cursor(kRounds * kEach));
  host.change([](TestSource& source) { source.come("ann"); });
  EXPECT_EQ(slow.until("user-online").size(), 1u);
}

TEST(FeedStreams, SendALongSnapshotInOrder) {
  FeedHost host(100);
  host.change([](TestSource& source) {
    for (int i = 0; i < 20'000; ++i) source.come("user-" + std::to_string(i));
  });
  FeedClient reader(host, "", "", 4096);
  std::size_t users = 0;
  for (const Event& event : reader.until("live")) {
    for (std::size_t at = 0; (at = event.data.find("userId", at + 1)) != std::string::npos;) ++users;
  }
  EXPECT_EQ(users, 20'000u);
}

}  // namespace
}  // namespace rollcall::gateway
