// What a worker's pipes and its engine go by, and Server::reconfigure changes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>

#include "http/cors.hpp"
#include "rollcall/server.hpp"

namespace rollcall::server {

struct HttpSettings {
  explicit HttpSettings(const ServerOptions& options)
      : path(options.path), max_payload_bytes(options.max_payload_bytes) {
    reconfigure(options);
  }
  void reconfigure(const ServerOptions& options) {
    cors = {options.cors_origins, options.cors_credentials};
    header_bytes = options.header_bytes;
  }

  // Of a body or a message by somebody unknown.
  std::size_t stranger_bytes() const { return std::min(max_payload_bytes, header_bytes); }

  const std::string path;
  const std::size_t max_payload_bytes;
  http::CorsPolicy cors;
  std::size_t header_bytes = 0;  // of a request to a new pipe
};

}  // namespace rollcall::server
