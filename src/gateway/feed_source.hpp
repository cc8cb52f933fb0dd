// Gives the feed's readers access to the hub's ring of changes, under a lane of its lock. Thread-safe.
#pragma once

#include <utility>

#include "feed/source.hpp"
#include "gateway/hub_driver.hpp"

namespace rollcall::gateway {

class FeedSource final : public feed::GuardedSource<FeedSource> {
 public:
  explicit FeedSource(const HubDriver& hub) : hub_(hub) {}  // which must outlive this

  template <typename Use>
  auto with_ring(Use&& use) const {
    return hub_.read_feed(std::forward<Use>(use));
  }
  std::string cursor(std::uint64_t number) const override { return hub_.cursor(number); }  // needs no lock
  presence::OnlinePage page(std::size_t most, const std::optional<std::string>& after) override;
  std::size_t online_count() override;
  milliseconds settling() const override { return hub_.settling(); }

 private:
  const HubDriver& hub_;
};

}  // namespace rollcall::gateway
