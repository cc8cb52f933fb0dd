#include "base/base64.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace rollcall::base {
namespace {

constexpr std::string_view kStandard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrlSafe = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t kInvalid = 0xFF;

constexpr std::array<std::uint8_t, 256> make_values() {
  std::array<std::uint8_t, 256> values{};
  values.fill(kInvalid);
  for (std::size_t i = 0; i < kStandard.size(); ++i) {
    values[static_cast<std::uint8_t>(kStandard[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}
constexpr auto kValues = make_values();

enum class Padding { none, full };

void append(std::string& out, std::string_view bytes, std::string_view alphabet, Padding padding) {
  const std::size_t digits =
      padding == Padding::full ? (bytes.size() + 2) / 3 * 4 : (bytes.size() * 4 + 2) / 3;
  out.resize(out.size() + digits, '=');
  char* to = out.data() + out.size() - digits;
  const auto byte = [&](std::size_t at) { return std::uint32_t{static_cast<std::uint8_t>(bytes[at])}; };
  const auto put = [&](std::uint32_t value) { *to++ = alphabet[value & 63]; };
  std::size_t at = 0;
  for (; at + 3 <= bytes.size(); at += 3) {
    const std::uint32_t group = byte(at) << 16 | byte(at + 1) << 8 | byte(at + 2);
    put(group >> 18);
    put(group >> 12);
    put(group >> 6);
    put(group);
  }
  const std::size_t left = bytes.size() - at;
  if (left == 0) return;
  const std::uint32_t group = byte(at) << 16 | (left == 2 ? byte(at + 1) << 8 : 0);
  put(group >> 18);
  put(group >> 12);
  if (left == 2) put(group >> 6);
}

}  // namespace

std::string base64_encode(std::string_view bytes) {
  std::string out;
  append(out, bytes, kStandard, Padding::full);
  return out;
}

void append_base64url(std::string& out, std::string_view bytes) {
  append(out, bytes, kUrlSafe, Padding::none);
}

std::string base64url_encode(std::string_view bytes) {
  std::string out;
  append_base64url(out, bytes);
  return out;
}

bool all_base64_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return kValues[static_cast<std::uint8_t>(c)] != kInvalid; });
}

std::optional<std::string> base64_decode(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  const std::size_t digits = text.size() - padding;

  std::string out;
  out.reserve(digits * 3 / 4);
  std::uint32_t group = 0;
  unsigned bits = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    const std::uint8_t value = kValues[static_cast<std::uint8_t>(text[i])];
    if (value == kInvalid) return std::nullopt;
    group = group << 6 | value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out += static_cast<char>(group >> bits & 0xFF);
    }
  }
  const std::uint32_t stray = group & ((1U << bits) - 1);
  if (stray != 0) return std::nullopt;
  return out;
}

}  // namespace rollcall::base
