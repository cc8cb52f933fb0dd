// Runs the presence hub on a server: gives it the server's clocks, a lane for each worker, and a timer on the
// first worker. All presence state that workers share is here. Thread-safe.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "hub/change_totals.hpp"
#include "hub/feed_sink.hpp"
#include "hub/hub.hpp"
#include "rollcall/server.hpp"

namespace rollcall::gateway {

class HubDriver {
 public:
  // The server and the audience must outlive this. `feed_changes`: how many changes the feed keeps; 0: none,
  // for nobody is to read it.
  HubDriver(Server& server, const presence::Settings& settings, const presence::PaceSettings& pace,
            std::size_t feed_changes, hub::Audience& audience);

  // Until `end`, users of before the start may be on their way back. To be set before the server runs.
  void settle_until(Instant end) { settling_until_ = end; }
  // The time left until then; needs no lock.
  milliseconds settling() const;

  // Called on a worker's thread under the lock whenever the feed has grown: see FeedSink. To be set before
  // the server runs, as sinks are added.
  void on_feed(std::function<void()> grown) { feed_.on_growth(std::move(grown)); }
  void add(hub::Sink& sink) { hub_.add(sink); }

  // For connections to come. `feed_changes` counts if nothing was kept so far. From any thread.
  void reconfigure(std::size_t connections_per_user, std::size_t feed_changes);

  void apply(const presence::Command& command) { await(hub_.apply(command, moment())); }
  // See Hub.
  template <typename Use>
  auto apply_and_read(const presence::Activity& activity, Use&& use) {
    Awaiting due{*this};
    return hub_.apply_and_read(activity, moment(), reader(), due.deadline, std::forward<Use>(use));
  }
  template <typename Use>
  auto read(Use&& use) const {
    return hub_.read(reader(), std::forward<Use>(use));
  }
  hub::ChangeTotals::Totals changes() const {
    return hub_.read_untraced(reader(), [&](const presence::Core&) { return totals_.totals(); });
  }
  std::string cursor(std::uint64_t number) const { return feed_.feed().cursor(number); }  // needs no lock
  template <typename Use>
  auto read_feed(Use&& use) const {
    return hub_.read_untraced(reader(), [&](const presence::Core&) { return use(feed_.feed()); });
  }
  // For readers of the feed. They get every change, so the announcer need not know what they have read.
  template <typename Use>
  auto read_for_feed(Use&& use) const {
    return hub_.read_untraced(reader(), std::forward<Use>(use));
  }

 private:
  // Waits for the deadline at the end of a call that may set one.
  struct Awaiting {
    HubDriver& driver;
    std::optional<Instant> deadline = {};
    ~Awaiting() { driver.await(deadline); }
  };
  static constexpr Instant::rep kNever = Instant::max().time_since_epoch().count();

  std::size_t reader() const;
  hub::Moment moment() const;
  void await(std::optional<Instant> deadline);
  void set_timer();
  void tick();

  Server& server_;
  hub::Hub hub_;
  hub::FeedSink feed_;
  hub::ChangeTotals totals_;
  Instant settling_until_{};
  std::atomic<Instant::rep> awaited_{kNever};  // when the first worker will call `tick`
  std::shared_ptr<void> timer_;                // the first worker's
};

}  // namespace rollcall::gateway
