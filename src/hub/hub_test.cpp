#include "hub/hub.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "hub/change_totals.hpp"
#include "hub/feed_sink.hpp"

namespace rollcall::hub {
namespace {

using presence::Activity;
using presence::Connect;
using presence::Disconnect;
using presence::Ending;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr milliseconds kGrace{2000};

std::string word_of(const presence::UserChanged& change) {
  return (presence::edge_of(change) == presence::Edge::online ? "+" : "-") + change.user_id;
}

struct Listeners final : Audience {
  void tell(const presence::Announcement& announcement) override {
    const auto* change = std::get_if<presence::UserChanged>(&announcement);
    heard.push_back(change ? word_of(*change) : "mode");
  }
  std::size_t receivers() const override { return 10; }
  std::span<const presence::LoopWork> work() override { return {}; }

  std::vector<std::string> heard;
};

// Writes down what it is told, and where in the order it stands.
struct Notes final : Sink {
  Notes(std::string given, std::vector<std::string>& to) : name(std::move(given)), notes(to) {}
  void take(std::span<const presence::UserChanged> changes, const presence::Core& core) override {
    for (const presence::UserChanged& change : changes) {
      EXPECT_EQ(core.state(change.user_id).online, change.after.online);
      notes.push_back(name + word_of(change));
    }
  }

  std::string name;
  std::vector<std::string>& notes;
};

presence::PaceSettings at_once() {
  presence::PaceSettings pace;
  pace.flap_after = 0;
  return pace;
}

class TheHub : public testing::Test {
 protected:
  std::optional<Instant> connect(presence::ConnectionId id, const std::string& user) {
    return hub_.apply(Connect{id, user, {}}, at_);
  }
  std::optional<Instant> lose(presence::ConnectionId id) {
    return hub_.apply(Disconnect{id, Ending::transport_close}, at_);
  }
  void pass(milliseconds time) {
    at_.now += time;
    at_.wall += time;
  }
  bool online(const std::string& user) const {
    return hub_.read(0, [&](const presence::View& view) { return view.state(user).online; });
  }

