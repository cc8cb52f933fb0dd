// Debounces users who flap between online and offline, each user individually (docs/decisions/0025).
//
// Used by Announcer, before pacing, so other users' changes are not delayed by them. The first changes pass;
// after that a user's changes are held, and only the outcome of each hold is broadcast, or nothing if the
// state is the same as before. Holds last 1 s, then 2, 4 ... 32 s while it continues; after a hold without a
// change the user is treated normally again. So a receiver gets at most one change per hold, and knows the
// current state after kLongest.
//
// Pure. Bounds: one entry a user who has changed more than `free` times lately (`lately`). Each call is O(1),
// or O(log entries).
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "presence/held_changes.hpp"
#include "presence/types.hpp"

namespace rollcall::presence {

class Damper {
 public:
  static constexpr seconds kFirst{1};
  static constexpr seconds kLongest{32};

  // `free`: the number of changes in quick succession that pass; 0: all do.
  explicit Damper(std::size_t free) : free_(free) {}

  // Returns true if it takes and holds the change; false: broadcast it now.
  bool hold(UserChanged& change, Instant now);
  // The changes whose hold is over, in order. Due at `deadline()`; other calls do no harm.
  void release(Instant now, std::vector<UserChanged>& out);
  std::optional<Instant> deadline() const;

  // As HeldChanges'.
  void read(std::string_view user_id) { held_.read(user_id); }
  void read_all() { held_.read_all(); }

  std::size_t held() const { return held_.size(); }
  std::size_t flappers() const { return flappers_.size(); }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view id) const { return std::hash<std::string_view>{}(id); }
  };
  using Due = std::multimap<Instant, std::string>;
  struct Flapper {
    seconds hold{kFirst};
    bool changed = true;  // in this hold
  };

  std::size_t free_;
  HeldChanges held_;
  boost::unordered_flat_map<std::string, Flapper, Hash, std::equal_to<>> flappers_;
  Due due_;  // when each one's hold ends
};

}  // namespace rollcall::presence
