// The answers of a pipe: Engine.IO's, the handlers', and those that go out piece by piece.
#include "server/pipe.hpp"

namespace rollcall::server {
namespace {

constexpr seconds kKeepAliveTimeout{75};  // an idle connection between requests

std::string sentence_of(const Routes::Match& match) {
  if (match.status == 400) return "The path has a percent sign that begins no escape.";
  if (match.status == 405) return "This path does not answer this method: use " + match.allow + ".";
  return "Nothing is served at this path.";
}

HttpRequest request_of(http::Request& request, const net::Connection& connection) {
  HttpRequest given;
  given.method = std::move(request.method);
  given.path = std::move(request.path);
  given.query = std::move(request.query);
  given.headers.reserve(request.headers.size());
  for (http::Header& header : request.headers) {
    given.headers.emplace_back(std::move(header.name), std::move(header.value));
  }
  given.body = std::move(request.body);
  given.address = connection.peer_address();
  given.secure = connection.secure();
  return given;
}

}  // namespace

void Pipe::serve(http::Request request) {
  Routes::Match match = context_.routes.match(request.method, request.path);
  if (!match.handler) {
    http::Response refused = refusal(match.status, sentence_of(match), request.path);
    if (!match.allow.empty()) refused.headers.push_back({"allow", std::move(match.allow)});
    respond(std::move(refused));
    return;
  }
  const auto exchange = std::make_shared<Exchange>(*this, context_, request.path, match.route);
  http_->exchange = exchange;
  HttpRequest given = request_of(request, connection_);
  given.parameters = std::move(match.parameters);
  (*match.handler)(given, Exchange::reply_to(exchange));
}

// Of a request that is no handler's.
http::Response Pipe::refusal(unsigned status, std::string_view sentence, std::string_view path) {
  context_.http_counters.add(0, status);
  return context_.routes.refusal(status, sentence, path);
}

void Pipe::forget_exchange() {
  http_->exchange.reset();
}

// CORS, which each answer gets once.
http::Response Pipe::dress(http::Response response) {
  for (http::Header& header : http_->cors) response.headers.push_back(std::move(header));
  http_->cors.clear();
  return response;
}

void Pipe::respond(http::Response response) {
  if (!http_ || closing_) return;
  const bool keep_alive = http_->keep_alive && !response.close && !ended_;
  if (response.status >= 400) {
    count_refusal();
  } else {
    count_service();
  }
  connection_.send(http::serialize(dress(std::move(response)), keep_alive, http_->head_request));
  answered(keep_alive);
}

void Pipe::answered(bool keep_alive) {
  http_->answer_due = false;
  http_->head_seen = false;
  if (!keep_alive) {
    closing_ = true;
    connection_.close_after_flush();
    return;
  }
  wait_for_request(kKeepAliveTimeout);
  // Not now: the answer may come from within the handling of the very request.
  if (!http_->held.empty() && !slowed_) connection_.resume();
}

bool Pipe::begin_stream(HttpAnswer head) {
  if (closing_) return false;
  const http::Response response = dress(response_of(std::move(head)));
  // Without chunks the end of the connection is the end of the answer.
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
