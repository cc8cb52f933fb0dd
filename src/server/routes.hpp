// What the server answers beside Engine.IO: exact paths, GET and HEAD.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "http/request.hpp"
#include "http/response.hpp"
#include "rollcall/server.hpp"

namespace rollcall::server {

class Routes {
 public:
  void add(std::string path, HttpHandler handler) { handlers_[std::move(path)] = std::move(handler); }
  // Every request gets an answer: 404 for an unknown path, 405 for another method.
  http::Response answer(const http::Request& request) const;

  std::size_t header_bytes = 16 * 1024;
  std::size_t body_bytes = 1'000'000;

 private:
  std::map<std::string, HttpHandler, std::less<>> handlers_;
};

}  // namespace rollcall::server
