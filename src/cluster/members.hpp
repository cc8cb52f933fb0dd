// Decides, as one node of the cluster, which other nodes live: whom to accuse or bury after each beat.
//
// Every node increments its counter in Redis each second; the answer shows all counters. Clocks are never
// compared: a node is silent for as long as this one has seen its counter unchanged. A node that is up
// and silent for `suspect_after` is accused; the accused refutes that by its next beat. One that stays
// suspect, or leaving, and silent for `orphan_after` is buried: no node holds its users any longer.
//
// A node that was slow or cut off saw nothing in the meantime: its observations start again, so no
// stopped process, slow Redis or failover makes it bury anybody. Pure: `now` is an argument. Not thread-safe.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "cluster/incarnation.hpp"
#include "rollcall/time.hpp"

namespace rollcall::cluster {

// up: as far as anybody knows. leaving: draining, and soon away. gone: buried, and never back.
enum class MemberState : std::uint8_t { up, suspect, leaving, gone };

// A row of the answer to a beat.
struct MemberRow {
  Incarnation node;
  MemberState state = MemberState::up;
  std::uint64_t beat = 0;
  std::uint64_t suspicion = 0;  // how often it has been accused
  milliseconds silent{0};       // since its last beat, by the clock of Redis
};

// Carried out by Redis only if the row is still the one that was seen.
struct Accuse {
  Incarnation node;
  std::uint64_t beat = 0;
};
struct Bury {
  Incarnation node;
  std::uint64_t suspicion = 0;
  std::uint64_t beat = 0;
};
using Verdict = std::variant<Accuse, Bury>;

struct MemberSettings {
  milliseconds suspect_after{5000};
  milliseconds orphan_after{20000};
};

class Members {
 public:
  Members(Incarnation own, const MemberSettings& settings) : own_(own), settings_(settings) {}

  // The answer to a beat that was sent at `sent` and came at `now`. Verdicts are repeated with each beat
  // until the row changes.
  void take_beats(std::span<const MemberRow> rows, Instant sent, Instant now, std::vector<Verdict>& out);

  // As of the last answer; absent if it was not in it.
  std::optional<MemberState> state(Incarnation node) const;
  // Rows of other nodes that are not gone.
  std::size_t others() const;

 private:
  struct Watched {
    MemberRow row;
    Instant unmoved_since;
    bool seen_alive = false;  // its counter has moved
    bool seen = false;        // in the answer that is being read
  };

  bool was_attentive(Instant sent, Instant now) const;
  std::optional<Verdict> judge(const Watched& watched, Instant sent) const;

  Incarnation own_;
  MemberSettings settings_;
  std::optional<Instant> last_sent_;
  boost::unordered_flat_map<std::uint64_t, Watched> watched_;  // by Incarnation::value
};

}  // namespace rollcall::cluster
