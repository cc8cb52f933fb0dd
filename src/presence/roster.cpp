#include "presence/roster.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace rollcall::presence {

void Roster::add(Slot slot) {
  ROLLCALL_ASSERT(!contains(slot));
  if (slot >= position_.size()) position_.resize(slot + std::size_t{1}, kNowhere);
  position_[slot] = static_cast<std::uint32_t>(order_.size());
  order_.push_back({++last_session_, slot});
  ++size_;
}

void Roster::remove(Slot slot) {
  ROLLCALL_ASSERT(contains(slot));
  order_[position_[slot]].slot = kNoSlot;
  position_[slot] = kNowhere;
  --size_;
  if (order_.size() > 2 * size_ + 64) close_gaps();
}

void Roster::close_gaps() {
  std::erase_if(order_, [](const Entry& entry) { return entry.slot == kNoSlot; });
  std::uint32_t position = 0;
  for (const Entry& entry : order_) position_[entry.slot] = position++;
}

Roster::Page Roster::page(std::size_t limit, std::uint64_t after) const {
  Page page;
  page.slots.reserve(std::min(limit, size_));
  auto entry = std::upper_bound(order_.begin(), order_.end(), after,
                                [](std::uint64_t number, const Entry& e) { return number < e.session; });
  std::uint64_t last = after;
  for (; entry != order_.end(); ++entry) {
    if (entry->slot == kNoSlot) continue;
    if (page.slots.size() == limit) {
      page.next = last;
      break;
    }
    page.slots.push_back(entry->slot);
    last = entry->session;
  }
  return page;
}

}  // namespace rollcall::presence
