#include "feed/ring.hpp"

#include <algorithm>
#include <charconv>

#include "base/assert.hpp"

namespace rollcall::feed {
namespace {

constexpr std::size_t kEpochDigits = 16;

std::string hex(std::uint64_t value) {
  std::string text(kEpochDigits, '0');
  for (std::size_t i = kEpochDigits; i-- > 0; value >>= 4) text[i] = "0123456789abcdef"[value & 0xF];
  return text;
}

}  // namespace

// One block more than the limit fills: the oldest and the newest are both partly in use.
Ring::Ring(std::uint64_t epoch, std::size_t limit)
    : epoch_(hex(epoch)), limit_(limit), blocks_(limit / kBlock + 2) {}

void Ring::begin(std::size_t limit) {
  ROLLCALL_ASSERT(!keeps() && last_ == 0);
  limit_ = limit;
  blocks_ = std::vector<ChangeList>(limit / kBlock + 2);
}

void Ring::add(const Change& change) {
  if (last_ % kBlock == 0) begin_block();
  ChangeList& block = block_at(last_);
  const std::size_t before = block.text_bytes();
  block.add(change);
  text_bytes_ += block.text_bytes() - before;
  ++last_;
  if (last_ - forgotten_ > limit_) ++forgotten_;
}

// Reuses the ring's oldest block as its newest. Blocks beyond the byte limit are freed.
void Ring::begin_block() {
  ChangeList& newest = block_at(last_);
  text_bytes_ -= newest.text_bytes();
  newest.clear(kBlock * kTextBytesEach);
  const std::size_t most = std::max(limit_, kBlock) * kTextBytesEach;
  while (text_bytes_ > most && forgotten_ < last_) {
    ChangeList& oldest = block_at(forgotten_);
    text_bytes_ -= oldest.text_bytes();
    oldest.clear(0);
    forgotten_ = (forgotten_ / kBlock + 1) * kBlock;
  }
}

bool Ring::read(std::uint64_t after, std::size_t most, ChangeList& out) const {
  ROLLCALL_ASSERT(after <= last_);
  if (!remembers_after(after)) return false;
  const std::uint64_t end = after + std::min<std::uint64_t>(most, last_ - after);
  for (std::uint64_t index = after; index < end; ++index) out.add(block_at(index)[index % kBlock]);
  return true;
}

std::string Ring::cursor(std::uint64_t number) const {
  return epoch_ + "-" + std::to_string(number);
}

Result<std::uint64_t, FeedGap> Ring::find(std::string_view cursor) const {
  if (cursor.size() <= kEpochDigits || cursor.substr(0, kEpochDigits) != epoch_ ||
      cursor[kEpochDigits] != '-') {
    return fail(FeedGap::unknown);
  }
  const std::string_view digits = cursor.substr(kEpochDigits + 1);
  const char* end = digits.data() + digits.size();
  std::uint64_t number = 0;
  const auto [stopped, error] = std::from_chars(digits.data(), end, number);
  const bool whole = error == std::errc{} && stopped == end;
  // Accepts only the exact form that `cursor` writes.
  if (!whole || number > last_ || (digits.front() == '0' && digits.size() > 1)) return fail(FeedGap::unknown);
  if (!remembers_after(number)) return fail(FeedGap::fell_behind);
  return number;
}

}  // namespace rollcall::feed
