#include "server/strangers.hpp"

namespace rollcall::server {

Stranger::Stranger(Strangers& owner, Peer& peer, std::uint64_t address, std::size_t bytes, Instant opened)
    : owner_(owner), peer_(peer), address_(address), bytes_(bytes), opened_(opened) {
  owner_.list_.push_back(*this);
  owner_.bytes_ += bytes_;
  ++owner_.by_address_[address_];
}

Stranger::~Stranger() {
  owner_.list_.erase(owner_.list_.iterator_to(*this));
  owner_.bytes_ -= bytes_;
  const auto count = owner_.by_address_.find(address_);
  if (--count->second == 0) owner_.by_address_.erase(count);
}

const Stranger* Strangers::victim() const {
  if (list_.size() <= most_ && bytes_ <= most_ * kBytesEach) return nullptr;
  const Stranger* chosen = nullptr;
  std::uint32_t most = 0;
  int considered = 0;
  for (const Stranger& stranger : list_) {
    if (++considered > kConsidered) break;
    const std::uint32_t its = by_address_.find(stranger.address_)->second;
    if (its <= most) continue;
    most = its;
    chosen = &stranger;
  }
  return chosen;
}

}  // namespace rollcall::server
