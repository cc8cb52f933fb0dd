#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <set>
#include <thread>

#include "base/signal_mask.hpp"
#include "net/limits.hpp"
#include "net/random.hpp"
#include "net/signals.hpp"
#include "net/test_peer.hpp"

namespace rollcall::net {
namespace {

using namespace test;

TEST(Signals, ReachTheHandlerOnTheLoopsThread) {
  const base::SignalsBlocked restores_the_mask(base::signal_set(std::span<const int>()));
  Loop loop;
  std::vector<int> got;
  std::thread::id where;
  const Signals signals(loop, {SIGUSR1, SIGUSR2}, [&](int signal) {
    got.push_back(signal);
    where = std::this_thread::get_id();
  });
  kill(getpid(), SIGUSR1);
  EXPECT_TRUE(turn_until(loop, [&] { return got.size() == 1; }));
  kill(getpid(), SIGUSR2);
  EXPECT_TRUE(turn_until(loop, [&] { return got.size() == 2; }));
  EXPECT_EQ(got, (std::vector<int>{SIGUSR1, SIGUSR2}));
  EXPECT_EQ(where, std::this_thread::get_id());
}

TEST(Random, FillsTheWholeBuffer) {
  std::vector<char> bytes(10'000, '\0');
  random_bytes(bytes);
  // Zero in all of any sixteen neighbours would be a chance of 1 in 2^128.
  for (std::size_t at = 0; at + 16 <= bytes.size(); at += 16) {
    EXPECT_NE(std::string(bytes.data() + at, 16), std::string(16, '\0'));
  }
  random_bytes({});
}

TEST(Random, MakesIdsThatAreUrlSafeAndNeverTheSame) {
  std::set<std::string> ids;
  for (int i = 0; i < 2000; ++i) ids.insert(random_id(15));
  EXPECT_EQ(ids.size(), 2000U);
  for (const std::string& id : ids) {
    EXPECT_EQ(id.size(), 20U);
    EXPECT_EQ(id.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
              std::string::npos);
  }
}

TEST(Random, MakesIdsOfAnyLength) {
  EXPECT_EQ(random_id(0), "");
  EXPECT_EQ(random_id(1).size(), 2U);
  EXPECT_EQ(random_id(9000).size(), 12000U);
  EXPECT_NE(random_id(9000), random_id(9000));
}

TEST(Random, ThreadsDoNotShareIds) {
  std::vector<std::string> first(500), second(500);
  std::thread one([&] {
    for (auto& id : first) id = random_id(15);
  });
  std::thread two([&] {
    for (auto& id : second) id = random_id(15);
  });
  one.join();
  two.join();
  std::set<std::string> all(first.begin(), first.end());
  all.insert(second.begin(), second.end());
  EXPECT_EQ(all.size(), 1000U);
}

TEST(DescriptorLimit, IsRaisedToTheHardLimit) {
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  rlimit low = before;
  low.rlim_cur = 256;
  setrlimit(RLIMIT_NOFILE, &low);
  const DescriptorLimit limit = raise_descriptor_limit();
  EXPECT_EQ(limit.soft, before.rlim_max);
  EXPECT_EQ(limit.hard, before.rlim_max);
  setrlimit(RLIMIT_NOFILE, &before);
}

TEST(Limits, DescriptorsInUseAreCounted) {
  const std::size_t before = open_descriptors();
  EXPECT_GT(before, 0U);
  const int one = ::dup(2), two = ::dup(2);
  EXPECT_EQ(open_descriptors(), before + 2);
  ::close(one);
  ::close(two);
  EXPECT_EQ(open_descriptors(), before);
}

}  // namespace
}  // namespace rollcall::net
