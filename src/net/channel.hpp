// An open connection owned by no loop: just accepted, or moving from one loop to another.
#pragma once

#include <memory>
#include <string>

#include "net/address.hpp"
#include "net/tls.hpp"

namespace rollcall::net {

struct Channel {
  explicit Channel(int open_descriptor) : descriptor(open_descriptor) {}
  Channel(Channel&& other) noexcept;
  Channel& operator=(Channel&&) = delete;
  ~Channel();  // closes it, if it has still not been taken

  int take_descriptor() { return std::exchange(descriptor, -1); }

  int descriptor;
  PeerAddress peer;
  bool counted = false;  // by its server, as a connection of its address
  std::unique_ptr<TlsStream> tls;
  std::string unsent;  // left over by the loop that gave it away; not encrypted yet
};

}  // namespace rollcall::net
