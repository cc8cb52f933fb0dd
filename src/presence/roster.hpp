// The users who are online, in the order in which their sessions began; presence::Core's list for
// pages. It knows users by their slot in the Directory only.
//
// Sessions are numbered upwards for ever, and a page goes on after a number, so it does not matter
// whether the session of that number still lives. Leaving makes a gap; the list is closed up when
// more than half of it is gaps: add and remove are O(1) amortised. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "presence/slot.hpp"

namespace rollcall::presence {

class Roster {
 public:
  struct Page {
    std::vector<Slot> slots;
    std::optional<std::uint64_t> next;  // the number to go on after, if more follow
  };

  // `slot` must not be in the list, or must be, respectively.
  void add(Slot slot);
  void remove(Slot slot);

  bool contains(Slot slot) const { return slot < position_.size() && position_[slot] != kNowhere; }
  std::size_t size() const { return size_; }
  std::size_t gaps() const { return order_.size() - size_; }
  // The number of the youngest session so far; the first is 1.
  std::uint64_t last_session() const { return last_session_; }

  Page page(std::size_t limit, std::uint64_t after) const;

 private:
  struct Entry {
    std::uint64_t session;
    Slot slot;  // kNoSlot: a gap
  };
  static constexpr std::uint32_t kNowhere = UINT32_MAX;

  void close_gaps();

  std::deque<Entry> order_;              // by session; a deque, for it never copies itself to grow
  std::vector<std::uint32_t> position_;  // in order_, by slot
  std::size_t size_ = 0;
  std::uint64_t last_session_ = 0;
};

}  // namespace rollcall::presence
