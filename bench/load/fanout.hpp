// fanout: every change of a user goes to all listeners, and each delivery is checked.
//
// A changer has a slot in shared memory. Its connection opens (all listeners get user-online), says goodbye
// (user-offline), and is replaced by the next. A change starts once all listeners have received the changer's
// last one, so `inflight` changers keep that many changes in flight. Workers other than the changer's own
// count its deliveries in the slot, and wake the owner with the last.
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
    bool armed = false;  // connected, but CONNECT not sent
    bool up = false;
    std::string token;
    std::uint32_t users = 0;  // users so far
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
  void check(std::uint32_t slot);  // checks whether its change has arrived everywhere
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
