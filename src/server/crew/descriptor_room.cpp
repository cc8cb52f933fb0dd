#include "server/crew/descriptor_room.hpp"

#include <algorithm>

namespace rollcall::server {

std::size_t DescriptorRoom::reserve() const {
  return std::min(kReserve, most_ / 8);
}

bool DescriptorRoom::scarce(std::size_t connections, std::size_t waiting) const {
  const std::size_t lasting = connections - std::min(connections, waiting);
  return most_ > 0 && lasting + others_ + reserve() >= most_;
}

std::size_t DescriptorRoom::excess(std::size_t connections) const {
  const std::size_t wanted = connections + others_ + reserve() / 2;
  return most_ > 0 && wanted > most_ ? std::min(wanted - most_, connections) : 0;
}

}  // namespace rollcall::server
