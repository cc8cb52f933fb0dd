// A worker's connections that wait for a request: it is incomplete, or its sender is unknown. When
// descriptors run short, the one that has waited longest is closed first, so a client that sends its request
// right after connecting is served however many idle connections a stranger holds. Not thread-safe.
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

  void begin(Instant now);  // restarts if already begun
  void end();
  Pipe& pipe() const { return pipe_; }

 private:
  friend class WaitingList;
  WaitingList& list_;  // may be destroyed once this is in no list
  Pipe& pipe_;
  Instant since_{};
};

class WaitingList {
 public:
  explicit WaitingList(Counters& counters) : counters_(counters) {}
  ~WaitingList() { list_.clear(); }
  WaitingList(const WaitingList&) = delete;
  WaitingList& operator=(const WaitingList&) = delete;

  // The one to close; null if none has waited since an earlier turn, as their bytes may be unread.
  Waiting* victim(Instant now);

 private:
  friend class Waiting;
  void count() { counters_.set(Count::waiting, list_.size()); }

  Counters& counters_;
  boost::intrusive::list<Waiting> list_;  // oldest first
};

}  // namespace rollcall::server
