#include "net/listener.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "net/test_peer.hpp"

namespace rollcall::net {
namespace {

using namespace test;

ListenerOptions at(std::string address) {
  ListenerOptions options;
  options.address = std::move(address);
  return options;
}

// All descriptors but `free` of them are taken while it lives.
class FewDescriptors {
 public:
  explicit FewDescriptors(std::size_t free) {
    getrlimit(RLIMIT_NOFILE, &before_);
    // dup() takes every free descriptor below the limit, which is lowered to keep that short.
    rlimit low = before_;
    low.rlim_cur = 128;
    setrlimit(RLIMIT_NOFILE, &low);
    for (int descriptor = ::dup(2); descriptor >= 0; descriptor = ::dup(2)) taken_.push_back(descriptor);
    for (; free > 0; --free) {
      ::close(taken_.back());
      taken_.pop_back();
    }
  }
  ~FewDescriptors() {
    for (int descriptor : taken_) ::close(descriptor);
    setrlimit(RLIMIT_NOFILE, &before_);
  }

 private:
  rlimit before_{};
  std::vector<int> taken_;
};

TEST(Listener, PicksAFreePortAndSaysWhich) {
  Loop loop;
  auto listener = Listener::open(loop, at("127.0.0.1:0"), [](Channel) {});
  ASSERT_TRUE(listener.ok());
  EXPECT_EQ((*listener)->address().rfind("127.0.0.1:", 0), 0U);
  EXPECT_NE((*listener)->address(), "127.0.0.1:0");
}

TEST(Listener, ListensOnAName) {
  Recorder handler;
  Loop loop;
  auto listener = Listener::open(loop, at("localhost:0"),
                                 [&](Channel c) { loop.adopt(std::move(c), 1 << 20).set_handler(&handler); });
  ASSERT_TRUE(listener.ok()) << listener.error();
  const auto client = Peer::connect((*listener)->address());
  ASSERT_NE(client, nullptr);
  EXPECT_TRUE(turn_until(loop, [&] { return loop.connections() == 1; }));
}

TEST(Listener, RefusesWhatIsNoAddressWithAReason) {
  Loop loop;
  for (const char* text : {"", "3000", "localhost", "localhost:http3", "no.such.host.invalid:0", "[::1"}) {
    auto listener = Listener::open(loop, at(text), [](Channel) {});
    ASSERT_FALSE(listener.ok()) << text;
    EXPECT_FALSE(listener.error().empty());
  }
}

TEST(Listener, SaysThatAPortIsTaken) {
  Loop loop;
  auto first = Listener::open(loop, at("127.0.0.1:0"), [](Channel) {});
  ASSERT_TRUE(first.ok());
  auto second = Listener::open(loop, at((*first)->address()), [](Channel) {});
  ASSERT_FALSE(second.ok());
  EXPECT_NE(second.error().find((*first)->address()), std::string::npos);
}

TEST(Listener, AcceptsMoreThanOneTurnsWorth) {
  Recorder handler;
  Loop loop;
  int accepted = 0;
  auto listener = Listener::open(loop, at("127.0.0.1:0"), [&](Channel channel) {
    loop.adopt(std::move(channel), 1 << 20).set_handler(&handler);
    ++accepted;
  });
  ASSERT_TRUE(listener.ok());
  std::vector<std::unique_ptr<Peer>> clients;
  for (int i = 0; i < 300; ++i) clients.push_back(Peer::connect((*listener)->address()));
  EXPECT_TRUE(turn_until(loop, [&] { return accepted == 300; }));
  EXPECT_EQ(loop.connections(), 300U);
}

TEST(Listener, AcceptsSlowlyIfItIsToldTo) {
  Recorder handler;
  Loop loop;
  std::unique_ptr<Listener> listener;
  int accepted = 0;
  auto opened = Listener::open(loop, at("127.0.0.1:0"), [&](Channel channel) {
    loop.adopt(std::move(channel), 1 << 20).set_handler(&handler);
    if (++accepted == 3) listener->accept_slowly(2);
  });
  ASSERT_TRUE(opened.ok());
  listener = std::move(*opened);
  std::vector<std::unique_ptr<Peer>> clients;
  for (int i = 0; i < 100; ++i) clients.push_back(Peer::connect(listener->address()));
  std::vector<int> by_turn;
  ASSERT_TRUE(turn_until(loop, [&] {
    by_turn.push_back(accepted);
    return accepted >= 40;
  }));
  for (std::size_t i = 1; i < by_turn.size(); ++i) EXPECT_LE(by_turn[i] - by_turn[i - 1], 2);
  listener->accept_slowly(0);
  EXPECT_TRUE(turn_until(
      loop, [&] { return accepted == 100; }, 8));
}

TEST(Listener, AcceptsNoMoreOnceClosed) {
  Recorder handler;
  Loop loop;
  std::unique_ptr<Listener> listener;
  auto opened = Listener::open(loop, at("127.0.0.1:0"), [&](Channel channel) {
    loop.adopt(std::move(channel), 1 << 20).set_handler(&handler);
    listener->close();
  });
  ASSERT_TRUE(opened.ok());
  listener = std::move(*opened);
  const std::string address = listener->address();
  const auto one = Peer::connect(address);
  const auto two = Peer::connect(address);
  EXPECT_TRUE(turn_until(loop, [&] { return loop.connections() == 1; }));
  loop.turn(milliseconds(5));
  EXPECT_EQ(loop.connections(), 1U);
  EXPECT_EQ(Peer::connect(address), nullptr);
}

TEST(Listener, TurnsClientsAwayWhenDescriptorsRunOutAndSaysSoOnce) {
  Recorder handler;
  Loop loop;
  int complaints = 0;
  ListenerOptions options = at("127.0.0.1:0");
  options.on_descriptors_exhausted = [&] { ++complaints; };
  auto listener = Listener::open(loop, options,
                                 [&](Channel c) { loop.adopt(std::move(c), 1 << 20).set_handler(&handler); });
  ASSERT_TRUE(listener.ok());
  // One turn with events before the descriptors go: a sanitizer needs some for what it sees first.
  const auto before = Peer::connect((*listener)->address());
  EXPECT_TRUE(turn_until(loop, [&] { return loop.connections() == 1; }));
  before->close();
  EXPECT_TRUE(turn_until(loop, [&] { return loop.connections() == 0; }));
  std::vector<std::unique_ptr<Peer>> clients;
  for (int i = 0; i < 3; ++i) clients.push_back(Peer::connect((*listener)->address()));
  {
    const FewDescriptors none(0);
    EXPECT_TRUE(turn_until(loop, [&] {
      int gone = 0;
      for (auto& client : clients) {
        client->read();
        gone += client->eof || client->reset ? 1 : 0;
      }
      return gone == 3;
    }));
  }
  EXPECT_EQ(complaints, 1);
  EXPECT_EQ((*listener)->turned_away(), 3U);
  EXPECT_TRUE((*listener)->turned_away_within(seconds(15), loop.now()));
  EXPECT_FALSE((*listener)->turned_away_within(seconds(15), loop.now() + seconds(16)));
  EXPECT_EQ(loop.connections(), 0U);
  // And it serves again as soon as there are some.
  const auto later = Peer::connect((*listener)->address());
  EXPECT_TRUE(turn_until(loop, [&] { return loop.connections() == 1; }));
}

// accept4() takes a descriptor before it looks whether anyone waits, so it fails either way.
TEST(Listener, TurnsNobodyAwayWhenTheLastDescriptorWentToTheLastClient) {
  Recorder handler;
  Loop loop;
  int complaints = 0;
  ListenerOptions options = at("127.0.0.1:0");
  options.on_descriptors_exhausted = [&] { ++complaints; };
  auto listener = Listener::open(loop, options,
                                 [&](Channel c) { loop.adopt(std::move(c), 1 << 20).set_handler(&handler); });
  ASSERT_TRUE(listener.ok());
  // From now on two are accepted a turn.
  const auto first = Peer::connect((*listener)->address());
  EXPECT_TRUE(turn_until(loop, [&] { return loop.connections() == 1; }));
  const auto last = Peer::connect((*listener)->address());
  {
    const FewDescriptors one(1);
    EXPECT_TRUE(turn_until(loop, [&] { return loop.connections() == 2; }));
  }
  EXPECT_EQ(complaints, 0);
  EXPECT_EQ((*listener)->turned_away(), 0U);
  // And does not pause: the next client is accepted in the next turn.
  const auto later = Peer::connect((*listener)->address());
  loop.turn(milliseconds(5));
  EXPECT_EQ(loop.connections(), 3U);
}

}  // namespace
}  // namespace rollcall::net
