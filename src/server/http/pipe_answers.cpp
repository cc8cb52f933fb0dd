// The part of Pipe for answers: those of Engine.IO, of handlers, and streamed ones.
#include "server/http/answers.hpp"
#include "server/http/pipe.hpp"

namespace rollcall::server {
namespace {

constexpr seconds kKeepAliveTimeout{75};  // an idle connection between requests

std::string sentence_of(const Routes::Match& match) {
  if (match.status == 400) return "The path has a percent sign that begins no escape.";
  if (match.status == 405) return "This path does not answer this method: use " + match.allow + ".";
  return "Nothing is served at this path.";
}

HttpRequest request_of(http::Request& request, const net::Connection& connection,
                       const Admission::Client& client) {
  HttpRequest given;
  given.method = std::move(request.method);
  given.path = std::move(request.path);
  given.query = std::move(request.query);
  given.headers.reserve(request.headers.size());
  for (http::Header& header : request.headers) {
    given.headers.emplace_back(std::move(header.name), std::move(header.value));
  }
  given.body = std::move(request.body);
  given.address = client.address.text();
  given.secure = connection.secure();
  return given;
}

}  // namespace

void Pipe::serve(http::Request request) {
  Routes::Match match = context_.routes.match(request.method, request.path);
  if (!match.handler) {
    respond(refusal_of_match(match, request.path));
    return;
  }
  const auto exchange = std::make_shared<Exchange>(*this, context_, request.path, match.route);
  http_->exchange = exchange;
  HttpRequest given =
      request_of(request, connection_, context_.admission.client_of(connection_.peer(), request));
  given.parameters = std::move(match.parameters);
  (*match.handler)(given, Exchange::reply_to(exchange));
}

// Check headers first: buffer no body for a client that will be refused.
std::optional<http::Response> Pipe::refusal_of_body(const http::Request& head) {
  const HttpSettings& settings = context_.settings;
  http::RequestParser& parser = http_->parser;
  const auto announced = parser.announced_body();
  if ((announced && *announced <= settings.stranger_bytes()) || head.method == "OPTIONS") return std::nullopt;
  auto refused = head.path == settings.path ? context_.port.refusal_of_body(head) : refusal_of_route(head);
  if (!refused && head.path == settings.path && !parser.limit_body(context_.port.body_limit(head))) {
    using http::Fault;
    return refusal(http::status_of(Fault::body_too_big), http::message_of(Fault::body_too_big), head.path);
  }
  // Length unknown, so it may be short.
  if (refused && !announced && parser.limit_body(settings.stranger_bytes())) return std::nullopt;
  return refused;
}

std::optional<http::Response> Pipe::refusal_of_route(const http::Request& head) {
  const Routes::Match match = context_.routes.match(head.method, head.path);
  if (!match.handler) return refusal_of_match(match, head.path);
  if (context_.admission.memory() == base::MemoryLevel::full) {
    context_.counters.add(Count::refused_for_memory);
    return busy_response(503, "The server is short of memory: come back later.\n");
  }
  if (!*match.guard) return std::nullopt;
  http::Request copy = head;
  const HttpRequest given =
      request_of(copy, connection_, context_.admission.client_of(connection_.peer(), head));
  auto refused = (*match.guard)(given);
  if (!refused) {
    http_->vouched = true;
    return std::nullopt;
  }
  context_.http_counters.add(match.route, refused->status);
  return response_of(std::move(*refused));
}

http::Response Pipe::refusal_of_match(const Routes::Match& match, std::string_view path) {
  http::Response refused = refusal(match.status, sentence_of(match), path);
  if (!match.allow.empty()) refused.headers.push_back({"allow", match.allow});
  return refused;
}

// For a request without a handler.
http::Response Pipe::refusal(unsigned status, std::string_view sentence, std::string_view path) {
  context_.http_counters.add(0, status);
  return context_.routes.refusal(status, sentence, path);
}

void Pipe::forget_exchange() {
  http_->exchange.reset();
}

// Adds CORS headers, once per answer.
http::Response Pipe::with_common_headers(http::Response response) {
  for (http::Header& header : http_->cors) response.headers.push_back(std::move(header));
  http_->cors.clear();
  return response;
}

void Pipe::respond(http::Response response) {
  if (!http_ || closing_) return;
  const bool keep_alive = http_->keep_alive && !response.close && !ended_;
  if (response.status >= 400 || std::exchange(opened_session_, false)) {
    count_refusal();
  } else {
    count_service();
  }
  connection_.send(
      http::serialize(with_common_headers(std::move(response)), keep_alive, http_->head_request));
  answered(keep_alive);
}

void Pipe::answered(bool keep_alive) {
  http_->answer_due = false;
  http_->head_seen = false;
  http_->waiting.begin(context_.loop.now());
  if (!keep_alive) {
    closing_ = true;
    connection_.close_after_flush();
    return;
  }
  wait_for_request(kKeepAliveTimeout);
  // Deferred: the answer may come from within the handling of this request.
  if (!slowed_ && (!http_->held.empty() || connection_.paused())) connection_.resume();
}

bool Pipe::begin_stream(HttpAnswer head) {
  if (closing_) return false;
  const http::Response response = with_common_headers(response_of(std::move(head)));
  // Without chunks, closing the connection ends the answer.
  http_->keep_alive = http_->keep_alive && http_->chunks_understood && !context_.draining;
  http_->body_wanted = !http_->head_request && !http::has_no_body(response.status);
  connection_.send(http::serialize_stream(response, http_->keep_alive, http_->chunks_understood));
  return http_->body_wanted;
}

void Pipe::stream(std::string_view bytes) {
  if (closing_) return;
  if (!http_->chunks_understood) {
    connection_.send(bytes);
    return;
  }
  connection_.send(base::Frame::make(http::chunk_begin(bytes.size()), {bytes, http::kChunkEnd}, false));
}

void Pipe::end_stream(bool close) {
  if (closing_) return;
  if (http_->chunks_understood && http_->body_wanted) connection_.send(http::kLastChunk);
  answered(http_->keep_alive && !close && !ended_);
}

}  // namespace rollcall::server
