#include "server/engine/strangers.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "server/engine/engine_session.hpp"

namespace rollcall::server {
namespace {

// Entries only: they are never asked for what their session is.
EngineSession& nobody() {
  alignas(EngineSession) static std::byte place[sizeof(EngineSession)];
  return *reinterpret_cast<EngineSession*>(place);
}

net::PeerAddress numbered(unsigned number) {
  return *net::PeerAddress::parse("192.0.2." + std::to_string(number));
}

struct StrangersTest : testing::Test {
  Stranger& open(unsigned address, std::size_t bytes = 100) {
    return strangers.add(nobody(), numbered(address), bytes, now += seconds(1));
  }
  Stranger& open_unclaimed(std::string_view sid, Handshake handshake) {
    const auto address = *net::PeerAddress::parse(handshake.address());
    strangers.add(sid, address, std::move(handshake), now += seconds(1));
    return *strangers.unclaimed(sid);
  }
  Instant now{};
  Strangers strangers{3};
};

TEST_F(StrangersTest, GoTheOldestFirstWhenThereAreTooMany) {
  Stranger& first = open(1);
  Stranger& second = open(1);
  open(1);
  EXPECT_EQ(strangers.victim(), nullptr);
  open(1);
  EXPECT_EQ(strangers.victim(), &first);
  strangers.remove(first);
  EXPECT_EQ(strangers.victim(), nullptr);
  EXPECT_EQ(strangers.oldest(), &second);
}

TEST_F(StrangersTest, GoFirstOfTheAddressThatHasMost) {
  open(1);
  const Stranger& flooding = open(2);
  open(2), open(2);
  EXPECT_EQ(strangers.victim(), &flooding);
}

TEST_F(StrangersTest, GoWhenTheyHoldTooMuch) {
  const Stranger& first = open(1, 2000);
  EXPECT_EQ(strangers.victim(), nullptr);
  open(1, 2000);
  EXPECT_EQ(strangers.victim(), &first);
}

TEST_F(StrangersTest, KnowWhenTheyWereOpenedHoweverLongTheServerRuns) {
  now = Instant(milliseconds((std::int64_t{1} << 32) - 500));  // where the count of milliseconds begins anew
  const Stranger& stranger = open(1);
  EXPECT_EQ(Strangers::opened(stranger, now + seconds(40)), now);
}

TEST_F(StrangersTest, AreFoundByTheirIdsUntilTheyAreClaimed) {
  Stranger& stranger = open_unclaimed("one", {"192.0.2.1", false, {}, {}});
  EXPECT_EQ(strangers.unclaimed("two"), nullptr);
  EXPECT_EQ(strangers.any_unclaimed(), &stranger);
  EXPECT_EQ(stranger.session(), nullptr);
  strangers.claim(stranger, nobody());
  EXPECT_EQ(strangers.unclaimed("one"), nullptr);
  EXPECT_EQ(strangers.any_unclaimed(), nullptr);
  EXPECT_EQ(stranger.session(), &nobody());
  EXPECT_EQ(strangers.size(), 1U);
  strangers.remove(stranger);
  EXPECT_EQ(strangers.size(), 0U);
}

TEST_F(StrangersTest, GoUnclaimedToo) {
  Stranger& first = open_unclaimed("one", {"192.0.2.1", false, {}, {}});
  open(1), open(1), open(1);
  EXPECT_EQ(strangers.victim(), &first);
  strangers.remove(first);
  EXPECT_EQ(strangers.unclaimed("one"), nullptr);
}

TEST_F(StrangersTest, KeepTheirHandshakeUntilTheyAreClaimed) {
  const Handshake with_token("2001:db8::7", false, "token=x", {{"cookie", "jwt=y"}}, false);
  const Handshake of_claimed = Strangers::take_handshake(open_unclaimed("one", with_token));
  EXPECT_EQ(of_claimed.address(), "2001:db8::7");
  EXPECT_FALSE(of_claimed.secure());
  EXPECT_FALSE(of_claimed.address_certain());
  EXPECT_EQ(of_claimed.query(), "token=x");
  EXPECT_EQ(of_claimed.cookie("jwt"), "y");
  const Handshake bare = Strangers::take_handshake(open_unclaimed("two", {"192.0.2.1", true, {}, {}}));
  EXPECT_EQ(bare.address(), "192.0.2.1");
  EXPECT_TRUE(bare.secure());
  EXPECT_TRUE(bare.address_certain());
  EXPECT_EQ(bare.query(), "");
}

TEST(PatienceWithStrangers, IsShortWhileMemoryIsScarce) {
  using Memory = base::MemoryLevel;
  EXPECT_EQ(patience_with_strangers(seconds(45), Memory::plenty), seconds(45));
  EXPECT_EQ(patience_with_strangers(seconds(45), Memory::scarce), seconds(5));
  EXPECT_EQ(patience_with_strangers(seconds(45), Memory::full), seconds(5));
}

TEST(PatienceWithStrangers, IsNeverLongerThanItIsWithPlentyOfMemory) {
  EXPECT_EQ(patience_with_strangers(milliseconds(20), base::MemoryLevel::scarce), milliseconds(20));
}

}  // namespace
}  // namespace rollcall::server
