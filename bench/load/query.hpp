// query and heartbeat: requests with acknowledgements, `inflight` at a time on each connection or at a
// fixed rate over all; every answer is checked.
//
// A bare loop (--dialect floor) echoes the request, which is then the answer that is checked.
#pragma once

#include <string>
#include <vector>

#include "load/mode.hpp"

namespace rollcall::load {

class Query : public Mode {
 public:
  Query(const Options& options, Control& control, unsigned process);
  void on_packet(Client& client, const Packet& packet, std::uint64_t now) override;

 private:
  struct Pending {
    std::uint64_t sent_ns = 0;
    std::uint32_t id = 0;
    std::uint32_t payload = 0;
    bool open = false;
  };
  // A request, and what a correct answer contains.
  struct Payload {
    std::string json;  // the event's array
    std::string user;  // check-user-status: the user in the answer
  };

  void ramp_client(std::uint32_t index) override;
  void ready() override;
  void work(std::uint64_t now) override;
  bool finished() override { return outstanding_ == 0; }
  bool waiting() const override { return outstanding_ > 0; }
  std::string missing() const override;
  int patience_ms() const override { return options_.rate > 0 ? 1 : 10; }

  void make_payloads();
  std::string user_number(std::uint32_t n) const;  // online users first, then others
  void ask(Client& client, std::uint32_t slot);
  bool ask_any();
  void check(Client& client, const Pending& pending, std::string_view answer);
  std::string_view fault_of(const Payload& payload, std::string_view answer, bool thoroughly) const;

  const std::uint32_t askers_, idle_, online_users_;
  std::vector<Client*> clients_;
  std::vector<Pending> pending_;  // `inflight` per asker; the index is the ack id modulo `inflight`
  std::vector<Payload> payloads_;
  std::uint32_t next_payload_ = 0;
  std::uint64_t outstanding_ = 0, answered_ = 0;
  std::uint64_t started_ns_ = 0, asked_ = 0;
  std::string scratch_;
};

}  // namespace rollcall::load
