// What a worker counts of its sessions, sockets and HTTP requests. Kept on its thread, read by any
// (net/counter.hpp); docs/operating.md says what each is good for.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>

#include "net/counter.hpp"

namespace rollcall::server {

// Some are a row: of as many counts as there are kinds of what they are counted by.
enum class Count : unsigned char {
  open,                         // sessions at the moment, by engineio::Transport
  opened = open + 2,            // since the start, by the transport they began with
  upgraded = opened + 2,        // from polling to a websocket
  closed,                       // by engineio::CloseReason
  refused = closed + 6,         // requests for a session, by engineio::Refusal
  broken_frames = refused + 6,  // websockets failed for what they sent
  connect_timeouts,             // sessions that joined no namespace in time
  joined,                       // sockets let in
  left,                         // sockets that had been, by EndReason
  recovered = left + 8,         // of those let in
  not_recovered,                // that wanted to be
  messages_received,            // of Socket.IO; binary attachments are messages of their own
  messages_sent,
  deliveries,               // of broadcasts, one for each socket
  accepted,                 // connections
  waiting,                  // connections at the moment (waiting.hpp)
  waiting_closed,           // of those, to make room for others
  slow_readers,             // of HTTP answers: their connection was closed
  pending,                  // sessions at the moment that have joined no namespace yet
  pending_dropped,          // of those, closed because there were too many
  unfinished,               // bytes at the moment, of requests and messages (unfinished.hpp)
  unfinished_dropped,       // of those requests and messages, given up
  refused_by_address,       // connections and sessions: too many of one address
  refused_for_memory,       // sessions and large bodies
  refused_for_descriptors,  // sessions
  end
};

class Counters {
 public:
  void add(Count what, std::uint64_t more = 1) { counts_[index(what)].add(more); }
  void set(Count what, std::uint64_t value) { counts_[index(what)].set(value); }
  std::uint64_t value(Count what) const { return counts_[index(what)].value(); }

  // In a row.
  template <class Kind>
  void add_kind(Count row, Kind kind) {
    counts_[index(row, kind)].add();
  }
  template <class Kind>
  void subtract_kind(Count row, Kind kind) {
    counts_[index(row, kind)].subtract(1);
  }
  template <class Kind>
  std::uint64_t value(Count row, Kind kind) const {
    return counts_[index(row, kind)].value();
  }

 private:
  static constexpr std::size_t index(Count what) { return static_cast<std::size_t>(what); }
  template <class Kind>
  static constexpr std::size_t index(Count row, Kind kind) {
    return index(row) + static_cast<std::size_t>(kind);
  }

  std::array<net::Counter, static_cast<std::size_t>(Count::end)> counts_;
};

// Answers to HTTP requests, by route (Routes::names) and status.
class HttpCounters {
 public:
  // Those that are told apart; 0 stands for all others.
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
