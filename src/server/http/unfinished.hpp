// Limits the memory that a worker's unauthenticated connections hold in incomplete requests and messages:
// heads, and bodies and messages from clients without a key or token. Each has its own limit; this limits the
// sum. Beyond it, the oldest incomplete one is given up first, so that clients that send promptly do not
// suffer from those that never finish.
//
// A connection has an entry while it holds something between two reads. Not thread-safe.
#pragma once

#include <boost/intrusive/list.hpp>
#include <cstddef>

#include "server/shared/counters.hpp"

namespace rollcall::server {

class Pipe;
class UnfinishedList;

class Unfinished : public boost::intrusive::list_base_hook<> {
 public:
  Unfinished(UnfinishedList& list, Pipe& pipe);
  ~Unfinished();
  Unfinished(const Unfinished&) = delete;
  Unfinished& operator=(const Unfinished&) = delete;

  void set(std::size_t bytes);
  Pipe& pipe() const { return pipe_; }

 private:
  friend class UnfinishedList;
  UnfinishedList* list_;  // null: the list is gone
  Pipe& pipe_;
  std::size_t bytes_ = 0;
};

class UnfinishedList {
 public:
  UnfinishedList(std::size_t most_bytes, Counters& counters) : most_bytes_(most_bytes), counters_(counters) {}
  ~UnfinishedList();
  UnfinishedList(const UnfinishedList&) = delete;
  UnfinishedList& operator=(const UnfinishedList&) = delete;

  std::size_t bytes() const { return bytes_; }
  void limit(std::size_t most_bytes) { most_bytes_ = most_bytes; }
  // The one to give up while they hold too much. Never the last one: it has its own limit.
  Unfinished* victim();

 private:
  friend class Unfinished;
  void add(std::size_t bytes);

  std::size_t most_bytes_;
  std::size_t bytes_ = 0;
  Counters& counters_;
  boost::intrusive::list<Unfinished> list_;  // oldest first
};

}  // namespace rollcall::server
