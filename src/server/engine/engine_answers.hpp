// The HTTP answers of Engine.IO: their status, type and headers.
#pragma once

#include <string>
#include <utility>

#include "engineio/request.hpp"
#include "server/http/answers.hpp"

namespace rollcall::server {

inline http::Response poll_response(std::string body) {
  http::Response response = text_response(200, "text/plain; charset=UTF-8", std::move(body));
  response.headers.push_back({"cache-control", "no-store"});
  return response;
}

inline http::Response refusal_response(engineio::Refusal refusal) {
  return text_response(engineio::http_status(refusal), "application/json", engineio::json_of(refusal));
}

}  // namespace rollcall::server
