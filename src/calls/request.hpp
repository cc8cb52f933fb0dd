// One request, from a client (an event) or a backend (HTTP), in three steps:
//
// 1. It is read from the wire by Call::read or Call::read_http (call.hpp).
// 2. `look` runs under a lane of the hub's lock and copies the state that the answer needs.
// 3. `answer` runs without the lock: it makes the request's changes and writes the answer's data.
//
// Pure. A request lives for one turn, in memory supplied by the caller. Not thread-safe, but the `look`
// of different requests may run on several threads at once.
#pragma once

#include <cstddef>
#include <memory>
#include <memory_resource>
#include <optional>
#include <string>
#include <utility>

#include "presence/view.hpp"
#include "rollcall/result.hpp"
#include "rollcall/time.hpp"
#include "wire/error.hpp"
#include "wire/user_ids.hpp"

namespace rollcall::calls {

class OnlineList;

// The client that makes the request: what a call may change for it.
class Caller {
 public:
  virtual ~Caller() = default;
  // From now on the client is told of these users' changes. All or nothing: an error changes nothing.
  virtual std::optional<wire::Error> watch(const wire::UserIds& user_ids) = 0;
  // Returns how many users it still watches.
  virtual std::size_t unwatch(const wire::UserIds& user_ids) = 0;
  // Replaces the connection's token. Returns when the new one expires, if it does.
  virtual Result<std::optional<WallTime>, wire::Error> renew(const std::string& token) = 0;
};

// What a request sees besides the users' states.
struct Surroundings {
  presence::ConnectionId asker = 0;  // the connection that asks; 0: none does
  WallTime now{};
  OnlineList& online_list;
};

class Request {
 public:
  virtual ~Request() = default;
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;

  virtual void look(const presence::View&, const Surroundings&) {}
  // The data is appended to `begin`.
  virtual Result<std::string, wire::Error> answer(Caller& caller, WallTime now, std::string begin) = 0;
  // What it costs: the number of ids that it names or that its answer lists. Call it after `look`.
  virtual std::size_t ids() const { return 0; }

 protected:
  Request() = default;
};

// A request that changes nothing for the caller, so backends may make it too.
class Question : public Request {
 public:
  virtual Result<std::string, wire::Error> answer(WallTime now, std::string begin) = 0;
  Result<std::string, wire::Error> answer(Caller&, WallTime now, std::string begin) final {
    return answer(now, std::move(begin));
  }
};

// Gives a request's memory back to where it came from.
struct Release {
  std::pmr::memory_resource* memory = nullptr;
  std::size_t bytes = 0;
  void operator()(Request* request) const {
    request->~Request();
    memory->deallocate(request, bytes, alignof(std::max_align_t));
  }
};
using RequestPtr = std::unique_ptr<Request, Release>;
using QuestionPtr = std::unique_ptr<Question, Release>;

template <class R, class... Args>
std::unique_ptr<R, Release> make(std::pmr::memory_resource* memory, Args&&... args) {
  static_assert(alignof(R) <= alignof(std::max_align_t));
  void* place = memory->allocate(sizeof(R), alignof(std::max_align_t));
  return {new (place) R(std::forward<Args>(args)...), Release{memory, sizeof(R)}};
}

}  // namespace rollcall::calls
