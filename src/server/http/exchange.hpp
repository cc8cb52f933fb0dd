// One request that a handler must answer. Connects HttpReply and HttpStream, which may live on any thread and
// outlive the server, to the Pipe with the connection.
//
// `answer`, `abandon`, `leave_stream`, `over` and `post` may be called from any thread, the rest only on
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

  // The handler's handle: when its last copy is destroyed, the exchange is abandoned.
  static HttpReply reply_to(const std::shared_ptr<Exchange>& exchange);

  void answer(HttpAnswer answer);
  void abandon();
  bool over() const { return over_.load(std::memory_order_acquire); }
  void post(std::function<void()> task);

  // False if no body may follow the head.
  bool begin_stream(HttpAnswer head);
  bool streaming() const { return streaming_; }
  void write(std::string_view bytes);
  std::size_t unsent() const;
  void when_sent(std::function<void()> task);
  void on_close(std::function<void()> task);
  void end();
  void leave_stream();  // its last handle is gone

  // Called by the pipe and its worker.
  void all_sent();          // all written data was passed to the kernel
  void lost();              // the connection is gone
  void drain();             // ends a stream; still waits for an answer
  void server_destroyed();  // without telling anyone

 private:
  // Runs it on the worker's thread, now or soon.
  void finish_with(std::function<void(Exchange&)> with);
  void give(http::Response response);
  // Detaches from the pipe for good.
  Pipe* detach();
  void tell_closed();

  Pipe* pipe_;  // null once it is over
  PipeContext* context_;
  net::Loop* loop_;
  std::shared_ptr<Door> door_;
  std::string path_;
  std::size_t route_;
  std::atomic<bool> taken_{false};  // only the first answer counts
  std::atomic<bool> over_{false};
  bool streaming_ = false;
  std::function<void()> when_sent_;
  std::function<void()> on_close_;
};

}  // namespace rollcall::server
