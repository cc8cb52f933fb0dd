// Connection state recovery (docs/protocol.md, "Recovery") for one namespace: the order of what was sent, and
// what a client that comes back has missed of it (docs/decisions/0023).
//
// Events carry no offset themselves, because clients would pass it to their handlers. It follows as an event
// of its own, the mark. Bounds: those of the logs, and RecoveryLimits::max_replay_bytes for one client. Not
// thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/reserved_events.hpp"
#include "rollcall/time.hpp"
#include "socketio/message.hpp"
#include "socketio/message_log.hpp"
#include "socketio/offsets.hpp"
#include "socketio/rooms.hpp"

namespace rollcall::socketio {

using base::kMarkEvent;

// The last argument of the event (or, if it has none, its name) is a string, which clients take for an
// offset: a mark has to follow.
inline bool ends_with_string(std::string_view packet) {
  return packet.ends_with("\"]");
}

struct RecoveryLimits {
  milliseconds max_age{120'000};  // of a session, since its connection broke
  // How long a broken connection may go unnoticed: the logs reach back that much further.
  milliseconds max_unnoticed{45'000};
  std::size_t max_log_bytes = 48 << 20;  // of messages
  std::size_t max_edge_bytes =
      16 << 20;  // of states: clients that would need lost messages start from scratch
  std::size_t max_replay_bytes = 1 << 20;  // with the marks
  std::size_t max_replay_events = 20'000;  // states that cancel out among them
  // States told to everybody are marked at once while that takes no more deliveries than these; those that
  // come faster share a mark, the interval later.
  std::size_t marks_per_second = 20'000;
  std::size_t mark_burst = 2'000;
  milliseconds mark_interval{500};
};

class Recovery {
 public:
  // `epoch`: see Offsets.
  Recovery(const RecoveryLimits& limits, std::string epoch, std::string nsp);

  // From now on: see RecoveryLimits::max_replay_bytes.
  void limit_replays(std::size_t bytes) { limits_.max_replay_bytes = bytes; }

  // Gives the message its number and its mark, if it needs them, before anybody gets it. `receivers`: how
  // many get a message to everybody.
  void stamp(Message& message, std::size_t receivers, Instant now);
  // Logs the message if its Keep says so. Call it after `stamp`, in the same order.
  void log(const MessageRef& message, Instant now);

  // The number of the newest message.
  std::uint64_t last() const { return last_; }
  std::string mark_of(std::uint64_t number) const;
  const Offsets& offsets() const { return offsets_; }

  // When to send everybody the mark that was left out lately, if one was.
  std::optional<Instant> mark_due() const { return mark_due_; }
  // That mark, stamped, once it is due.
  std::optional<Message> due_mark(Instant now);

  // What a member of those rooms, with that id, has missed, in order. It has seen everything up to the number
  // `seen`, maybe some of what follows up to `sent` (its marks come later, or were lost), and nothing after
  // that. Absent if some of it is forgotten, or if it is too much.
  std::optional<std::vector<MessageRef>> missed(const Rooms& rooms, Rooms::Slot slot, std::string_view id,
                                                std::uint64_t seen, std::uint64_t sent) const;
  // The newest number that was forgotten for its age: `missed` takes it for seen.
  std::uint64_t aged_through() const;

  // Drops expired messages. `log` does so too; this is for idle servers.
  void prune(Instant now);

 private:
  bool may_mark_at_once(std::size_t receivers, Instant now);
  bool collect(const Rooms& rooms, Rooms::Slot slot, std::string_view id, std::uint64_t seen,
               std::vector<MessageRef>& out) const;

  RecoveryLimits limits_;
  Offsets offsets_;
  std::string nsp_;
  std::uint64_t last_ = 0;
  MessageLog messages_;
  MessageLog states_;
  std::optional<Instant> mark_due_;
  std::size_t mark_credit_;
  Instant credited_at_{};
};

}  // namespace rollcall::socketio
