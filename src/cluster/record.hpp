// What nodes tell each other of their users: the records in a partition's log. Only the node that holds a
// user's connections writes about the user. The texts point into the decoded bytes, or to the caller's
// strings.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "cluster/incarnation.hpp"
#include "cluster/position.hpp"
#include "presence/types.hpp"
#include "rollcall/time.hpp"

namespace rollcall::cluster {

// What is known of a user who is online on a node; also the user's value in that node's hash.
struct Facts {
  WallTime session_at;   // not before 1970
  WallTime last_active;  // not before session_at; an earlier one is written as session_at
  std::optional<std::string_view> email, role, name;

  bool operator==(const Facts&) const = default;
};

// The user is online on the writing node. Repeated when a fact changes.
struct Here {
  std::string_view user_id;
  Facts facts;

  bool operator==(const Here&) const = default;
};
// The user is no longer online there.
struct Left {
  std::string_view user_id;
  WallTime last_active;
  presence::Ending ending = presence::Ending::unknown;

  bool operator==(const Left&) const = default;
};
// All users who are online there follow; a user who is not among them by SyncEnd is not online there.
struct SyncBegin {
  bool operator==(const SyncBegin&) const = default;
};
struct SyncEnd {
  bool operator==(const SyncEnd&) const = default;
};
// In a new epoch: Redis has lost nothing that the writer wrote.
struct Whole {
  bool operator==(const Whole&) const = default;
};
// Why a node no longer holds its users. The numbers are on the wire.
enum class GoneReason : std::uint8_t { silent, left, evicted };
struct Gone {
  Incarnation node;
  GoneReason reason = GoneReason::silent;

  bool operator==(const Gone&) const = default;
};
// The first entry of each epoch. A node that has read beyond `base` has read entries that Redis
// lost.
struct EpochBegins {
  Position base;
  std::string_view run_id;  // of the Redis server

  bool operator==(const EpochBegins&) const = default;
};
// Activity of users who did nothing else, now and then.
struct ActiveMark {
  std::uint64_t user_hash = 0;
  std::uint32_t minutes_ago = 0;

  bool operator==(const ActiveMark&) const = default;
};
struct Active {
  std::vector<ActiveMark> marks;

  bool operator==(const Active&) const = default;
};

using Record = std::variant<Here, Left, SyncBegin, SyncEnd, Whole, Gone, EpochBegins, Active>;

inline constexpr std::size_t kMaxRunIdBytes = 64;  // Redis writes 40
inline constexpr std::size_t kMaxActiveMarks = 4096;
inline constexpr std::uint32_t kMaxMinutesAgo = 366 * 24 * 60;

}  // namespace rollcall::cluster
