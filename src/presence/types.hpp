// The words of the domain (docs/protocol.md, "Words"): what is told to presence::Core, what it answers, and
// what it makes known. Plain values, used by the layers above too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "rollcall/time.hpp"

namespace rollcall::presence {

// Identifies a connection of a user; chosen by the caller, and not reused while the connection lives.
using ConnectionId = std::uint64_t;

inline constexpr std::size_t kMaxUserIdBytes = 256;
// A detail longer than this is treated as absent: half an address would be worse than none.
inline constexpr std::size_t kMaxDetailBytes = 1024;

// What the newest token of the user says of them.
struct Details {
  std::optional<std::string> email;
  std::optional<std::string> role;
  std::optional<std::string> name;
};

// How a connection ended, as far as can be told.
enum class Ending : std::uint8_t {
  unknown,
  client_goodbye,  // the client left the namespace
  server_goodbye,  // it was disconnected, by the HTTP API for one
  transport_close,
  transport_error,
  ping_timeout,
  parse_error,
  server_closed,  // while draining, for one
  slow_consumer,
  token_expired,
};

// The client has said goodbye, or was told to: nobody waits for it to come back.
inline bool is_goodbye(Ending ending) {
  return ending == Ending::client_goodbye || ending == Ending::server_goodbye;
}

struct Connect {
  ConnectionId connection = 0;
  std::string user_id;
  Details details;
};
struct Disconnect {
  ConnectionId connection = 0;
  Ending ending = Ending::unknown;
};
// Activity of the person: a heartbeat, or any other event.
struct Activity {
  ConnectionId connection = 0;
};
using Command = std::variant<Connect, Disconnect, Activity>;

// What others may see of a user. The initial value: a user who was never seen, or is forgotten.
struct State {
  bool online = false;
  std::optional<WallTime> last_active;
  std::optional<WallTime> connected_at;  // of the current session; absent when offline
};

// Whether a receiver who knows `known` need not be told `current`. Times are details: they are read, never
// announced.
inline bool looks_the_same(const State& known, const State& current) {
  return known.online == current.online;
}

// A user's state became another. Of one user, each change's `before` looks the same as the last one's
// `after`.
struct UserChanged {
  std::string user_id;
  State before;
  State after;
  WallTime at;
  std::uint8_t lately = 0;  // changes of this user, this one included; one is forgotten every 2 s
  bool maybe_read = false;  // while it was held back, a reply may have revealed it
};

// The changes that begin or end a session; others are changes of details.
enum class Edge : std::uint8_t { none, online, offline };
inline Edge edge_of(const UserChanged& change) {
  if (change.before.online == change.after.online) return Edge::none;
  return change.after.online ? Edge::online : Edge::offline;
}

// Explains a user's state.
struct Account {
  State state;
  std::size_t connections = 0;
  std::optional<Instant> grace_ends;  // of an online user's connection that broke last; may be past
  std::optional<WallTime> ended_at;   // the last session, of a user who is offline
  Ending ending = Ending::unknown;    // of the connection that began the grace, or ended the session
};

struct OnlineUser {
  std::string user_id;
  std::optional<std::string> email;
  std::optional<std::string> role;
  WallTime connected_at;
  WallTime last_active;
};
struct OnlinePage {
  std::vector<OnlineUser> users;
  std::size_t count = 0;                   // of all who are online, not of this page
  std::optional<std::string> next_cursor;  // present if more users follow
};
// The cursor is not one that a page of this core gave.
enum class CursorFault { unknown };

}  // namespace rollcall::presence
