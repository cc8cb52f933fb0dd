// IP addresses: where a connection comes from, and lists of addresses and networks.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct sockaddr_storage;

namespace rollcall::net {

// 17 bytes; an IPv4-mapped IPv6 address counts as IPv4.
class PeerAddress {
 public:
  PeerAddress() = default;
  explicit PeerAddress(const sockaddr_storage& address);
  // Parses the format of text(). Nothing if it is not an address; ports and brackets are not accepted.
  static std::optional<PeerAddress> parse(std::string_view text);

  // Without the port. Empty if there is none.
  std::string text() const;
  // Equal for the addresses of one customer: an IPv4 address, or an IPv6 network of 64 bits.
  std::uint64_t key() const;
  bool operator==(const PeerAddress&) const = default;

 private:
  friend class AddressSet;
  enum class Family : unsigned char { none, v4, v6 };
  std::array<unsigned char, 16> bytes_{};
  Family family_ = Family::none;
};

// Addresses ("192.0.2.1", "::1") and networks ("10.0.0.0/8", "fd00::/8").
class AddressSet {
 public:
  // False if the text is neither.
  bool add(std::string_view text);
  bool contains(const PeerAddress& address) const;
  bool empty() const { return networks_.empty(); }

 private:
  struct Network {
    PeerAddress address;
    unsigned bits;
  };
  std::vector<Network> networks_;
};

}  // namespace rollcall::net
