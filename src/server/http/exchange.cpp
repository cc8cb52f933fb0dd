#include "server/http/exchange.hpp"

#include "server/http/pipe.hpp"

namespace rollcall::server {

Exchange::Exchange(Pipe& pipe, PipeContext& context, std::string path, std::size_t route)
    : pipe_(&pipe),
      context_(&context),
      loop_(&context.loop),
      door_(context.door),
      path_(std::move(path)),
      route_(route) {
  context_->exchanges.insert(this);
}

HttpReply Exchange::reply_to(const std::shared_ptr<Exchange>& exchange) {
  return HttpReply(
      std::shared_ptr<Exchange>(exchange.get(), [exchange](Exchange* last) { last->abandon(); }));
}

void Exchange::finish_with(std::function<void(Exchange&)> with) {
  if (taken_.exchange(true)) return;
  if (door_->leads_here()) {
    with(*this);
  } else {
    door_->post([self = shared_from_this(), with = std::move(with)] { with(*self); });
  }
}

void Exchange::answer(HttpAnswer answer) {
  finish_with([response = response_of(std::move(answer))](Exchange& self) mutable {
    self.give(std::move(response));
  });
}

void Exchange::abandon() {
  finish_with([](Exchange& self) {
    if (!self.pipe_) return;
    self.give(self.context_->routes.refusal(500, "The request was not answered.", self.path_));
  });
}

void Exchange::post(std::function<void()> task) {
  door_->post([self = shared_from_this(), task = std::move(task)] {
    if (!self->over()) task();
  });
}

void Exchange::give(http::Response response) {
  if (!pipe_) return;
  context_->http_counters.add(route_, response.status);
  detach()->respond(std::move(response));
}

Pipe* Exchange::detach() {
  if (!pipe_) return nullptr;
  over_.store(true, std::memory_order_release);
  streaming_ = false;
  when_sent_ = nullptr;
  context_->exchanges.erase(this);
  context_ = nullptr;
  Pipe* pipe = std::exchange(pipe_, nullptr);
  pipe->forget_exchange();
  return pipe;
}

bool Exchange::begin_stream(HttpAnswer head) {
  if (!door_->leads_here() || taken_.exchange(true) || !pipe_) return false;
  const bool draining = context_->draining;
  context_->http_counters.add(route_, head.status);
  if (pipe_->begin_stream(std::move(head)) && !draining) {
    streaming_ = true;
    return true;
  }
  detach()->end_stream(draining);
  return false;
}

void Exchange::write(std::string_view bytes) {
  if (streaming_ && !bytes.empty()) pipe_->stream(bytes);
}

std::size_t Exchange::unsent() const {
  return streaming_ ? pipe_->connection().unsent() : 0;
}

void Exchange::when_sent(std::function<void()> task) {
  if (!streaming_) return;
  when_sent_ = std::move(task);
  if (pipe_->connection().unsent() == 0) {
    all_sent();
  } else {
    pipe_->connection().report_when_sent();
  }
}

// In another turn: a handler that writes as fast as its reader reads must not extend this one for ever.
void Exchange::all_sent() {
  if (!when_sent_) return;
  post(std::exchange(when_sent_, nullptr));
}

void Exchange::on_close(std::function<void()> task) {
  if (streaming_) on_close_ = std::move(task);
}

void Exchange::tell_closed() {
  if (!on_close_) return;
  loop_->defer(std::exchange(on_close_, nullptr));
}

void Exchange::end() {
  if (!streaming_) return;
  on_close_ = nullptr;
  detach()->end_stream(false);
}

void Exchange::leave_stream() {
  if (over()) return;
  if (door_->leads_here()) {
    end();
  } else {
    door_->post([self = shared_from_this()] { self->end(); });
  }
}

void Exchange::lost() {
  taken_.store(true);
  const auto keep = shared_from_this();
  detach();
  tell_closed();
}

void Exchange::drain() {
  if (!streaming_) return;
  const auto keep = shared_from_this();
  detach()->end_stream(true);
  tell_closed();
}

void Exchange::server_destroyed() {
  const auto keep = shared_from_this();
  on_close_ = nullptr;
  detach();
}

}  // namespace rollcall::server
