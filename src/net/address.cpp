#include "net/address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace rollcall::net {
namespace {

constexpr unsigned kV4Bits = 32;
constexpr unsigned kV6Bits = 128;

// The first `bits` of both are the same.
bool same_network(const unsigned char* a, const unsigned char* b, unsigned bits) {
  if (std::memcmp(a, b, bits / 8) != 0) return false;
  const unsigned rest = bits % 8;
  return rest == 0 || (a[bits / 8] ^ b[bits / 8]) >> (8 - rest) == 0;
}

}  // namespace

PeerAddress::PeerAddress(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET) {
    std::memcpy(bytes_.data(), &reinterpret_cast<const sockaddr_in&>(address).sin_addr, 4);
    family_ = Family::v4;
  } else if (address.ss_family == AF_INET6) {
    const in6_addr& v6 = reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
    const bool mapped = IN6_IS_ADDR_V4MAPPED(&v6);
    std::memcpy(bytes_.data(), &v6.s6_addr[mapped ? 12 : 0], mapped ? 4 : 16);
    family_ = mapped ? Family::v4 : Family::v6;
  }
}

std::optional<PeerAddress> PeerAddress::parse(std::string_view text) {
  const std::string terminated(text);
  sockaddr_storage storage{};
  if (inet_pton(AF_INET, terminated.c_str(), &reinterpret_cast<sockaddr_in&>(storage).sin_addr) == 1) {
    storage.ss_family = AF_INET;
  } else if (inet_pton(AF_INET6, terminated.c_str(), &reinterpret_cast<sockaddr_in6&>(storage).sin6_addr) ==
             1) {
    storage.ss_family = AF_INET6;
  } else {
    return std::nullopt;
  }
  return PeerAddress(storage);
}

std::string PeerAddress::text() const {
  if (family_ == Family::v4) {  // inet_ntop goes through sprintf: 1,800 instructions for each connection
    std::string text;
    for (std::size_t i = 0; i < 4; ++i) text.append(i > 0 ? "." : "").append(std::to_string(bytes_[i]));
    return text;
  }
  char text[INET6_ADDRSTRLEN] = "";
  if (family_ == Family::v6) inet_ntop(AF_INET6, bytes_.data(), text, sizeof text);
  return text;
}

std::uint64_t PeerAddress::key() const {
  std::uint64_t key = 0;
  std::memcpy(&key, bytes_.data(), sizeof key);
  // No IPv6 network in use begins with the bits that set the families apart.
  return family_ == Family::v4 ? key | std::uint64_t{0xFFFFFFFF} << 32 : key;
}

bool AddressSet::add(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = PeerAddress::parse(text.substr(0, slash));
  if (!address) return false;
  const unsigned most = address->family_ == PeerAddress::Family::v4 ? kV4Bits : kV6Bits;
  unsigned bits = most;
  if (slash != std::string_view::npos) {
    const std::string_view length = text.substr(slash + 1);
    const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), bits);
    if (error != std::errc{} || end != length.data() + length.size() || bits > most) return false;
  }
  networks_.push_back({*address, bits});
  return true;
}

bool AddressSet::contains(const PeerAddress& address) const {
  return std::any_of(networks_.begin(), networks_.end(), [&](const Network& network) {
    return network.address.family_ == address.family_ &&
           same_network(network.address.bytes_.data(), address.bytes_.data(), network.bits);
  });
}

}  // namespace rollcall::net
