// Connection state recovery (protocol notes, section 7) for one namespace on one loop: a log of what was
// sent, and the sessions that may come back for what they missed.
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

#include "base/frame.hpp"
#include "rollcall/time.hpp"

namespace rollcall::socketio {

struct SavedSession {
  std::string sid;
  std::string owner;  // who may recover it
  std::vector<std::string> rooms;
  std::string data = {};  // the application's; may stay empty
  Instant saved_at = {};  // set by save()
};

class Recovery {
 public:
  explicit Recovery(milliseconds max_age, std::size_t max_log_bytes = 64 << 20,
                    std::size_t max_sessions = 100'000)
      : max_age_(max_age), max_log_bytes_(max_log_bytes), max_sessions_(max_sessions) {}

  // The offset that the next event carries as its last argument. No string of an application's is likely
  // to look like one: clients take the last argument of any event for its offset, if it is a string.
  std::string next_offset();
  // Keeps what went to `rooms` (none: to everybody) but not to `except`, under an offset of next_offset().
  // A socket's own id counts as one of its rooms.
  void log(std::string offset, std::vector<std::string> rooms, std::vector<std::string> except,
           std::vector<base::FrameRef> frames, Instant now);
  // A session whose connection broke.
  void save(std::string pid, SavedSession session, Instant now);

  struct Recovered {
    SavedSession session;
    std::vector<base::FrameRef> missed;  // in order
  };
  // The session, if `owner` may have it and nothing it missed has been forgotten. Others who ask leave it
  // where it is.
  std::optional<Recovered> take(std::string_view pid, std::string_view offset, std::string_view owner,
                                Instant now);

  // Forgets what is too old. Every call does; this is for servers where nothing happens.
  void prune(Instant now);

  std::size_t sessions() const { return sessions_.size(); }

 private:
  struct Entry {
    std::uint64_t number;
    std::vector<std::string> rooms;
    std::vector<std::string> except;
    std::vector<base::FrameRef> frames;
    std::size_t bytes;
    Instant at;
  };
  struct Stored {
    SavedSession session;
    std::uint64_t next_number;  // when it was saved: it cannot have seen that one, or later ones
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  void prune_log(Instant now);
  void prune_sessions(Instant now);

  milliseconds max_age_;
  std::size_t max_log_bytes_;
  std::size_t max_sessions_;
  std::uint64_t next_number_ = 1;
  std::deque<Entry> log_;
  std::size_t log_bytes_ = 0;
  boost::unordered_flat_map<std::string, Stored, Hash, std::equal_to<>> sessions_;
  std::deque<std::pair<Instant, std::string>> by_age_;  // pids; those taken meanwhile are skipped
};

}  // namespace rollcall::socketio
