// A timer with a function, where a class is not worth it. The destructor disarms it.
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
