// A timer with a function, for the few that are not worth a class. Disarmed by its destruction.
#pragma once

#include <functional>
#include <utility>

#include "base/timing_wheel.hpp"

namespace rollcall::server {

class Deadline final : public base::Timer {
 public:
  explicit Deadline(std::function<void(Instant)> expired) : expired_(std::move(expired)) {}

 protected:
  void on_timer(Instant now) override {
    const auto expired = expired_;  // the call may destroy this timer
    expired(now);
  }

 private:
  std::function<void(Instant)> expired_;
};

}  // namespace rollcall::server
