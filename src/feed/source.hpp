// What the readers of the feed pull from: the gateway's hub, behind its lock. Each reader keeps its own
// position.
//
// Called by the machines in this folder, which copy changes out and serialize them without the lock.
// Implementations are thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "feed/change_list.hpp"
#include "feed/ring.hpp"
#include "presence/types.hpp"
#include "rollcall/result.hpp"
#include "rollcall/time.hpp"

namespace rollcall::feed {

// Why a reader must start again: the source no longer remembers everything it missed.
inline constexpr const char* kFellBehind = "fell-behind";

class Source {
 public:
  virtual ~Source() = default;

  struct Available {
    std::uint64_t last = 0;  // the number of the newest change
    bool whole = true;       // all changes after the requested one are still available
  };
  virtual Available after(std::uint64_t number) = 0;
  // The same, and appends up to `most` of them to `out`, in order; none if some are missing.
  virtual Available read(std::uint64_t number, std::size_t most, ChangeList& out) = 0;
  virtual std::string cursor(std::uint64_t number) const = 0;
  // How much longer users may need to come back after the server's start. 0: those not online are offline.
  virtual milliseconds settling() const = 0;
};

// Adds who is online, for readers that start with a snapshot.
class MirrorSource : public Source {
 public:
  virtual Result<std::uint64_t, FeedGap> find(std::string_view cursor) = 0;
  // As presence::Core::online; `after` is the cursor of the page before.
  virtual presence::OnlinePage page(std::size_t most, const std::optional<std::string>& after) = 0;
  virtual std::size_t online_count() = 0;
};

// A source whose ring has a guard: `Guard::with_ring(use)` returns what `use` makes of the ring under it.
template <class Guard>
class GuardedSource : public MirrorSource {
 public:
  Available after(std::uint64_t number) override {
    return guard().with_ring([&](const Ring& ring) {
      return Available{ring.last(), ring.remembers_after(number)};
    });
  }
  Available read(std::uint64_t number, std::size_t most, ChangeList& out) override {
    return guard().with_ring([&](const Ring& ring) {
      const bool whole = ring.read(number, most, out);
      return Available{ring.last(), whole};
    });
  }
  Result<std::uint64_t, FeedGap> find(std::string_view cursor) override {
    return guard().with_ring([&](const Ring& ring) { return ring.find(cursor); });
  }

 private:
  Guard& guard() { return static_cast<Guard&>(*this); }
};

}  // namespace rollcall::feed
