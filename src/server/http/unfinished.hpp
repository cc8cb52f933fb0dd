// What a worker's connections hold of requests and messages that have not come whole, while nobody knows
// whose they are: heads, and the bodies and messages of those who have shown neither a key nor a token. Each
// has its own limit; this is the one for all of them together. Beyond it those go first that have held
// something for longest, so that whoever sends soon what he sends is not hurt by those who never finish.
//
// A connection has its entry while it holds something between two reads. Not thread-safe.
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
  UnfinishedList* list_;  // null: it has gone
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
  // Which is to be given up, while they hold too much. The last one never: it has a limit of its own.
  Unfinished* victim();

 private:
  friend class Unfinished;
  void add(std::size_t bytes);

  std::size_t most_bytes_;
  std::size_t bytes_ = 0;
  Counters& counters_;
  boost::intrusive::list<Unfinished> list_;  // in the order of their beginning
};

}  // namespace rollcall::server
