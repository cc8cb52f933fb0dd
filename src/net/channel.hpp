// An open connection that no loop has: just accepted, or on its way from one loop to another.
#pragma once

#include <array>
#include <memory>
#include <string>

#include "net/tls.hpp"

struct sockaddr_storage;

namespace rollcall::net {

// Where a connection comes from, in 17 bytes.
class PeerAddress {
 public:
  PeerAddress() = default;
  explicit PeerAddress(const sockaddr_storage& address);
  // Without the port; an IPv4 address that came over IPv6 as IPv4. Empty if there is none.
  std::string text() const;

 private:
  enum class Family : unsigned char { none, v4, v6 };
  std::array<unsigned char, 16> bytes_{};
  Family family_ = Family::none;
};

struct Channel {
  explicit Channel(int open_descriptor) : descriptor(open_descriptor) {}
  Channel(Channel&& other) noexcept;
  Channel& operator=(Channel&&) = delete;
  ~Channel();  // closes it, if it has still not been taken

  int take_descriptor() { return std::exchange(descriptor, -1); }

  int descriptor;
  PeerAddress peer;
  std::unique_ptr<TlsStream> tls;
  std::string unsent;  // left over by the loop that gave it away; not encrypted yet
};

}  // namespace rollcall::net
