// Replaces ring_sender.cpp where liburing is not installed.
#include "floor/sender.hpp"

namespace rollcall::floor {

std::unique_ptr<Sender> make_ring_sender(bool, Sender::Late) {
  return nullptr;
}

}  // namespace rollcall::floor
