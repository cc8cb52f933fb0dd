// Tokens that wait to be verified, because this turn of the worker has spent its time on others: each address
// in turn, so that a flood from one delays the others little.
//
// One a worker. Pure: time comes in, what it is to do is given with each. Bounds: an entry a pending CONNECT,
// which a session has one of for each namespace at most. Not thread-safe.
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
  // The next one: that of the address behind the one whose turn it was last.
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
