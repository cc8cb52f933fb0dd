// connect: opens connections one after the other, or `window` at a time, and closes them with a goodbye.
#pragma once

#include <vector>

#include "load/mode.hpp"

namespace rollcall::load {

class Connect : public Mode {
 public:
  Connect(const Options& options, Control& control, unsigned process);
  void on_packet(Client&, const Packet&, std::uint64_t) override { report_.add(Count::others); }

 private:
  void ramp_client(std::uint32_t) override {}
  void work(std::uint64_t now) override;
  void up(Client& client) override;
  bool waiting() const override { return begun_ > over_; }

  const std::uint32_t total_, first_;
  std::uint32_t begun_ = 0, over_ = 0;
  std::vector<std::string> tokens_;  // made in advance: signing is not measured
};

}  // namespace rollcall::load
