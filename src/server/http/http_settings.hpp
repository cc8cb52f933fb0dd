// Settings of a worker's pipes and engine that Server::reconfigure can change.
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

  // The largest body or message from an unknown client.
  std::size_t stranger_bytes() const { return std::min(max_payload_bytes, header_bytes); }

  const std::string path;
  const std::size_t max_payload_bytes;
  http::CorsPolicy cors;
  std::size_t header_bytes = 0;  // the largest request head on a new pipe
};

}  // namespace rollcall::server
