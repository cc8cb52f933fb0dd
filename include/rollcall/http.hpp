// HTTP next to Socket.IO, on the same port: pages, health checks, an API for other services.
//
//   server.handle_http("GET", "/users/{id}", [](const rollcall::HttpRequest& request) {
//     return rollcall::HttpAnswer{.body = "Hello, " + std::string(request.parameter("id"))};
//   });
//
// Connections are kept alive and may be pipelined: answers leave in the order of the requests. What a client
// may send is bounded before a handler hears of it (ServerOptions::header_bytes, max_payload_bytes; a head
// has 30 s to arrive, a body 60 s): 400, 408, 413, 431 are the server's own answers. A client that closes its
// half of the connection while it waits for a later answer is taken to have gone.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rollcall {

namespace server {
class Exchange;
}

struct HttpRequest {
  std::string method;
  std::string path;                                          // as it came, percent-encoded
  std::string query;                                         // as it came, behind the '?'
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;
  std::string address;  // of the peer, without the port
  bool secure = false;
  // Those of the pattern by name, percent-decoded: any bytes, but at least one.
  std::vector<std::pair<std::string, std::string>> parameters;

  // Empty if the pattern has none of that name.
  std::string_view parameter(std::string_view name) const;
  // The first of that name.
  std::optional<std::string_view> header(std::string_view lower_name) const;
  // Decoded, '+' is a space: any bytes.
  std::optional<std::string> query_parameter(std::string_view name) const;
};

struct HttpAnswer {
  unsigned status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};

// An answer that is sent piece by piece, for as long as its reader stays. Copies are the same stream, and
// when the last one goes it ends; what is given to `when_sent` and `on_close` may hold one. All but `post`
// belongs to the thread of the worker on which it was begun; everything is harmless once the stream, or the
// server, is over.
class HttpStream {
 public:
  HttpStream() = default;

  // False once the reader has gone, the server drains, or `end` was called.
  bool open() const;
  // Sent at the end of the turn. A reader that leaves more than ServerOptions::backlog_bytes unread is too
  // slow and is closed: look at `unsent`, and write on when_sent.
  void write(std::string_view bytes);
  // Bytes written that the system has not taken yet.
  std::size_t unsent() const;
  // Calls `task` once, in a later turn, when all that was written is taken, or if it is already. The newest
  // task counts. Not called if the stream is over by then.
  void when_sent(std::function<void()> task);
  // Calls `task` once, at the end of the turn in which the stream is over without `end`.
  void on_close(std::function<void()> task);
  // The answer is complete; the connection goes on.
  void end();
  // From any thread: calls `task` on the stream's. Not called if the stream is over by then.
  void post(std::function<void()> task) const;

 private:
  friend class HttpReply;
  explicit HttpStream(const std::shared_ptr<server::Exchange>& exchange);
  std::shared_ptr<server::Exchange> exchange_;
};

// The answer to one request, to be given in the handler or at any time later, from any thread. The client
// gets the first one; whatever follows does nothing, as does all of it once the client has gone. If every
// copy of the reply is gone without one, the client is told 500.
class HttpReply {
 public:
  // For the server.
  explicit HttpReply(std::shared_ptr<server::Exchange> exchange) : exchange_(std::move(exchange)) {}

  void answer(HttpAnswer answer) const;
  // Begins an answer of unknown length, `head` without its body. On the thread of the handler only. Not open
  // from the beginning where there is nothing to send: to HEAD, while draining, when the client has gone.
  HttpStream stream(HttpAnswer head) const;
  // Nobody waits for an answer any more: there is one, or the client has gone.
  bool over() const;

 private:
  std::shared_ptr<server::Exchange> exchange_;
};

// Called on the thread of the worker that has the connection; those of different workers at the same time.
// The request is gone when the handler returns, or may be moved from.
using HttpHandler = std::function<void(HttpRequest& request, HttpReply reply)>;
// Decides from the head of a request whether its body may be read: an answer refuses it, and closes the
// connection. It saves memory and does not replace the handler's own checks: it is not called for bodies of
// at most ServerOptions::header_bytes, nor for requests that arrive whole, and one of unknown length that it
// refuses still reaches the handler if the body turns out to be that short.
using HttpGuard = std::function<std::optional<HttpAnswer>(const HttpRequest& head)>;
// For what can be answered at once.
using HttpPage = std::function<HttpAnswer(const HttpRequest& request)>;
// How the server's own refusals look (400, 404, 405, 408, 413, 431, 500, ...): may change an answer whose
// body is a sentence of text. `path` is empty if the request was not readable.
using HttpErrorPage = std::function<void(HttpAnswer& error, std::string_view path)>;

}  // namespace rollcall
