// Connection state recovery (protocol notes, section 7) for one namespace: a log of what was sent, and the
// sessions that may come back for what they missed.
//
// Safe by construction: the caller has verified who asks; only the owner of a session gets it, and only
// once. Bounds: age, bytes of the log, number of sessions; beyond them the oldest go first, and their
// clients simply get a new session. Not thread-safe.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rollcall/time.hpp"
#include "socketio/message.hpp"
#include "socketio/message_log.hpp"

namespace rollcall::socketio {

struct SavedSession {
  std::string sid;
  std::string owner;  // who may recover it
  std::vector<RoomKey> rooms;
  Instant saved_at = {};  // set by save()
};

struct RecoveryLimits {
  milliseconds max_age{120'000};  // of a session, since its connection broke
  // How long a connection may have been broken before it was noticed: the log reaches back that much further.
  milliseconds max_unnoticed{45'000};
  std::size_t max_log_bytes = 64 << 20;
  std::size_t max_sessions = 100'000;
};

class Recovery {
 public:
  explicit Recovery(const RecoveryLimits& limits)
      : limits_(limits), log_(limits.max_age + limits.max_unnoticed, limits.max_log_bytes) {}

  std::uint64_t next_number() { return next_number_++; }
  // What the event of that number carries as its last argument. No string of an application's is likely
  // to look like one: clients take the last argument of any event for its offset, if it is a string.
  static std::string offset_of(std::uint64_t number);
  // Keeps a message under a number of next_number(). A session is also in the room of its socket.
  void log(std::uint64_t number, const Message& message, Instant now) { log_.add(number, message, now); }
  // A session whose connection broke.
  void save(std::string pid, SavedSession session, Instant now);

  // Packet and attachments of a message that was missed.
  struct Missed {
    std::uint64_t number;
    std::string packet;
    std::vector<std::string> attachments;
  };
  struct Recovered {
    SavedSession session;
    std::vector<Missed> missed;  // in order
  };
  // The session, if `owner` may have it and nothing it missed has been forgotten. Others who ask leave it
  // where it is. `offset` is that of the last event that the client got: it has got all that came before.
  std::optional<Recovered> take(std::string_view pid, std::string_view offset, std::string_view owner,
                                Instant now);

  // Forgets what is too old. Every call does; this is for servers where nothing happens.
  void prune(Instant now);

  std::size_t sessions() const { return sessions_.size(); }

 private:
  struct Stored {
    SavedSession session;
    std::uint64_t next_number;  // when it was saved: it cannot have seen that one, or later ones
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  void prune_sessions(Instant now);
  std::vector<Missed> missed_by(const SavedSession& session, std::uint64_t seen) const;

  RecoveryLimits limits_;
  std::uint64_t next_number_ = 1;
  MessageLog log_;
  boost::unordered_flat_map<std::string, Stored, Hash, std::equal_to<>> sessions_;
  std::deque<std::pair<Instant, std::string>> by_age_;  // pids; those taken meanwhile are skipped
};

}  // namespace rollcall::socketio
