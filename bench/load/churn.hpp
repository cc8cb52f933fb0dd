// churn: users come and go at a rate, with a goodbye or without, while watchers check that for each user
// "online" and "offline" alternate, and at the end that the last event each of them received is true.
//
// The real state is in shared memory: the watchers of one worker hear of the users of all workers.
#pragma once

#include <random>
#include <vector>

#include "load/mode.hpp"

namespace rollcall::load {

class Churn : public Mode {
 public:
  Churn(const Options& options, Control& control, unsigned process);
  void on_packet(Client& client, const Packet& packet, std::uint64_t now) override;

 private:
  struct User {
    Client* client = nullptr;  // null: away
    bool up = false;
    std::string token;
  };

  void ramp_client(std::uint32_t index) override;
  void work(std::uint64_t now) override;
  void up(Client& client) override;
  bool finished() override;
  bool waiting() const override { return joining_ > 0; }
  int patience_ms() const override { return 1; }

  void toggle(std::uint32_t index);
  void check_truth();
  std::string name(std::uint32_t watcher, std::uint32_t number) const;

  const std::string prefix_;
  const std::uint32_t watchers_, first_user_;
  std::vector<User> users_;         // of this worker
  std::vector<std::uint8_t> told_;  // by watcher and user of all workers: 1 for online
  std::mt19937 random_;
  std::uint64_t started_ns_ = 0, toggled_ = 0, joining_ = 0, quiet_since_ = 0;
};

}  // namespace rollcall::load
