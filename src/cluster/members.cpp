#include "cluster/members.hpp"

#include <algorithm>

namespace rollcall::cluster {
namespace {

constexpr milliseconds kMostBetweenBeats{2000};
constexpr milliseconds kMostForAnAnswer{1000};
// After a start of the whole cluster, nodes of its last life are found in Redis. Waiting for them would keep
// their users online for half a minute: the one decision that trusts a clock, Redis's own, and only of nodes
// that were never seen alive.
constexpr milliseconds kLongDead{60'000};
constexpr milliseconds kLongDeadWatched{2000};

bool is_same(const MemberRow& a, const MemberRow& b) {
  return a.beat == b.beat && a.state == b.state && a.suspicion == b.suspicion;
}

}  // namespace

bool Members::was_attentive(Instant sent, Instant now) const {
  return now - sent < kMostForAnAnswer && (!last_sent_ || sent - *last_sent_ < kMostBetweenBeats);
}

void Members::take_beats(std::span<const MemberRow> rows, Instant sent, Instant now,
                         std::vector<Verdict>& out) {
  const bool attentive = was_attentive(sent, now);
  last_sent_ = sent;
  for (auto& [node, watched] : watched_) {
    watched.seen = false;
    if (!attentive) watched.unmoved_since = now;
  }
  for (const MemberRow& row : rows) {
    if (row.node == own_) continue;
    const auto [at, is_new] = watched_.try_emplace(row.node.value, Watched{row, now});
    Watched& watched = at->second;
    if (!is_new && !is_same(watched.row, row)) watched.unmoved_since = now;
    watched.seen_alive |= !is_new && watched.row.beat != row.beat;
    watched.row = row;
    watched.seen = true;
    if (const auto verdict = judge(watched, sent)) out.push_back(*verdict);
  }
  boost::unordered::erase_if(watched_, [](const auto& entry) { return !entry.second.seen; });
}

// Unmoved from when its answer came to when this one was asked for: at least that long.
std::optional<Verdict> Members::judge(const Watched& watched, Instant sent) const {
  const MemberRow& row = watched.row;
  if (row.state == MemberState::gone) return std::nullopt;
  const auto unmoved = sent - watched.unmoved_since;
  const Bury bury{row.node, row.suspicion, row.beat};
  if (!watched.seen_alive && row.silent > kLongDead && unmoved >= kLongDeadWatched) return bury;
  if (row.state == MemberState::up) {
    if (unmoved >= settings_.suspect_after) return Accuse{row.node, row.beat};
    return std::nullopt;
  }
  if (unmoved >= settings_.orphan_after) return bury;
  return std::nullopt;
}

std::optional<MemberState> Members::state(Incarnation node) const {
  const auto found = watched_.find(node.value);
  return found == watched_.end() ? std::nullopt : std::optional(found->second.row.state);
}

std::size_t Members::others() const {
  return static_cast<std::size_t>(std::count_if(watched_.begin(), watched_.end(), [](const auto& entry) {
    return entry.second.row.state != MemberState::gone;
  }));
}

}  // namespace rollcall::cluster
