#include "gateway/feed_source.hpp"

#include <utility>

#include "base/assert.hpp"

namespace rollcall::gateway {

feed::Source::News FeedSource::after(std::uint64_t number) {
  return hub_.read_feed([&](const presence::Feed& feed) {
    return News{feed.last(), feed.remembers_after(number)};
  });
}

feed::Source::News FeedSource::read(std::uint64_t number, std::size_t most, presence::ChangeList& out) {
  return hub_.read_feed([&](const presence::Feed& feed) {
    const bool whole = feed.read(number, most, out);
    return News{feed.last(), whole};
  });
}

Result<std::uint64_t, presence::FeedGap> FeedSource::find(std::string_view cursor) {
  return hub_.read_feed([&](const presence::Feed& feed) { return feed.find(cursor); });
}

presence::OnlinePage FeedSource::page(std::size_t most, const std::optional<std::string>& after) {
  auto page = hub_.read_for_feed([&](const presence::Core& core) { return core.online(most, after); });
  ROLLCALL_ASSERT(page.ok());  // `after` is a page's
  return std::move(*page);
}

std::size_t FeedSource::online_count() {
  return hub_.read_for_feed([](const presence::Core& core) { return core.online_count(); });
}

}  // namespace rollcall::gateway
