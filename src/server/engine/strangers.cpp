#include "server/engine/strangers.hpp"

#include <algorithm>
#include <chrono>

#include "base/shrink.hpp"

namespace rollcall::server {
namespace {

constexpr milliseconds kScarcePatience{5000};
constexpr std::size_t kMostBytes = (1U << 27) - 1;

milliseconds on_clock(Instant at) {
  return std::chrono::duration_cast<milliseconds>(at.time_since_epoch());
}

bool holds_only_the_address(const Handshake& handshake) {
  return handshake.query().empty() && handshake.headers().empty();
}

}  // namespace

milliseconds patience_with_strangers(milliseconds connect_timeout, base::MemoryLevel memory) {
  const bool plenty = memory == base::MemoryLevel::plenty;
  return plenty ? connect_timeout : std::min(connect_timeout, kScarcePatience);
}

Stranger::Stranger(const net::PeerAddress& address, Instant opened, std::size_t bytes)
    : session_(nullptr),
      address_(address),
      opened_ms_(static_cast<std::uint32_t>(on_clock(opened).count())),
      bytes_(static_cast<std::uint32_t>(std::min(bytes, kMostBytes))),
      claimed_(true),
      secure_(false),
      address_certain_(false),
      counted_(false) {}

Stranger::~Stranger() {
  if (!claimed_) delete kept_;
}

Strangers::~Strangers() {
  list_.clear_and_dispose([](Stranger* stranger) { delete stranger; });
}

Stranger& Strangers::add(std::string_view sid, const net::PeerAddress& address, Handshake handshake,
                         Instant now) {
  auto* stranger = new Stranger(address, now, handshake.bytes());
  stranger->claimed_ = false;
  stranger->kept_ = nullptr;
  stranger->sid_ = sid;
  stranger->secure_ = handshake.secure();
  stranger->address_certain_ = handshake.address_certain();
  if (!holds_only_the_address(handshake)) stranger->kept_ = new Handshake(std::move(handshake));
  unclaimed_.insert(stranger);
  insert(*stranger);
  return *stranger;
}

Stranger& Strangers::add(EngineSession& session, const net::PeerAddress& address, std::size_t bytes,
                         Instant now) {
  auto* stranger = new Stranger(address, now, bytes);
  stranger->session_ = &session;
  insert(*stranger);
  return *stranger;
}

void Strangers::insert(Stranger& stranger) {
  list_.push_back(stranger);
  bytes_ += stranger.bytes_;
  ++by_address_[stranger.address_.key()];
}

void Strangers::leave_unclaimed(Stranger& stranger) {
  unclaimed_.erase(&stranger);
  base::shrink_table(unclaimed_);
}

void Strangers::remove(Stranger& stranger) {
  if (!stranger.claimed_) leave_unclaimed(stranger);
  bytes_ -= stranger.bytes_;
  const auto count = by_address_.find(stranger.address_.key());
  if (--count->second == 0) {
    by_address_.erase(count);
    base::shrink_table(by_address_);
  }
  list_.erase_and_dispose(list_.iterator_to(stranger), [](Stranger* removed) { delete removed; });
}

Stranger* Strangers::victim() {
  if (list_.size() <= most_ && bytes_ <= most_ * kBytesEach) return nullptr;
  Stranger* chosen = nullptr;
  std::uint32_t most = 0;
  int considered = 0;
  for (Stranger& stranger : list_) {
    if (++considered > kConsidered) break;
    const std::uint32_t its = by_address_.find(stranger.address_.key())->second;
    if (its <= most) continue;
    most = its;
    chosen = &stranger;
  }
  return chosen;
}

Instant Strangers::opened(const Stranger& stranger, Instant now) {
  const auto age = static_cast<std::uint32_t>(on_clock(now).count()) - stranger.opened_ms_;
  return Instant(on_clock(now)) - milliseconds(age);
}

Stranger* Strangers::unclaimed(std::string_view sid) {
  const auto found = unclaimed_.find(sid);
  return found == unclaimed_.end() ? nullptr : *found;
}

Handshake Strangers::take_handshake(Stranger& stranger) {
  if (stranger.kept_) return std::move(*stranger.kept_);
  return {stranger.address_.text(), stranger.secure_ != 0, {}, {}, stranger.address_certain_ != 0};
}

void Strangers::claim(Stranger& stranger, EngineSession& session) {
  leave_unclaimed(stranger);
  delete stranger.kept_;
  stranger.claimed_ = true;
  stranger.session_ = &session;
}

}  // namespace rollcall::server
