// A request between its reading and its answer, whoever makes it: a client by an event, a backend by HTTP.
//
// 1. Read from the wire: Call::read, Route::read (call.hpp).
// 2. `look`, under a lane of the hub's lock: what the answer needs of the state is copied.
// 3. `answer`, without the lock: what the request changes is carried out, and the answer's data written.
//
// Pure. One lives for one turn, in memory that its reader was given; it is not thread-safe, but `look` may
// run on several threads at once, each with its own request.
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

// The client that asks, as far as a call may change something for it.
class Caller {
 public:
  virtual ~Caller() = default;
  // From now on it is told of these users' changes. If that is refused, nothing has changed.
  virtual std::optional<wire::Error> watch(const wire::UserIds& user_ids) = 0;
  // How many it watches yet.
  virtual std::size_t unwatch(const wire::UserIds& user_ids) = 0;
  // The connection's new token; when it ends, if it does.
  virtual Result<std::optional<WallTime>, wire::Error> renew(const std::string& token) = 0;
};

// What a request sees beside the users.
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
  // How many ids it names, or the answer lists: what it costs. After `look`.
  virtual std::size_t ids() const { return 0; }

 protected:
  Request() = default;
};

// A request that changes nothing for who asks, so that backends may make it, too.
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
