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

// The body of a POST, handled up to `at`.
struct PostedPackets {
  std::string body;
  std::size_t at = 0;
};

// The role in which a connection currently serves a session.
enum class PipeRole : unsigned char { none, poll, post, probe, transport };

// A pipe's view of the session that it serves.
class PipeSession {
 public:
  // Whether the session has joined all namespaces that it was asked to. Until then it may send only as much
  // as a token needs, and must join within a deadline, polling or not.
  bool known() const { return known_; }

 protected:
  ~PipeSession() = default;
  bool known_ = true;
};

enum class PipeLoss : unsigned char {
  gone,        // the connection broke, or sent an invalid frame
  overflow,    // the peer did not read
  close_frame  // the peer sent a close frame
};

class PipePort {
 public:
  // The worker that a session id belongs to, if it is not this one.
  virtual std::optional<WorkerIndex> other_owner(std::string_view sid) const = 0;
  // A request: `post_started` once the header of a POST is complete, then `handle` once the request is; the
  // pipe is answered exactly once, now or later.
  virtual void post_started(Pipe& pipe, const http::Request& head) = 0;
  // Why a request is refused before its body is read.
  virtual std::optional<http::Response> refusal_of_body(const http::Request& head) = 0;
  // The largest body for this request. Strangers get room for a token.
  virtual std::size_t body_limit(const http::Request& head) = 0;
  virtual void handle(Pipe& pipe, http::Request& request) = 0;
  // Handles the next packets of a POST, one turn after the previous ones.
  virtual void continue_post(Pipe& pipe, PostedPackets posted) = 0;
  // A message from a websocket that carries or probes a session.
  virtual void websocket_message(Pipe& pipe, std::string_view data, bool binary) = 0;
  // The connection no longer serves its session, if it did.
  virtual void pipe_lost(Pipe& pipe, PipeLoss loss) = 0;

 protected:
  ~PipePort() = default;
};

}  // namespace rollcall::server
