// A string of eight bytes plus one heap block, for texts that every connection keeps and that are set once.
// An empty one has no block.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

#include "base/assert.hpp"

namespace rollcall::base {

class CompactText {
 public:
  CompactText() = default;
  // At most 4 GiB.
  explicit CompactText(std::string_view text) {
    if (!text.empty()) copy(text, allocate(text.size()));
  }
  // `first`, then `rest`.
  CompactText(char first, std::string_view rest) {
    char* const place = allocate(1 + rest.size());
    *place = first;
    copy(rest, place + 1);
  }

  bool empty() const { return !block_; }
  std::string_view view() const {
    if (!block_) return {};
    const auto first = static_cast<unsigned char>(block_[0]);
    if (first < kLong) return {&block_[1], first};
    std::uint32_t size = 0;
    std::memcpy(&size, &block_[1], sizeof size);
    return {&block_[1 + sizeof size], size};
  }
  operator std::string_view() const { return view(); }

 private:
  static constexpr unsigned char kLong = 128;

  // Returns where the text's `length` bytes go. A length below 128 takes one byte: a uuid with it fits a
  // block of the allocator's that it would not fit with four.
  char* allocate(std::size_t length) {
    ROLLCALL_ASSERT(length <= UINT32_MAX);
    const bool is_short = length < kLong;
    const std::size_t prefix = is_short ? 1 : 1 + sizeof(std::uint32_t);
    block_.reset(new char[prefix + length]);
    block_[0] = static_cast<char>(is_short ? length : kLong);
    const auto size = static_cast<std::uint32_t>(length);
    if (!is_short) std::memcpy(&block_[1], &size, sizeof size);
    return &block_[prefix];
  }
  static void copy(std::string_view text, char* to) {
    if (!text.empty()) std::memcpy(to, text.data(), text.size());
  }

  std::unique_ptr<char[]> block_;
};

}  // namespace rollcall::base
