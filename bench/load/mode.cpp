#include "load/mode.hpp"

#include <chrono>

#include "load/churn.hpp"
#include "load/connect.hpp"
#include "load/fanout.hpp"
#include "load/idle.hpp"
#include "load/process.hpp"
#include "load/query.hpp"
#include "rollcall/tokens.hpp"

namespace rollcall::load {
namespace {

constexpr double kNanosecondsPerSecond = 1e9;

}  // namespace

Mode::Mode(const Options& options, Control& control, unsigned process)
    : options_(options),
      control_(control),
      process_(process),
      report_(control.reports[process]),
      swarm_(options, control, report_, *this) {
  swarm_.watch(control.wake[process]);
}

void Mode::run() {
  bool started = false;
  while (!control_.has_failed()) {
    const Phase phase = control_.now();
    if (phase == Phase::ramp) {
      ramp();
    } else if (phase != Phase::stop) {
      if (!started) ready();
      started = true;
      work(now_ns());
    } else if (finished()) {
      break;
    }
    swarm_.turn(patience_ms());
    watch_progress(now_ns());
  }
}

void Mode::ramp() {
  while (ramp_next_ < ramp_size_ && ramp_next_ - ramp_up_ < options_.window && !control_.has_failed()) {
    ramp_client(ramp_next_++);
  }
  if (ramp_up_ == ramp_size_) report_.ready = true;
}

void Mode::on_up(Client& client) {
  if (report_.ready) return up(client);
  ++ramp_up_;
}

// If packets are expected but none arrive for a long time, none will.
void Mode::watch_progress(std::uint64_t now) {
  const std::uint64_t packets = report_.get(Count::packets);
  const bool ramping = control_.now() == Phase::ramp;
  if (packets != progress_ || progress_ns_ == 0 || !(ramping ? !report_.ready : waiting())) {
    progress_ = packets;
    progress_ns_ = now;
  } else if (static_cast<double>(now - progress_ns_) > options_.patience * kNanosecondsPerSecond) {
    control_.fail(ramping ? "the server stopped answering with " + std::to_string(ramp_up_) + " of " +
                                std::to_string(ramp_size_) + " connections up"
                          : missing());
  }
}

std::uint32_t Mode::first(std::uint32_t total) const {
  return static_cast<std::uint32_t>(std::uint64_t{total} * process_ / options_.processes);
}

std::uint32_t Mode::share(std::uint32_t total) const {
  return static_cast<std::uint32_t>(std::uint64_t{total} * (process_ + 1) / options_.processes) -
         first(total);
}

// The length of a typical id, for realistic frame sizes.
std::string Mode::user(std::string_view kind, std::uint32_t number) const {
  std::string digits = std::to_string(number);
  return std::string(kind) + "-" + options_.salt + "-" +
         std::string(6 - std::min<std::size_t>(6, digits.size()), '0') + digits;
}

std::string Mode::token(std::string_view user_id) const {
  const WallTime now(
      std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()));
  Claims claims;
  claims.subject = user_id;
  claims.email = claims.subject + "@example.com";
  claims.role = "member";
  claims.expires_at = now + std::chrono::hours(24);
  return sign_hs256(claims, options_.secret, now);
}

std::unique_ptr<Mode> make_mode(const Options& options, Control& control, unsigned process) {
  const std::string& mode = options.mode;
  if (mode == "connect") return std::make_unique<Connect>(options, control, process);
  if (mode == "idle") return std::make_unique<Idle>(options, control, process);
  if (mode == "fanout") return std::make_unique<Fanout>(options, control, process);
  if (mode == "churn") return std::make_unique<Churn>(options, control, process);
  return std::make_unique<Query>(options, control, process);
}

}  // namespace rollcall::load