  Listeners audience_;
  Hub hub_{{kGrace, 3, 100}, at_once(), audience_, 2};
  Moment at_{Instant{seconds(1000)}, wall_time(1'767'530'096'000)};
};

TEST_F(TheHub, ReturnsWhenTheNextGraceEndsAndNothingBefore) {
  EXPECT_EQ(connect(1, "ann"), std::nullopt);
  EXPECT_EQ(lose(1), at_.now + kGrace);
  pass(milliseconds(500));
  EXPECT_EQ(connect(2, "bob"), at_.now - milliseconds(500) + kGrace);
  pass(kGrace);
  EXPECT_TRUE(online("ann"));
  EXPECT_EQ(hub_.tick(at_), std::nullopt);
  EXPECT_FALSE(online("ann"));
  EXPECT_THAT(audience_.heard, ElementsAre("+ann", "+bob", "-ann"));
}

TEST_F(TheHub, HandsEachChangeToAllSinksInTheirOrder) {
  std::vector<std::string> notes;
  Notes first("first", notes), second("second", notes);
  hub_.add(first);
  hub_.add(second);
  connect(1, "ann");
  hub_.apply(Disconnect{1, Ending::client_goodbye}, at_);
  EXPECT_THAT(notes, ElementsAre("first+ann", "second+ann", "first-ann", "second-ann"));
}

TEST_F(TheHub, TellsNobodyOfAReloadWithinTheGrace) {
  connect(1, "ann");
  audience_.heard.clear();
  lose(1);
  pass(kGrace - milliseconds(1));
  connect(2, "ann");
  pass(kGrace);
  hub_.tick(at_);
  EXPECT_THAT(audience_.heard, IsEmpty());
  EXPECT_TRUE(online("ann"));
}

TEST_F(TheHub, EndsTheGracesThatAreOverBeforeItServesARead) {
  connect(1, "ann");
  connect(2, "bob");
  lose(1);
  pass(kGrace);
  std::optional<Instant> deadline;
  const bool ann = hub_.apply_and_read(Activity{2}, at_, 0, deadline,
                                       [](const presence::View& view) { return view.state("ann").online; });
  EXPECT_FALSE(ann);
  EXPECT_THAT(audience_.heard, ElementsAre("+ann", "+bob", "-ann"));
}

TEST_F(TheHub, RecordsActivityUnderOneLane) {
  connect(1, "ann");
  pass(seconds(5));
  std::optional<Instant> deadline;
  hub_.apply_and_read(Activity{1}, at_, 0, deadline, [&](const presence::View& view) {
    EXPECT_EQ(view.state("ann").last_active, at_.wall);
    // Another reader, meanwhile, on its own lane.
    hub_.read(1, [&](const presence::View& other) { EXPECT_TRUE(other.state("ann").online); });
  });
}

TEST_F(TheHub, DoesNotLetTimeGoBackForAWorkerWhoseClockIsBehind) {
  connect(1, "ann");
  pass(seconds(1));
  lose(1);
  at_.now -= milliseconds(900);
  EXPECT_EQ(connect(2, "bob"), at_.now + milliseconds(900) + kGrace);
  EXPECT_EQ(hub_.tick(at_), at_.now + milliseconds(900) + kGrace);
}

TEST_F(TheHub, TellsBothWaysIfAHeldChangeWasRevealedByARead) {
  Listeners listeners;
  presence::PaceSettings batches = at_once();
  batches.deliveries_per_second = listeners.receivers();  // one change
  batches.max_window = seconds(10);
  Hub hub({milliseconds(0), 3, 100}, batches, listeners, 1);
  hub.apply(Connect{1, "ann", {}}, at_);
  ASSERT_THAT(listeners.heard, ElementsAre("+ann"));
  hub.apply(Connect{2, "bob", {}}, at_);
  hub.apply(Disconnect{1, Ending::transport_close}, at_);
  EXPECT_FALSE(hub.read(0, [](const presence::View& view) { return view.state("ann").online; }));
  hub.apply(Disconnect{2, Ending::transport_close}, at_);
  std::optional<Instant> due = hub.apply(Connect{3, "ann", {}}, at_);
  ASSERT_THAT(listeners.heard, ElementsAre("+ann", "mode"));
  for (; due; due = hub.tick(at_)) at_.now = *due;
  // Then it is live again; and nothing is told of bob.
  EXPECT_THAT(listeners.heard, ElementsAre("+ann", "mode", "-ann", "+ann", "mode"));
}

TEST_F(TheHub, AllowsAsManyConnectionsAsItIsToldTo) {
  const auto may = [&] {
    return hub_.read(0, [](const presence::View& view) { return view.may_connect("ann"); });
  };
  for (presence::ConnectionId id = 1; id <= 3; ++id) connect(id, "ann");
  EXPECT_FALSE(may());
  hub_.allow_connections(4);
  EXPECT_TRUE(may());
}

TEST_F(TheHub, CountsEdgesAndFeedsThemWithDetails) {
  ChangeTotals totals;
  FeedSink feed(7, 10);
  int grown = 0;
  feed.on_growth([&] { ++grown; });
  hub_.add(totals);
  hub_.add(feed);
  hub_.apply(Connect{1, "ann", {"ann@example.com", "admin", {}}}, at_);
  hub_.apply(Connect{2, "ann", {}}, at_);
  hub_.apply(Disconnect{2, Ending::client_goodbye}, at_);
  hub_.apply(Disconnect{1, Ending::client_goodbye}, at_);
  EXPECT_EQ(totals.totals().online, 1U);
  EXPECT_EQ(totals.totals().offline, 1U);
  EXPECT_EQ(grown, 2);
  feed::ChangeList changes;
  ASSERT_TRUE(feed.feed().read(0, 10, changes));
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_TRUE(changes[0].online);
  EXPECT_EQ(changes[0].email, "ann@example.com");
  EXPECT_FALSE(changes[1].online);
  EXPECT_EQ(changes[1].last_active, at_.wall);
}

TEST_F(TheHub, FeedsNothingWhileNobodyIsToReadIt) {
  FeedSink feed(7, 0);
  hub_.add(feed);
  connect(1, "ann");
  EXPECT_EQ(feed.feed().last(), 0U);
  hub_.exclusively([&] { feed.begin(10); });
  connect(2, "bob");
  EXPECT_EQ(feed.feed().last(), 1U);
}

}  // namespace
}  // namespace rollcall::hub
