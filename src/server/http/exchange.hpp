// One request that a handler has to answer: between HttpReply and HttpStream, which may be anywhere and
// outlive everything, and the Pipe that has the connection.
//
// `answer`, `abandon`, `leave_stream`, `over` and `post` may be called from any thread, the rest belongs to
// the worker's.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "http/response.hpp"
#include "rollcall/http.hpp"
#include "server/http/door.hpp"

namespace rollcall::server {

class Pipe;
struct PipeContext;

class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(Pipe& pipe, PipeContext& context, std::string path, std::size_t route);
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // The handle for the handler: when its last copy goes, the exchange is abandoned.
  static HttpReply reply_to(const std::shared_ptr<Exchange>& exchange);

  void answer(HttpAnswer answer);
  void abandon();
  bool over() const { return over_.load(std::memory_order_acquire); }
  void post(std::function<void()> task);

  // False if there is nothing to be sent behind the head.
  bool begin_stream(HttpAnswer head);
  bool streaming() const { return streaming_; }
  void write(std::string_view bytes);
  std::size_t unsent() const;
  void when_sent(std::function<void()> task);
  void on_close(std::function<void()> task);
  void end();
  void leave_stream();  // nobody has it any more

  // For the pipe and its worker.
  void all_sent();          // all that was written is with the system
  void lost();              // the connection has gone
  void drain();             // a stream ends; an answer is still waited for
  void server_destroyed();  // without telling anyone

 private:
  // On the worker's thread, now or soon.
  void finish_with(std::function<void(Exchange&)> with);
  void give(http::Response response);
  // From here on nobody reaches the pipe.
  Pipe* detach();
  void tell_closed();

  Pipe* pipe_;  // null once it is over
  PipeContext* context_;
  net::Loop* loop_;
  std::shared_ptr<Door> door_;
  std::string path_;
  std::size_t route_;
  std::atomic<bool> taken_{false};  // the first answer is the one
  std::atomic<bool> over_{false};
  bool streaming_ = false;
  std::function<void()> when_sent_;
  std::function<void()> on_close_;
};

}  // namespace rollcall::server
