// Divides up the process's file descriptors: sessions may use all but a reserve; connections without a
// request use what is free until a session needs it.
#pragma once

#include <cstddef>

namespace rollcall::server {

class DescriptorRoom {
 public:
  // `most`: the process's limit; 0: unlimited. `others`: descriptors that are not connections.
  void limit(std::size_t most) { most_ = most; }
  void set_others(std::size_t others) { others_ = others; }

  // Whether new sessions would use the reserve. `waiting`: connections that can be closed to make room.
  bool scarce(std::size_t connections, std::size_t waiting) const;
  // The reserve is in use: accept slowly enough that newcomers are read before they have to make room.
  bool tight(std::size_t connections) const { return scarce(connections, 0); }
  // How many connections must be closed to make room.
  std::size_t excess(std::size_t connections) const;

 private:
  // For requests that open no session (health, metrics, the API), and for files that the program opens.
  static constexpr std::size_t kReserve = 48;

  std::size_t reserve() const;

  std::size_t most_ = 0;
  std::size_t others_ = 0;
};

}  // namespace rollcall::server
