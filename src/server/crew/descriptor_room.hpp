// How the descriptors that the process may have are shared out: to sessions all but a reserve; to connections
// that still wait for a request whatever is free, until somebody else needs it.
#pragma once

#include <cstddef>

namespace rollcall::server {

class DescriptorRoom {
 public:
  // `most`: that the process may have; 0: it does not matter. `others`: that are no connections.
  void limit(std::size_t most) { most_ = most; }
  void set_others(std::size_t others) { others_ = others; }

  // New sessions would take the reserve. `waiting`: those of the connections that make room when asked.
  bool scarce(std::size_t connections, std::size_t waiting) const;
  // The reserve is in use, so newcomers are accepted slowly enough to be read before they have to make room.
  bool tight(std::size_t connections) const { return scarce(connections, 0); }
  // How many connections have to make room.
  std::size_t excess(std::size_t connections) const;

 private:
  // For requests that open no session: health, metrics, the API. And for files that the program opens.
  static constexpr std::size_t kReserve = 48;

  std::size_t reserve() const;

  std::size_t most_ = 0;
  std::size_t others_ = 0;
};

}  // namespace rollcall::server
