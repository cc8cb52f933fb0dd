// fanout: every change of a user goes to all listeners, and each delivery is checked.
//
// A changer has a slot in the shared memory. Its connection comes up (to all listeners: user-online), says
// goodbye (user-offline), and makes place for the next. A change begins when every listener has the
// changer's last one, so `inflight` changers make that many changes at a time. Workers other than the
// changer's own count its deliveries in the slot, and wake the owner with the last.
#pragma once

#include <string>
#include <vector>

#include "load/ledger.hpp"
#include "load/mode.hpp"

namespace rollcall::load {

class Fanout : public Mode {
 public:
  Fanout(const Options& options, Control& control, unsigned process);
  void on_armed(Client& client) override;
  void on_packet(Client& client, const Packet& packet, std::uint64_t now) override;

 private:
  struct Changer {
    Client* client = nullptr;
    bool armed = false;  // connected, and CONNECT not sent yet
    bool up = false;
    std::string token;
    std::uint32_t users = 0;  // that it has been
  };

  void ramp_client(std::uint32_t index) override;
  void ready() override;
  void work(std::uint64_t now) override;
  void up(Client& client) override;
  bool finished() override;
  bool waiting() const override;
  std::string missing() const override;

  bool mine(std::uint32_t slot) const { return slot % options_.processes == process_; }
  bool pending(std::uint32_t slot) const;
  void connect(std::uint32_t slot);
  void check(std::uint32_t slot);  // has its change arrived everywhere?
  void completed(std::uint32_t slot);
  void change(std::uint32_t slot);
  void trigger(std::uint32_t slot, bool online);
  void delivered(Client& client, std::uint32_t slot, bool online, std::uint64_t now);

  const std::string changer_prefix_;
  const std::uint32_t listeners_, first_listener_;
  Ledger ledger_;
  std::vector<Changer> changers_;
  std::uint64_t quiet_since_ = 0;
};

}  // namespace rollcall::load
