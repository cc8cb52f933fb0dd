// The hub's feed, as its readers see it. Thread-safe.
#pragma once

#include "feed/source.hpp"
#include "gateway/hub_driver.hpp"

namespace rollcall::gateway {

class FeedSource final : public feed::MirrorSource {
 public:
  explicit FeedSource(const HubDriver& hub) : hub_(hub) {}  // which must outlive this

  News after(std::uint64_t number) override;
  News read(std::uint64_t number, std::size_t most, presence::ChangeList& out) override;
  std::string cursor(std::uint64_t number) const override { return hub_.cursor(number); }

  Result<std::uint64_t, presence::FeedGap> find(std::string_view cursor) override;
  presence::OnlinePage page(std::size_t most, const std::optional<std::string>& after) override;
  std::size_t online_count() override;
  milliseconds settling() const override { return hub_.settling(); }

 private:
  const HubDriver& hub_;
};

}  // namespace rollcall::gateway
