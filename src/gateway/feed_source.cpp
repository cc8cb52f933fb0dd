#include "gateway/feed_source.hpp"

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

}  // namespace rollcall::gateway
