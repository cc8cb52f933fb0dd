#include "gateway/presence_gateway.hpp"

namespace rollcall::gateway {

PresenceFigures PresenceGateway::figures() const {
  PresenceFigures figures;
  static_cast<CounterFigures&>(figures) = counters_.figures();
  hub_.read([&](const presence::View& view) {
    figures.online = view.online_count();
    figures.connections = view.connections();
    figures.window = view.window();
    figures.held = view.held();
  });
  figures.changes = hub_.changes();
  figures.feed_changes = hub_.read_feed([](const feed::Ring& feed) { return feed.last(); });
  return figures;
}

}  // namespace rollcall::gateway
