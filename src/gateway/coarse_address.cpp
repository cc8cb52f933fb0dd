#include "gateway/coarse_address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace rollcall::gateway {
namespace {

// The address with all but its first bytes zeroed.
std::string masked(int family, std::array<unsigned char, 16> bytes, std::ptrdiff_t kept, const char* suffix) {
  std::fill(bytes.begin() + kept, bytes.end(), static_cast<unsigned char>(0));
  char text[INET6_ADDRSTRLEN] = "";
  inet_ntop(family, bytes.data(), text, sizeof text);
  return std::string(text) + suffix;
}

}  // namespace

std::string coarse_address(std::string_view address) {
  const std::string text(address);
  std::array<unsigned char, 16> bytes{};
  if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) return masked(AF_INET, bytes, 3, "/24");
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return masked(AF_INET6, bytes, 6, "/48");
  return {};
}

}  // namespace rollcall::gateway
