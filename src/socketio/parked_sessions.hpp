// Tracks the disconnected sessions that wait for their clients, with owner and memory, and decides which to
// evict. The sessions themselves stay on their workers.
//
// Bounds: age; number and bytes per owner and in total. Beyond them the oldest are evicted first: the owner's
// own if the owner is over a limit, anybody's if the total is. Sessions without an owner are only subject to
// the total. Pure. Not thread-safe.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rollcall/time.hpp"

namespace rollcall::socketio {

struct ParkLimits {
  milliseconds max_age{120'000};
  std::size_t max_sessions = 100'000;
  std::size_t max_bytes = 256 << 20;
  std::size_t max_owner_sessions = 100;
  std::size_t max_owner_bytes = 4 << 20;
};

// Where a session is. A reused slot has another generation.
struct ParkPlace {
  std::uint32_t nsp = 0;
  std::uint32_t worker = 0;
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;

  friend bool operator==(const ParkPlace&, const ParkPlace&) = default;
};

class ParkedSessions {
 public:
  explicit ParkedSessions(const ParkLimits& limits) : limits_(limits) {}

  // Appends the evicted sessions to `gone`, possibly this one. `sent`: the number of the newest message that
  // its client may have received.
  void park(std::string_view owner, const ParkPlace& place, std::size_t bytes, std::uint64_t sent,
            Instant now, std::vector<ParkPlace>& gone);
  // The value of `sent`. Absent if there is no parked session, or if it has expired.
  std::optional<std::uint64_t> take(const ParkPlace& place, Instant now);
  // Appends expired sessions to `gone`.
  void expire(Instant now, std::vector<ParkPlace>& gone);

  std::size_t sessions() const { return by_age_.size(); }
  std::size_t bytes() const { return bytes_; }

 private:
  struct Session {
    std::string owner;
    ParkPlace place;
    std::size_t bytes;
    std::uint64_t sent;
    Instant parked_at;
  };
  using ByAge = std::list<Session>;
  struct Owner {
    std::size_t bytes = 0;
    std::vector<ByAge::iterator> sessions;  // oldest first
  };
  struct PlaceHash {
    std::size_t operator()(const ParkPlace& place) const {
      return std::hash<std::uint64_t>{}(std::uint64_t{place.slot} << 32 | place.nsp << 16 | place.worker);
    }
  };

  void enforce_owners_share(ByAge::iterator session, std::vector<ParkPlace>& gone);
  void forget(ByAge::iterator session);
  void evict(ByAge::iterator session, std::vector<ParkPlace>& gone);

  ParkLimits limits_;
  ByAge by_age_;  // oldest first
  std::size_t bytes_ = 0;
  boost::unordered_flat_map<std::string, Owner, std::hash<std::string>> owners_;
  boost::unordered_flat_map<ParkPlace, ByAge::iterator, PlaceHash> by_place_;
};

}  // namespace rollcall::socketio
