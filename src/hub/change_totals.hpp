// How many users came online and went offline since the start.
#pragma once

#include <cstddef>

#include "hub/sink.hpp"

namespace rollcall::hub {

class ChangeTotals final : public Sink {
 public:
  struct Totals {
    std::size_t online = 0;
    std::size_t offline = 0;
  };

  void take(std::span<const presence::UserChanged> changes, const presence::Core&) override {
    for (const presence::UserChanged& change : changes) {
      const presence::Edge edge = presence::edge_of(change);
      totals_.online += edge == presence::Edge::online ? 1 : 0;
      totals_.offline += edge == presence::Edge::offline ? 1 : 0;
    }
  }
  const Totals& totals() const { return totals_; }

 private:
  Totals totals_;
};

}  // namespace rollcall::hub
