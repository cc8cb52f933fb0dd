#include "gateway/feed_source.hpp"

#include <utility>

#include "base/assert.hpp"

namespace rollcall::gateway {

presence::OnlinePage FeedSource::page(std::size_t most, const std::optional<std::string>& after) {
  auto page = hub_.read_for_feed([&](const presence::Core& core) { return core.online(most, after); });
  ROLLCALL_ASSERT(page.ok());  // `after` is a cursor from a page
  return std::move(*page);
}

std::size_t FeedSource::online_count() {
  return hub_.read_for_feed([](const presence::Core& core) { return core.online_count(); });
}

}  // namespace rollcall::gateway
