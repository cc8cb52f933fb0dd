// idle: connections that do nothing but answer pings.
#pragma once

#include "load/mode.hpp"

namespace rollcall::load {

class Idle : public Mode {
 public:
  Idle(const Options& options, Control& control, unsigned process) : Mode(options, control, process) {
    ramp_size_ = share(options.connections);
  }
  void on_packet(Client&, const Packet&, std::uint64_t) override { report_.add(Count::others); }

 private:
  void ramp_client(std::uint32_t index) override {
    const std::uint32_t number = first(options_.connections) + index;
    swarm_.open(kHeld, number, token(user("idle", number / options_.per_user)));
  }
};

}  // namespace rollcall::load
