// The values of rollcall/http.hpp.
#include "http/request.hpp"
#include "rollcall/http.hpp"
#include "server/http/exchange.hpp"

namespace rollcall {

std::string_view HttpRequest::parameter(std::string_view name) const {
  for (const auto& [known, value] : parameters) {
    if (known == name) return value;
  }
  return {};
}

std::optional<std::string_view> HttpRequest::header(std::string_view lower_name) const {
  for (const auto& [name, value] : headers) {
    if (name == lower_name) return value;
  }
  return std::nullopt;
}

std::optional<std::string> HttpRequest::query_parameter(std::string_view name) const {
  return http::query_parameter(query, name);
}

HttpStream::HttpStream(const std::shared_ptr<server::Exchange>& exchange)
    : exchange_(exchange.get(), [exchange](server::Exchange* last) { last->leave_stream(); }) {}
bool HttpStream::open() const {
  return exchange_ && exchange_->streaming();
}
void HttpStream::write(std::string_view bytes) {
  if (exchange_) exchange_->write(bytes);
}
std::size_t HttpStream::unsent() const {
  return exchange_ ? exchange_->unsent() : 0;
}
void HttpStream::when_sent(std::function<void()> task) {
  if (exchange_) exchange_->when_sent(std::move(task));
}
void HttpStream::on_close(std::function<void()> task) {
  if (exchange_) exchange_->on_close(std::move(task));
}
void HttpStream::end() {
  if (exchange_) exchange_->end();
}
void HttpStream::post(std::function<void()> task) const {
  if (exchange_) exchange_->post(std::move(task));
}

void HttpReply::answer(HttpAnswer answer) const {
  exchange_->answer(std::move(answer));
}
HttpStream HttpReply::stream(HttpAnswer head) const {
  return exchange_->begin_stream(std::move(head)) ? HttpStream(exchange_->shared_from_this()) : HttpStream();
}
bool HttpReply::over() const {
  return exchange_->over();
}

}  // namespace rollcall
