// A system without memory, or a watch of epoll, for one more connection. The test program is linked so that
// its calls of epoll_ctl come here (CMakeLists.txt).
#include <gtest/gtest.h>
#include <sys/epoll.h>

#include <cerrno>
#include <system_error>

#include "net/listener.hpp"
#include "net/loop.hpp"
#include "net/test_peer.hpp"

namespace rollcall::net {
namespace {

int refuse_with = 0;  // the error of each EPOLL_CTL_ADD; 0: none

}  // namespace
}  // namespace rollcall::net

extern "C" int __real_epoll_ctl(int epoll, int operation, int descriptor, epoll_event* event);
extern "C" int __wrap_epoll_ctl(int epoll, int operation, int descriptor, epoll_event* event) {
  if (operation != EPOLL_CTL_ADD || rollcall::net::refuse_with == 0) {
    return __real_epoll_ctl(epoll, operation, descriptor, event);
  }
  errno = rollcall::net::refuse_with;
  return -1;
}

namespace rollcall::net {
namespace {

using namespace test;

struct LoopWithoutWatches : testing::TestWithParam<int> {
  ~LoopWithoutWatches() override { refuse_with = 0; }

  Loop loop;
};
INSTANTIATE_TEST_SUITE_P(WatchErrors, LoopWithoutWatches, testing::Values(ENOSPC, ENOMEM));

TEST_P(LoopWithoutWatches, ClosesTheNewConnectionAndCountsIt) {
  refuse_with = GetParam();
  Pair refused(loop);
  EXPECT_TRUE(refused.handler.closed.empty());
  loop.turn(milliseconds(0));
  EXPECT_EQ(refused.handler.closed.size(), 1U);
  EXPECT_EQ(loop.connections(), 0U);
  EXPECT_EQ(loop.counters().unwatchable.value(), 1U);
}

TEST_P(LoopWithoutWatches, ServesTheOthersAndTheNextOnes) {
  Pair served(loop);
  refuse_with = GetParam();
  Pair refused(loop);
  refused.connection->send(std::string("lost"));
  loop.turn(milliseconds(0));
  refuse_with = 0;
  Pair next(loop);
  served.peer->write("a");
  next.peer->write("b");
  EXPECT_TRUE(turn_until(loop, [&] { return served.handler.bytes == "a" && next.handler.bytes == "b"; }));
}

TEST_P(LoopWithoutWatches, ThrowsWithWhatToDoWhereItCannotGoOn) {
  refuse_with = GetParam();
  try {
    ListenerOptions options;
    options.address = "127.0.0.1:0";
    const auto listener = Listener::open(loop, options, [](Channel) {});
    FAIL() << "it listens";
  } catch (const std::system_error& error) {
    EXPECT_NE(std::string(error.what()).find("fs.epoll.max_user_watches"), std::string::npos) << error.what();
    EXPECT_EQ(error.code().value(), GetParam());
  }
}

}  // namespace
}  // namespace rollcall::net
