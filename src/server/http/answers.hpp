// HTTP answers that the server gives by itself.
#pragma once

#include <string>
#include <utility>

#include "http/response.hpp"

namespace rollcall::server {

inline http::Response text_response(unsigned status, std::string content_type, std::string body) {
  http::Response response;
  response.status = status;
  response.content_type = std::move(content_type);
  response.body = std::move(body);
  return response;
}

// With Retry-After, for clients that should come back later.
inline http::Response busy_response(unsigned status, std::string body) {
  http::Response response = text_response(status, "text/plain; charset=utf-8", std::move(body));
  response.headers.push_back({"retry-after", "5"});
  response.close = true;
  return response;
}

inline http::Response closing_response() {
  http::Response response = text_response(503, "text/plain; charset=utf-8", "The server is closing.\n");
  response.close = true;
  return response;
}

}  // namespace rollcall::server
