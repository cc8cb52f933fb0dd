// The hub's two kinds of observers. A Sink receives every change of presence: the feed, an embedder's
// callbacks, counters. The Audience receives what the announcer lets through.
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

  // Called under all lanes of the hub, with the changes in order and the core's state after them: it must not
  // call the hub, and must be cheap.
  virtual void take(std::span<const presence::UserChanged> changes, const presence::Core& core) = 0;
};

// Receives changes as the announcer releases them, live or in batches: the sockets. Called like a Sink.
class Audience {
 public:
  virtual ~Audience() = default;

  virtual void tell(const presence::Announcement& announcement) = 0;
  // These set the pace: how many receivers a change has, and what deliveries have cost the loops so far.
  virtual std::size_t receivers() const = 0;
  virtual std::span<const presence::LoopWork> work() = 0;
};

}  // namespace rollcall::hub
