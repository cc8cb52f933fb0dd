// Tokens that wait because the worker has already spent this turn's share of time on verifying others. The
// addresses take turns, so a flood from one hardly delays the others.
//
// One per worker. Pure: time is an argument, and each entry brings the function to call. Bounds: one entry
// per pending CONNECT, of which a session has at most one for each namespace. Not thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <utility>

#include "rollcall/time.hpp"

namespace rollcall::gateway {

class VerificationQueue {
 public:
  static constexpr microseconds kShare{2000};  // of a turn; at least one is verified

  // Whether one more may be verified in the turn that began at `turn`.
  bool may_verify(Instant turn) {
    if (turn != turn_) spent_ = microseconds(0);
    turn_ = turn;
    return spent_ < kShare;
  }
  void spent(microseconds time) { spent_ += time; }

  bool empty() const { return waiting_.empty(); }
  void wait(std::uint64_t address, std::function<void()> verify) {
    waiting_[address].push_back(std::move(verify));
  }
  // Takes the next one, from the address that follows the last one served.
  std::function<void()> next() {
    auto address = waiting_.upper_bound(last_);
    if (address == waiting_.end()) address = waiting_.begin();
    last_ = address->first;
    std::function<void()> verify = std::move(address->second.front());
    address->second.pop_front();
    if (address->second.empty()) waiting_.erase(address);
    return verify;
  }

 private:
  Instant turn_{};
  microseconds spent_{0};
  std::map<std::uint64_t, std::deque<std::function<void()>>> waiting_;
  std::uint64_t last_ = 0;
};

}  // namespace rollcall::gateway
