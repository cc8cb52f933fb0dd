#include "net/listeners.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/test_peer.hpp"

namespace rollcall::net {
namespace {

using namespace test;

std::string port_of(const std::string& address) {
  return address.substr(address.rfind(':') + 1);
}

struct Open {
  explicit Open(const std::string& addresses)
      : opened(open_listeners(loop, addresses, {}, [this](Channel channel) {
          loop.adopt(std::move(channel), 1 << 20).set_handler(&handler);
        })) {}
  Recorder handler;
  Loop loop;
  Result<std::vector<std::unique_ptr<Listener>>, std::string> opened;
};

TEST(Listeners, ServeEveryAddressOnOnePortThatIsFreeOnAll) {
  Open open("127.0.0.1:0,127.0.0.2:0,127.0.0.3:0");
  ASSERT_TRUE(open.opened.ok()) << open.opened.error();
  ASSERT_EQ(open.opened->size(), 3U);
  std::vector<std::unique_ptr<Peer>> clients;
  for (const auto& listener : *open.opened) {
    EXPECT_EQ(port_of(listener->address()), port_of(open.opened->front()->address()));
    clients.push_back(Peer::connect(listener->address()));
  }
  EXPECT_TRUE(turn_until(open.loop, [&] { return open.loop.connections() == 3; }));
}

TEST(Listeners, TakeIpv4AndIpv6SideBySideAndEachAloneIsThatAlone) {
  Open both("0.0.0.0:0,[::]:0");
  ASSERT_TRUE(both.opened.ok()) << both.opened.error();
  if (both.opened->size() < 2) GTEST_SKIP() << "no IPv6 on this machine";
  const std::string port = port_of(both.opened->front()->address());
  EXPECT_NE(Peer::connect("127.0.0.1:" + port), nullptr);
  EXPECT_NE(Peer::connect("[::1]:" + port), nullptr);
  both.opened->front()->close();
  EXPECT_EQ(Peer::connect("127.0.0.1:" + port), nullptr);
  EXPECT_NE(Peer::connect("[::1]:" + port), nullptr);
}

TEST(Listeners, AreAllOpenOrNone) {
  Open taken("127.0.0.1:0");
  ASSERT_TRUE(taken.opened.ok());
  const std::string address = taken.opened->front()->address();
  Open second("127.0.0.2:" + port_of(address) + "," + address);
  ASSERT_FALSE(second.opened.ok());
  EXPECT_THAT(second.opened.error(), testing::HasSubstr(address));
  EXPECT_EQ(Peer::connect("127.0.0.2:" + port_of(address)), nullptr);
}

TEST(Listeners, AreNotMoreThanTheMost) {
  std::string many = "127.0.0.1:0";
  for (std::size_t i = 1; i <= kMostListeners; ++i) many += ",127.0.0.1:0";
  EXPECT_FALSE(Open(many).opened.ok());
}

}  // namespace
}  // namespace rollcall::net
