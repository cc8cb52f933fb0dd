#include "base/signal_mask.hpp"

#include <gtest/gtest.h>

#include <array>

namespace rollcall::base {
namespace {

bool is_blocked(int signal) {
  sigset_t now;
  pthread_sigmask(SIG_BLOCK, nullptr, &now);
  return sigismember(&now, signal) == 1;
}

TEST(SignalMask, BlocksOnlyTheSignalsItIsGiven) {
  const SignalsBlocked blocked(signal_set(std::array{SIGUSR1, SIGUSR2}));
  EXPECT_TRUE(is_blocked(SIGUSR1));
  EXPECT_TRUE(is_blocked(SIGUSR2));
  EXPECT_FALSE(is_blocked(SIGTERM));
}

TEST(SignalMask, RestoresTheMaskOfBefore) {
  const SignalsBlocked outer(signal_set(SIGUSR1));
  {
    const SignalsBlocked inner(all_signals());
    EXPECT_TRUE(is_blocked(SIGTERM));
  }
  EXPECT_TRUE(is_blocked(SIGUSR1));
  EXPECT_FALSE(is_blocked(SIGTERM));
}

TEST(SignalMask, StaysBlockedWithoutAGuard) {
  const SignalsBlocked restores(signal_set(std::span<const int>()));
  block_signals(signal_set(SIGUSR2));
  EXPECT_TRUE(is_blocked(SIGUSR2));
}

}  // namespace
}  // namespace rollcall::base
