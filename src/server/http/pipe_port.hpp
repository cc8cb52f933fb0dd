// What a pipe needs from the layer that serves the Socket.IO path. The pipe owns this interface; Engine
// implements it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "http/request.hpp"
#include "http/response.hpp"
#include "server/shared/worker_index.hpp"

namespace rollcall::server {

class Pipe;

// The body of a POST, from `at` on not yet taken.
struct PostedPackets {
  std::string body;
  std::size_t at = 0;
};

// How a connection serves a session at the moment.
enum class PipeRole : unsigned char { none, poll, post, probe, transport };

// The session that a connection serves, as far as a pipe asks.
class PipeSession {
 public:
  // The session has joined every namespace it was asked to join. Until then it may send no more than a token
  // takes, and it must join within a deadline, whether it polls or not.
  bool known() const { return known_; }

 protected:
  ~PipeSession() = default;
  bool known_ = true;
};

enum class PipeLoss : unsigned char {
  gone,        // the connection, or what it sends is no websocket any more
  overflow,    // its peer did not read
  close_frame  // its peer said that it ends
};

class PipePort {
 public:
  // The worker to which a session of that id belongs, if it is another one.
  virtual std::optional<WorkerIndex> other_owner(std::string_view sid) const = 0;
  // A request: `post_started` as soon as the header of a POST is there, then `handle` when the request is
  // complete; the pipe is answered now or later, exactly once.
  virtual void post_started(Pipe& pipe, const http::Request& head) = 0;
  // Why a request whose body is still to come is refused without it.
  virtual std::optional<http::Response> refusal_of_body(const http::Request& head) = 0;
  // The largest body of this request. Strangers are given room for a token.
  virtual std::size_t body_limit(const http::Request& head) = 0;
  virtual void handle(Pipe& pipe, http::Request& request) = 0;
  // Takes the next packets of a POST, in a turn after the one in which its last were taken.
  virtual void continue_post(Pipe& pipe, PostedPackets posted) = 0;
  // A message from a websocket that carries or probes a session.
  virtual void websocket_message(Pipe& pipe, std::string_view data, bool binary) = 0;
  // The connection serves its session no more, if it did.
  virtual void pipe_lost(Pipe& pipe, PipeLoss loss) = 0;

 protected:
  ~PipePort() = default;
};

}  // namespace rollcall::server
