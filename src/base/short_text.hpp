// A string of at most N bytes, stored inline: for ids, which every connection has several of.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/assert.hpp"

namespace rollcall::base {

template <std::size_t N>
class ShortText {
  static_assert(N < 256);

 public:
  ShortText() = default;
  explicit ShortText(std::string_view text) { *this = text; }
  // The text must fit.
  ShortText& operator=(std::string_view text) {
    ROLLCALL_ASSERT(text.size() <= N);
    size_ = static_cast<std::uint8_t>(text.size());
    if (!text.empty()) std::memcpy(bytes_.data(), text.data(), text.size());
    return *this;
  }

  static constexpr std::size_t capacity() { return N; }
  bool empty() const { return size_ == 0; }
  std::string_view view() const { return {bytes_.data(), size_}; }
  operator std::string_view() const { return view(); }

 private:
  std::array<char, N> bytes_{};
  std::uint8_t size_ = 0;
};

}  // namespace rollcall::base
