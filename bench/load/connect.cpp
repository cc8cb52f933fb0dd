#include "load/connect.hpp"

#include "load/process.hpp"

namespace rollcall::load {

Connect::Connect(const Options& options, Control& control, unsigned process)
    : Mode(options, control, process),
      total_(share(options.connections)),
      first_(first(options.connections)) {
  tokens_.reserve(total_);
  for (std::uint32_t i = 0; i < total_; ++i) tokens_.push_back(token(user("connect", first_ + i)));
}

void Connect::work(std::uint64_t) {
  while (begun_ < total_ && begun_ - over_ < options_.window && !control_.has_failed()) {
    swarm_.open(kHeld, first_ + begun_, std::move(tokens_[begun_]));
    ++begun_;
  }
  if (over_ == total_) report_.done = true;
}

void Connect::up(Client& client) {
  record(client.started_ns, now_ns());
  swarm_.goodbye(client);
  swarm_.close(client);
  ++over_;
  work(0);
}

}  // namespace rollcall::load
