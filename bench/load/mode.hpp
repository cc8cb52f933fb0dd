// One worker's part of a run. Each mode derives from this; the worker's loop calls it.
//
// A mode first opens its connections, `window` at a time (the ramp), then works until the phase is `stop`,
// then finishes its work in flight.
#pragma once

#include <memory>
#include <string>

#include "load/control.hpp"
#include "load/options.hpp"
#include "load/swarm.hpp"

namespace rollcall::load {

// Client roles that several modes share.
enum Role : std::uint8_t { kHeld, kListener, kChanger, kAsker };

class Mode : public Handler {
 public:
  Mode(const Options& options, Control& control, unsigned process);

  // The loop of a worker, from the ramp to the end of the run.
  void run();

  void on_up(Client& client) override;

 protected:
  virtual void ready() {}                             // all ramps are over
  virtual void work(std::uint64_t /*now*/) {}         // once per turn, from `go` until `stop`
  virtual bool finished() { return true; }            // once per turn after `stop`
  virtual void up(Client& /*client*/) {}              // a client outside the ramp
  virtual void ramp_client(std::uint32_t index) = 0;  // opens the index-th client of the ramp
  virtual int patience_ms() const { return 10; }      // how long a turn may wait for events
  virtual bool waiting() const { return false; }      // whether something is due from the server
  // What is due from the server, for the error message.
  virtual std::string missing() const { return "the server stopped answering"; }

  // This worker's even share of `total`: how many, and the first.
  std::uint32_t share(std::uint32_t total) const;
  std::uint32_t first(std::uint32_t total) const;
  std::string user(std::string_view kind, std::uint32_t number) const;
  std::string token(std::string_view user_id) const;
  bool measuring() const { return control_.now() == Phase::measure; }
  void record(std::uint64_t since, std::uint64_t now) {
    if (measuring()) report_.latency.add(now - since);
  }

  const Options& options_;
  Control& control_;
  const unsigned process_;
  Report& report_;
  Swarm swarm_;
  std::uint32_t ramp_size_ = 0;

 private:
  void ramp();
  void watch_progress(std::uint64_t now);

  std::uint32_t ramp_next_ = 0, ramp_up_ = 0;
  std::uint64_t progress_ = 0, progress_ns_ = 0;
};

std::unique_ptr<Mode> make_mode(const Options& options, Control& control, unsigned process);

}  // namespace rollcall::load
