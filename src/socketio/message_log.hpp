// The messages sent lately, by number, in few large blocks of memory: there may be a hundred thousand of
// them, most of some hundred bytes. Recovery's own.
//
// Bounds: age and bytes; a whole block is forgotten at a time, when its youngest message is too old or the
// blocks together hold too much. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "rollcall/time.hpp"
#include "socketio/message.hpp"

namespace rollcall::socketio {

class MessageLog {
 public:
  MessageLog(milliseconds max_age, std::size_t max_bytes);

  void add(std::uint64_t number, const Message& message, Instant now);
  void prune(Instant now);

  // The greatest number that was forgotten for want of space, before its time; 0 if none was.
  std::uint64_t lost_through() const { return lost_through_; }

  // A message in the log; the views die with the next call of the log.
  struct Entry {
    std::uint64_t number = 0;
    std::vector<std::string_view> rooms;  // as RoomKey's text
    std::vector<std::string_view> except;
    std::string_view packet;
    std::vector<std::string_view> attachments;
  };
  // All with a greater number than that, in the order in which they were added.
  void each_after(std::uint64_t number, const std::function<void(const Entry&)>& use) const;

 private:
  struct Block {
    std::string bytes;
    std::uint64_t greatest = 0;
    Instant youngest{};
  };

  std::deque<Block> blocks_;
  std::size_t bytes_ = 0;
  std::size_t max_bytes_;
  std::size_t block_bytes_;
  milliseconds max_age_;
  std::uint64_t lost_through_ = 0;
};

}  // namespace rollcall::socketio
