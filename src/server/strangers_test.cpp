#include "server/strangers.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "server/socket_server.hpp"

namespace rollcall::server {
namespace {

// Entries only: they are never asked for what their peer is.
Peer& nobody() {
  alignas(Peer) static std::byte place[sizeof(Peer)];
  return *reinterpret_cast<Peer*>(place);
}

struct StrangersTest : testing::Test {
  const Stranger& open(std::uint64_t address, std::size_t bytes = 100) {
    all.push_back(std::make_unique<Stranger>(strangers, nobody(), address, bytes, now += seconds(1)));
    return *all.back();
  }
  Instant now{};
  Strangers strangers{3};
  std::vector<std::unique_ptr<Stranger>> all;
};

TEST_F(StrangersTest, GoTheOldestFirstWhenThereAreTooMany) {
  const Stranger& first = open(1);
  open(1), open(1);
  EXPECT_EQ(strangers.victim(), nullptr);
  const Stranger& second = *all[1];
  open(1);
  EXPECT_EQ(strangers.victim(), &first);
  all.erase(all.begin());
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

}  // namespace
}  // namespace rollcall::server
