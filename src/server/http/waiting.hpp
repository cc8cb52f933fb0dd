// The connections of a worker that wait for a request: it has not come whole, or nobody knows whose it is.
// When descriptors run short the one that has waited longest is closed first, so a client that sends its
// request right after connecting is served however many idle connections a stranger holds. Not thread-safe.
#pragma once

#include <boost/intrusive/list.hpp>

#include "rollcall/time.hpp"
#include "server/shared/counters.hpp"

namespace rollcall::server {

class Pipe;
class WaitingList;

class Waiting : public boost::intrusive::list_base_hook<> {
 public:
  Waiting(WaitingList& list, Pipe& pipe) : list_(list), pipe_(pipe) {}
  ~Waiting() { end(); }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

  void begin(Instant now);  // anew, if it has begun
  void end();
  Pipe& pipe() const { return pipe_; }

 private:
  friend class WaitingList;
  WaitingList& list_;  // may be gone once it is in no list
  Pipe& pipe_;
  Instant since_{};
};

class WaitingList {
 public:
  explicit WaitingList(Counters& counters) : counters_(counters) {}
  ~WaitingList() { list_.clear(); }
  WaitingList(const WaitingList&) = delete;
  WaitingList& operator=(const WaitingList&) = delete;

  // Who has to make room; null if none has waited since an earlier turn: what it sent is not read yet.
  Waiting* victim(Instant now);

 private:
  friend class Waiting;
  void count() { counters_.set(Count::waiting, list_.size()); }

  Counters& counters_;
  boost::intrusive::list<Waiting> list_;  // in the order of their beginning
};

}  // namespace rollcall::server
