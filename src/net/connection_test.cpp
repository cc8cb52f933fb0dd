#include "net/connection.hpp"

#include <gtest/gtest.h>
#include <netinet/tcp.h>

#include "net/test_peer.hpp"

namespace rollcall::net {
namespace {

using namespace test;

std::string pattern(std::size_t size) {
  std::string out(size, '\0');
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<char>('a' + (i * 31 + i / 251) % 26);
  return out;
}

// The accepted socket is the one whose peer is the client's address.
int server_socket(const Accepted& accepted) {
  sockaddr_in client{};
  socklen_t size = sizeof client;
  getsockname(accepted.peer->descriptor(), reinterpret_cast<sockaddr*>(&client), &size);
  for (int descriptor = 3; descriptor < 256; ++descriptor) {
    sockaddr_in other{};
    size = sizeof other;
    if (getpeername(descriptor, reinterpret_cast<sockaddr*>(&other), &size) != 0) continue;
    if (other.sin_family == AF_INET && other.sin_port == client.sin_port) return descriptor;
  }
  return -1;
}

TEST(Connection, EchoesWhatAClientSends) {
  Loop loop;
  Accepted accepted(loop);
  accepted.handler.bytes_hook = [&](std::span<char> got) {
    accepted.connection->send(std::string(got.data(), got.size()));
  };
  accepted.peer->write("hello");
  EXPECT_TRUE(turn_until(loop, [&] { return accepted.peer->read(), accepted.peer->received.size() == 5; }));
  EXPECT_EQ(accepted.peer->received, "hello");
}

TEST(Connection, KnowsWhereItsPeerIs) {
  Loop loop;
  Accepted accepted(loop);
  EXPECT_EQ(accepted.connection->peer_address(), "127.0.0.1");
  EXPECT_FALSE(accepted.connection->secure());
}

TEST(Connection, LetsTheHandlerChangeTheBytesInPlace) {
  Loop loop;
  Pair pair(loop);
  pair.handler.bytes_hook = [](std::span<char> got) { std::fill(got.begin(), got.end(), 'x'); };
  pair.peer->write("abc");
  EXPECT_TRUE(turn_until(loop, [&] { return !pair.handler.bytes.empty(); }));
  EXPECT_EQ(pair.handler.bytes, "abc");
}

TEST(Connection, SendsNothingBeforeTheEndOfTheTurn) {
  Loop loop;
  Pair pair(loop);
  std::string seen_inside;
  pair.handler.bytes_hook = [&](std::span<char>) {
    pair.connection->send(frame("later"));
    pair.peer->read();
    seen_inside = pair.peer->received;
  };
  pair.peer->write("x");
  EXPECT_TRUE(turn_until(loop, [&] { return pair.peer->read(), pair.peer->received == "later"; }));
  EXPECT_EQ(seen_inside, "");
}

TEST(Connection, KeepsTheOrderOfFramesAndStrings) {
  Loop loop;
  Pair pair(loop);
  std::string expected;
  for (int i = 0; i < 500; ++i) {
    const std::string text = std::to_string(i) + ";";
    expected += text;
    i % 2 == 0 ? pair.connection->send(frame(text)) : pair.connection->send(text);
  }
  loop.turn(milliseconds(0));
  EXPECT_TRUE(
      turn_until(loop, [&] { return pair.peer->read(), pair.peer->received.size() >= expected.size(); }));
  EXPECT_EQ(pair.peer->received, expected);
}

TEST(Connection, FinishesMessagesThatTheSocketTakesInParts) {
  Loop loop;
  Accepted accepted(loop, 64 << 20, 4096);
  const int send_buffer = 4096;
  setsockopt(server_socket(accepted), SOL_SOCKET, SO_SNDBUF, &send_buffer, sizeof send_buffer);
  const std::string big = pattern(400'000);
  const std::string second = pattern(70'001);
  accepted.connection->send(frame(big));
  accepted.connection->send(frame(second));
  accepted.connection->send(std::string("end"));
  loop.turn(milliseconds(0));
  EXPECT_GT(accepted.connection->backlog(), 0U);
  const std::size_t total = big.size() + second.size() + 3;
  EXPECT_TRUE(turn_until(
      loop, [&] { return accepted.peer->read(65'536), accepted.peer->received.size() == total; }, 20'000));
  EXPECT_TRUE(accepted.peer->received == big + second + "end");
  EXPECT_EQ(accepted.connection->backlog(), 0U);
  EXPECT_TRUE(accepted.handler.closed.empty());
}

TEST(Connection, DoesNotCountTheMessageBeingWrittenAsBacklog) {
  Loop loop;
  Accepted accepted(loop, 1000, 4096);
  accepted.connection->send(frame(pattern(8'000'000)));
  loop.turn(milliseconds(0));
  EXPECT_EQ(accepted.connection->backlog(), 0U);
  EXPECT_TRUE(accepted.handler.closed.empty());
  accepted.connection->send(frame(pattern(1000)));
  loop.turn(milliseconds(0));
  EXPECT_EQ(accepted.connection->backlog(), 1000U);
  EXPECT_TRUE(accepted.handler.closed.empty());
}

TEST(Connection, DoesNotLetMoreThanTheLimitPileUpInOneTurn) {
  Loop loop;
  Accepted accepted(loop, 100'000, 4096);
  for (int i = 0; i < 1000; ++i) {
    accepted.connection->send(frame(pattern(60'000)));
    ASSERT_LE(accepted.connection->backlog(), 160'100U);
  }
  EXPECT_TRUE(accepted.connection->overflowing());
  EXPECT_TRUE(accepted.handler.closed.empty()) << "not in the middle of a turn";
  loop.turn(milliseconds(0));
  ASSERT_EQ(accepted.handler.closed.size(), 1U);
  EXPECT_EQ(accepted.handler.closed[0], CloseCause::overflow);
}

TEST(Connection, TakesInOneTurnWhatThePeerReadsThoughItIsMoreThanTheLimit) {
  Loop loop;
  Accepted accepted(loop, 1000);
  std::string sent;
  for (int i = 0; i < 50; ++i) {
    sent += pattern(900);
    accepted.connection->send(frame(pattern(900)));
  }
  EXPECT_FALSE(accepted.connection->overflowing());
  EXPECT_TRUE(turn_until(
      loop, [&] { return accepted.peer->read(65'536), accepted.peer->received.size() == sent.size(); }));
  EXPECT_TRUE(accepted.peer->received == sent);
}

TEST(Connection, ClosesAPeerThatDoesNotReadWhenTheBacklogPassesItsLimit) {
  Loop loop;
  Accepted accepted(loop, 1000, 4096);
  accepted.connection->send(frame(pattern(8'000'000)));
  loop.turn(milliseconds(0));
  accepted.connection->send(frame(pattern(1001)));
  loop.turn(milliseconds(0));
  ASSERT_EQ(accepted.handler.closed.size(), 1U);
  EXPECT_EQ(accepted.handler.closed[0], CloseCause::overflow);
  EXPECT_EQ(loop.connections(), 0U);
}

TEST(Connection, DoesNotOverflowByAmountsThatTheSocketTakesAtOnce) {
  Loop loop;
  Pair pair(loop, 10);
  for (int i = 0; i < 100; ++i) pair.connection->send(frame("0123456789"));
  loop.turn(milliseconds(0));
  EXPECT_TRUE(pair.handler.closed.empty());
  EXPECT_TRUE(turn_until(loop, [&] { return pair.peer->read(), pair.peer->received.size() == 1000; }));
}

TEST(Connection, TellsOfAHalfCloseOnceAndStillSendsItsAnswer) {
  Loop loop;
  Accepted accepted(loop);
  accepted.handler.end_hook = [&] {
    accepted.connection->send(std::string("goodbye"));
    accepted.connection->close_after_flush();
  };
  accepted.peer->write("question");
  accepted.peer->half_close();
  EXPECT_TRUE(turn_until(loop, [&] { return accepted.peer->read(), accepted.peer->eof; }));
  EXPECT_EQ(accepted.handler.bytes, "question");
  EXPECT_EQ(accepted.handler.ends, 1);
  EXPECT_EQ(accepted.peer->received, "goodbye");
  EXPECT_TRUE(turn_until(loop, [&] { return loop.connections() == 0; }));
  EXPECT_EQ(accepted.handler.closed.size(), 1U);
}

TEST(Connection, TellsOfAResetAsItsLastCall) {
  Loop loop;
  Accepted accepted(loop);
  accepted.peer->close_with_reset();
  EXPECT_TRUE(turn_until(loop, [&] { return !accepted.handler.closed.empty(); }));
  EXPECT_EQ(accepted.handler.closed.size(), 1U);
  EXPECT_NE(accepted.handler.closed[0], CloseCause::local);
  EXPECT_EQ(accepted.handler.ends, 0);
  EXPECT_EQ(loop.connections(), 0U);
}

TEST(Connection, SurvivesAPeerThatIsGoneWhenItWrites) {
  Loop loop;
  Pair pair(loop);
  pair.peer->close();
  pair.connection->send(frame("nobody reads this"));
  EXPECT_TRUE(turn_until(loop, [&] { return loop.connections() == 0; }));
  EXPECT_EQ(pair.handler.closed.size(), 1U);
}

TEST(Connection, IsSmall) {
  EXPECT_LE(sizeof(Connection), 160U);
}

TEST(Connection, SendsWithoutDelay) {
  Loop loop;
  Accepted accepted(loop);
  const int descriptor = server_socket(accepted);
  ASSERT_GE(descriptor, 0);
  int on = 0;
  socklen_t size = sizeof on;
  getsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, &size);
  EXPECT_NE(on, 0);
}

}  // namespace
}  // namespace rollcall::net
