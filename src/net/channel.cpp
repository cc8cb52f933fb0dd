#include "net/channel.hpp"

#include <unistd.h>

namespace rollcall::net {

Channel::Channel(Channel&& other) noexcept
    : descriptor(other.take_descriptor()),
      peer(other.peer),
      counted(other.counted),
      tls(std::move(other.tls)),
      unsent(std::move(other.unsent)) {}

Channel::~Channel() {
  if (descriptor >= 0) ::close(descriptor);
}

}  // namespace rollcall::net
