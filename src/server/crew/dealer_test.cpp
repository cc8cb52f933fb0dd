// Who is dealt a new connection, and what becomes of one that its worker does not take.
#include "server/crew/dealer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <list>

#include "server/test_workers.hpp"

namespace rollcall::server {
namespace {

using testing::AnyOf;
using testing::ElementsAre;

constexpr Instant kDealtAt{seconds(100)};

// Is late when it is told to be. `peer` of a channel says which one it is.
class Hand final : public Dealt {
 public:
  explicit Hand(std::size_t connections = 0) : taken_(connections) {}
  std::size_t connections() const override { return taken_ + inbox_.size(); }
  bool late(Instant) const override { return late_; }
  void deal(net::Channel channel) override { inbox_.push_back(std::move(channel)); }
  bool has_untaken() const override { return !inbox_.empty(); }
  std::vector<net::Channel> take_back() override { return std::exchange(inbox_, {}); }

  void hang(bool hangs = true) { late_ = hangs; }
  std::vector<std::string> inbox() const {
    std::vector<std::string> names;
    for (const net::Channel& channel : inbox_) names.push_back(channel.peer.text());
    return names;
  }

 private:
  std::size_t taken_;
  bool late_ = false;
  std::vector<net::Channel> inbox_;
};

net::Channel channel_of(const std::string& address) {
  net::Channel channel(-1);
  channel.peer = *net::PeerAddress::parse(address);
  return channel;
}

TEST(Dealer, DealsToWhoeverHasFewest) {
  Hand one(2), two(1), three(2);
  Dealer dealer({&one, &two, &three});
  for (const char* peer : {"10.0.0.1", "10.0.0.2", "10.0.0.3"}) dealer.deal(channel_of(peer), kDealtAt);
  EXPECT_THAT(one.inbox(), ElementsAre("10.0.0.2"));
  EXPECT_THAT(two.inbox(), ElementsAre("10.0.0.1", "10.0.0.3"));
  EXPECT_THAT(three.inbox(), ElementsAre());
}

TEST(Dealer, DealsNothingToWhoIsLate) {
  Hand one(5), two(0), three(7);
  Dealer dealer({&one, &two, &three});
  two.hang();
  dealer.deal(channel_of("10.0.0.1"), kDealtAt);
  EXPECT_THAT(one.inbox(), ElementsAre("10.0.0.1"));
  one.hang();
  dealer.deal(channel_of("10.0.0.2"), kDealtAt);
  EXPECT_THAT(three.inbox(), ElementsAre("10.0.0.2"));
}

TEST(Dealer, DealsAgainWhatALateWorkerHasNotTaken) {
  Hand one(9), two(0), three(8);
  Dealer dealer({&one, &two, &three});
  for (const char* peer : {"10.0.0.1", "10.0.0.2", "10.0.0.3"}) dealer.deal(channel_of(peer), kDealtAt);
  dealer.deal_again(kDealtAt);
  EXPECT_THAT(two.inbox(), ElementsAre("10.0.0.1", "10.0.0.2", "10.0.0.3")) << "it is not late";
  two.hang();
  dealer.deal_again(kDealtAt);
  EXPECT_THAT(two.inbox(), ElementsAre());
  EXPECT_THAT(three.inbox(), ElementsAre("10.0.0.1", "10.0.0.3"));
  EXPECT_THAT(one.inbox(), ElementsAre("10.0.0.2"));
}

TEST(Dealer, LeavesWhatWasDealtWhereItIsIfAllAreLate) {
  Hand one(1), two(0);
  Dealer dealer({&one, &two});
  dealer.deal(channel_of("10.0.0.1"), kDealtAt);
  one.hang();
  two.hang();
  dealer.deal_again(kDealtAt);
  EXPECT_THAT(two.inbox(), ElementsAre("10.0.0.1"));
  EXPECT_TRUE(dealer.has_untaken());
  one.hang(false);
  dealer.deal_again(kDealtAt);
  EXPECT_THAT(one.inbox(), ElementsAre("10.0.0.1"));
}

TEST(DealtChannels, AreTakenInOrderUntilTheyAreTakenBack) {
  DealtChannels dealt;
  for (const char* peer : {"10.0.0.1", "10.0.0.2", "10.0.0.3"}) dealt.put(channel_of(peer));
  EXPECT_EQ(dealt.take()->peer.text(), "10.0.0.1");
  EXPECT_EQ(dealt.take_all().size(), 2U);
  EXPECT_TRUE(dealt.empty());
  EXPECT_FALSE(dealt.take());
}

// Connections come as soon as a worker hangs, when nobody can know yet that it does: some are dealt to it.
TEST(Workers, ServeWhatWasDealtToOneThatHangs) {
  std::promise<void> entered, go_on;
  test::WorkersHost host;
  host.server.of("/").on("wait", [&](Socket&, const Payload&, Ack) {
    entered.set_value();
    go_on.get_future().wait();
  });
  host.start();
  test::Client busy = host.member_at(1);
  busy.send(R"(42["wait"])");
  entered.get_future().wait();
  std::list<test::Wire> wires;
  for (unsigned i = 0; i < 4 * test::kWorkers; ++i)
    wires.emplace_back(host.address()).write(test::get_request("/where"));
  for (test::Wire& wire : wires) EXPECT_THAT(test::await_http_answer(wire).body, AnyOf("0", "2"));
  go_on.set_value();
}

}  // namespace
}  // namespace rollcall::server
