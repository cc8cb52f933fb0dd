// The people: they join, watch others, answer pings, send requests, leave and come back, and check what they
// receive.
//
// Only the server's turns are timed, not the people's own work.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "rollcall/time.hpp"
#include "sham/host.hpp"

namespace rollcall::million {

inline constexpr milliseconds kPingInterval{25'000};

// What the server has sent so far.
struct Totals {
  std::uint64_t frames = 0, bytes = 0, sends = 0;
  std::uint64_t greetings = 0;  // `connected`
  std::uint64_t pings = 0;
  std::uint64_t changes = 0;  // user-online and user-offline
  std::uint64_t answers = 0;  // acknowledgements that say "ok"
  std::uint64_t others = 0;   // open packets, answers to CONNECT, offsets for recovery
  std::uint64_t faults = 0;   // refusals, closes, broken frames
};

class Crowd {
 public:
  // Each person watches the `watched` people after them.
  Crowd(sham::Host& host, std::size_t most_people, std::size_t watched);

  std::size_t size() const { return people_; }
  // As many people at a time as one turn of the loop handles.
  void grow_to(std::size_t people);
  void watch(std::size_t from, std::size_t to);
  // `count` people, who do not watch each other, leave with a goodbye or come back.
  void leave(std::size_t count);
  void come_back();
  // One `check-user-status` per person, or one page of 100 online people.
  void ask(std::size_t count);
  void ask_lists(std::size_t count);
  // Time passes; all pings are answered.
  void pass(milliseconds time);
  // How many of these there are.
  std::size_t changers() const { return people_ / (watched_ * 2); }

  const Totals& totals() const { return totals_; }
  // CPU time of the server's turns so far.
  double server_seconds() const { return server_seconds_; }

 private:
  void join(std::size_t from, std::size_t to, std::size_t stride);
  void turns(bool until_quiet);
  void hear();
  void hear(int descriptor, std::string_view bytes);
  void hear_packet(int descriptor, std::string_view text);
  void ask(std::size_t count, const std::function<std::string(std::size_t)>& question);
  std::string watch_frame(std::size_t person) const;

  sham::Host& host_;
  std::size_t watched_;
  std::size_t people_ = 0;
  std::vector<int> descriptors_;  // by person
  std::size_t first_away_ = 0;    // among the changers, who take turns
  std::size_t away_ = 0;
  std::uint64_t asked_ = 0;
  Totals totals_;
  double server_seconds_ = 0;
  std::string pong_;
};

}  // namespace rollcall::million
