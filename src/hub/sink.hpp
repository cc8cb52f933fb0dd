// Whoever wants to know of every change of presence: the feed, an embedder's callbacks, counters.
#pragma once

#include <cstddef>
#include <span>

#include "presence/announcer.hpp"
#include "presence/core.hpp"
#include "presence/types.hpp"

namespace rollcall::hub {

class Sink {
 public:
  virtual ~Sink() = default;

  // Called under all lanes of the hub, with the changes in their order and the core as it is after them: it
  // must not call the hub, and cost next to nothing.
  virtual void take(std::span<const presence::UserChanged> changes, const presence::Core& core) = 0;
};

// Those who are told of the changes as they happen, or in batches: the sockets. Called like a Sink.
class Audience {
 public:
  virtual ~Audience() = default;

  virtual void tell(const presence::Announcement& announcement) = 0;
  // How many hear of a change, and what telling has cost the event loops so far: paces what is told.
  virtual std::size_t receivers() const = 0;
  virtual std::span<const presence::LoopWork> work() = 0;
};

}  // namespace rollcall::hub
