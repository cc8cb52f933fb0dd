// The recent messages that a client may need to recover, by the room they were sent to. Internal to Recovery.
//
// Each room has a shelf, and all shelves share one space: when it is full, the largest shelf drops its oldest
// message, so a busy room cannot evict the messages of quieter ones. Reading a shelf is linear in the result.
// Bounds: age, bytes of all shelves, bytes of one. Not thread-safe.
#pragma once

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "rollcall/room.hpp"
#include "rollcall/time.hpp"
#include "socketio/message.hpp"

namespace rollcall::socketio {

struct LogLimits {
  milliseconds max_age{165'000};  // messages are kept for that long, and an eighth of it longer at most
  std::size_t max_bytes = 48 << 20;
  std::size_t max_shelf_bytes = 2 << 20;  // of one room's
};

class MessageLog {
 public:
  explicit MessageLog(const LogLimits& limits) : limits_(limits) {}

  // Under its number, which must be greater than those before.
  void add(const MessageRef& message, Instant now);
  void prune(Instant now);

  // Appends the messages sent to the room after that number, oldest first. False, and nothing is appended, if
  // there are more than `most` or some were dropped for lack of space. Messages dropped for their age do not
  // count.
  bool read(Room room, std::uint64_t after, std::size_t most, std::vector<MessageRef>& out) const;
  bool read_everybodys(std::uint64_t after, std::size_t most, std::vector<MessageRef>& out) const;

  // The newest number that was forgotten for its age.
  std::uint64_t aged_through() const { return aged_through_; }
  std::size_t bytes() const { return bytes_; }
  std::size_t shelves() const { return shelves_.size(); }

 private:
  struct Entry {
    MessageRef message;
    Instant at;
    std::size_t bytes;  // what it takes of each of its shelves
  };
  // The entries before `first` are gone.
  struct Shelf {
    std::string key;  // a RoomKey's text; empty: for everybody
    std::vector<Entry> entries;
    std::size_t first = 0;
    std::size_t bytes = 0;
    std::uint64_t lost_through = 0;
    Instant lost_at{};  // when the newest lost message was added
    std::size_t size_class = 0;
    std::size_t place = 0;  // in its class

    bool empty() const { return first == entries.size(); }
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view key) const {
      return key.empty() ? 0 : (*this)(RoomKey::read(key));
    }
    std::size_t operator()(Room room) const {
      return std::hash<std::string_view>{}(room.name) + static_cast<unsigned char>(room.kind);
    }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(std::string_view a, std::string_view b) const { return a == b; }
    bool operator()(Room room, std::string_view key) const {
      return !key.empty() && RoomKey::read(key) == room;
    }
    bool operator()(std::string_view key, Room room) const { return (*this)(room, key); }
  };
  static constexpr std::size_t kClasses = 64;  // powers of two

  milliseconds check_interval() const { return limits_.max_age / 8; }
  static bool read(const Shelf& shelf, std::uint64_t after, std::size_t most, std::vector<MessageRef>& out);
  Shelf& shelf_of(const std::string& key, Instant now);
  void put(Shelf& shelf, const Entry& entry);
  void lose_oldest(Shelf& shelf);
  void take_oldest(Shelf& shelf);
  void resized(Shelf& shelf);
  void leave_class(Shelf& shelf);
  Shelf& largest();

  LogLimits limits_;
  std::size_t bytes_ = 0;
  std::uint64_t aged_through_ = 0;
  boost::unordered_flat_map<std::string, std::unique_ptr<Shelf>, Hash, Equal> shelves_;
  // When to look what of a shelf is too old. One for each shelf.
  std::deque<std::pair<Instant, Shelf*>> checks_;
  // By size, roughly: the largest shelf is one of the highest class that has any.
  std::array<std::vector<Shelf*>, kClasses> classes_;
};

}  // namespace rollcall::socketio
