#include "gateway/server_options.hpp"

#include <algorithm>
#include <string_view>

namespace rollcall::gateway {

ServerOptions server_options(const Config& config) {
  ServerOptions options;
  const auto offers = [&](std::string_view transport) {
    const auto& list = config.engineio.transports;
    return std::find(list.begin(), list.end(), transport) != list.end();
  };
  options.listen = config.server.listen;
  options.workers = config.server.workers;
  options.io_uring = config.server.io_uring == "auto";
  options.path = config.engineio.path;
  options.ping_interval = config.engineio.ping_interval;
  options.ping_timeout = config.engineio.ping_timeout;
  options.upgrade_timeout = config.engineio.upgrade_timeout;
  options.connect_timeout = config.socketio.connect_timeout;
  options.max_payload_bytes = config.engineio.max_payload_bytes;
  options.polling = offers("polling");
  options.websocket = offers("websocket");
  options.recovery = config.socketio.recovery;
  options.backlog_bytes = config.limits.backlog_bytes;
  options.header_bytes = config.limits.header_bytes;
  // Headers that may hold a token (find_token), kept for a later CONNECT.
  options.kept_headers = {"authorization", "cookie"};
  options.kept_cookies = {"jwt"};
  options.kept_parameters = {"token"};
  options.trusted_proxies = config.server.trusted_proxies;
  options.per_address = config.limits.per_address;
  options.pending_sessions = config.limits.pending_sessions;
  options.memory_bytes = config.limits.memory_bytes;
  options.cors_origins = config.cors.origins;
  options.cors_credentials = config.cors.credentials;
  options.tls_cert = config.server.tls_cert;
  options.tls_key = config.server.tls_key;
  return options;
}

}  // namespace rollcall::gateway
