// A worker's counters of sessions, sockets and HTTP requests. Written on its thread, read by any
// (net/counter.hpp); docs/operating.md explains each.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string_view>
#include <vector>

#include "base/kinds.hpp"
#include "engineio/request.hpp"
#include "engineio/session.hpp"
#include "net/counter.hpp"

namespace rollcall::server {

enum class Count : unsigned char {
  open,               // open sessions
  opened,             // since the start, by their first transport
  upgraded,           // from polling to a websocket
  closed,             // sessions
  refused,            // requests for a session
  broken_frames,      // websockets failed for invalid frames
  connect_timeouts,   // sessions that joined no namespace in time
  joined,             // sockets admitted
  left,               // admitted sockets that ended
  recovered,          // among those admitted
  not_recovered,      // that asked for it
  messages_received,  // of Socket.IO; a binary attachment counts as a message
  messages_sent,
  deliveries,               // of broadcasts, one per socket
  accepted,                 // TCP connections
  waiting,                  // current TCP connections without a request (waiting.hpp)
  waiting_closed,           // among those, to make room for others
  slow_readers,             // of HTTP answers; their connections were closed
  pending,                  // current sessions that have not joined a namespace
  pending_dropped,          // among those, closed because there were too many
  unfinished,               // current bytes of incomplete requests and messages (unfinished.hpp)
  unfinished_dropped,       // incomplete requests and messages given up because there were too many bytes
  refused_by_address,       // connections and sessions: too many from one address
  refused_for_memory,       // sessions and large bodies
  refused_for_descriptors,  // sessions
  end
};

// The names of a counter's kinds; none: a single number.
constexpr std::span<const std::string_view> kinds_of(Count what) {
  switch (what) {
    case Count::open:
    case Count::opened:
      return base::kKindNames<engineio::Transport>;
    case Count::closed:
      return base::kKindNames<engineio::CloseReason>;
    case Count::refused:
      return base::kKindNames<engineio::Refusal>;
    case Count::left:
      return base::kKindNames<EndReason>;
    default:
      return {};
  }
}

// The first cell of each counter; the last entry is the number of cells.
inline constexpr auto kCells = [] {
  std::array<std::size_t, static_cast<std::size_t>(Count::end) + 1> begin{};
  for (std::size_t i = 0; i + 1 < begin.size(); ++i) {
    begin[i + 1] = begin[i] + std::max<std::size_t>(1, kinds_of(static_cast<Count>(i)).size());
  }
  return begin;
}();

// The cell of a single-number counter. Anything else does not compile.
struct SingleCell {
  consteval SingleCell(Count what) : index(kCells[static_cast<std::size_t>(what)]) {
    if (!kinds_of(what).empty()) throw "this count is kept by kind";
  }
  std::size_t index;
};

template <Count row, class Kind>
constexpr std::size_t cell_of(Kind kind) {
  static_assert(kinds_of(row).data() == base::kKindNames<Kind>.data(), "this count is kept by another kind");
  return kCells[static_cast<std::size_t>(row)] + static_cast<std::size_t>(kind);
}

class Counters {
 public:
  void add(SingleCell cell, std::uint64_t more = 1) { cells_[cell.index].add(more); }
  void set(SingleCell cell, std::uint64_t value) { cells_[cell.index].set(value); }
  std::uint64_t value(SingleCell cell) const { return cells_[cell.index].value(); }

  template <Count row, class Kind>
  void add(Kind kind) {
    cells_[cell_of<row>(kind)].add();
  }
  template <Count row, class Kind>
  void subtract(Kind kind) {
    cells_[cell_of<row>(kind)].subtract(1);
  }
  template <Count row, class Kind>
  std::uint64_t value(Kind kind) const {
    return cells_[cell_of<row>(kind)].value();
  }

 private:
  friend class CountSums;
  std::array<net::Counter, kCells.back()> cells_;
};

struct NamedCount {
  std::string_view name;  // a literal
  std::uint64_t count = 0;
};

// A snapshot of the sums over all workers.
class CountSums {
 public:
  CountSums& operator+=(const Counters& worker) {
    for (std::size_t i = 0; i < cells_.size(); ++i) cells_[i] += worker.cells_[i].value();
    return *this;
  }
  std::uint64_t value(SingleCell cell) const { return cells_[cell.index]; }
  std::vector<NamedCount> by_kind(Count row) const {
    std::vector<NamedCount> named;
    std::size_t cell = kCells[static_cast<std::size_t>(row)];
    for (const std::string_view kind : kinds_of(row)) named.push_back({kind, cells_[cell++]});
    return named;
  }
  std::span<std::uint64_t> cells() { return cells_; }

 private:
  std::array<std::uint64_t, kCells.back()> cells_{};
};

// Answers to HTTP requests, by route (Routes::names) and status.
class HttpCounters {
 public:
  // Statuses with a counter of their own; 0 stands for all others.
  static constexpr std::array<unsigned, 26> kStatuses = {200, 201, 202, 204, 206, 301, 302, 303, 304,
                                                         400, 401, 403, 404, 405, 408, 409, 410, 413,
                                                         415, 422, 426, 429, 431, 500, 503, 0};

  // Before the worker runs.
  void make_room(std::size_t routes) {
    while (rows_.size() < routes) rows_.emplace_back();
  }
  void add(std::size_t route, unsigned status) { rows_[route][place_of(status)].add(); }
  std::uint64_t value(std::size_t route, std::size_t place) const { return rows_[route][place].value(); }

 private:
  using Row = std::array<net::Counter, kStatuses.size()>;
  static std::size_t place_of(unsigned status) {
    std::size_t place = 0;
    while (place + 1 < kStatuses.size() && kStatuses[place] != status) ++place;
    return place;
  }

  std::deque<Row> rows_{1};
};

}  // namespace rollcall::server
