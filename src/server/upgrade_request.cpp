#include "server/upgrade_request.hpp"

#include <algorithm>

#include "server/pipe.hpp"

namespace rollcall::server {
namespace {

// A header that came several times is one list (RFC 9110, 5.3).
std::string joined_header(const http::Request& request, std::string_view name) {
  std::string joined;
  for (const http::Header& header : request.headers) {
    if (header.name != name) continue;
    if (!joined.empty()) joined += ", ";
    joined += header.value;
  }
  return joined;
}

}  // namespace

Result<std::string, websocket::UpgradeFault> accept_upgrade(const http::Request& request) {
  const std::string upgrade = joined_header(request, "upgrade");
  const std::string connection = joined_header(request, "connection");
  return websocket::accept_key({request.method, !request.http_1_0, upgrade, connection,
                                request.header("sec-websocket-key").value_or(std::string_view{}),
                                request.header("sec-websocket-version").value_or(std::string_view{})});
}

bool wants_upgrade(const http::Request& request) {
  if (!request.header("upgrade")) return false;
  const auto accepted = accept_upgrade(request);
  return accepted.ok() || accepted.error() != websocket::UpgradeFault::not_an_upgrade;
}

Handshake handshake_of(const Pipe& pipe, const http::Request& request,
                       const std::optional<std::vector<std::string>>& kept) {
  Handshake::Headers headers;
  for (const http::Header& header : request.headers) {
    if (!kept || std::find(kept->begin(), kept->end(), header.name) != kept->end()) {
      headers.emplace_back(header.name, header.value);
    }
  }
  return {pipe.connection().peer_address(), pipe.connection().secure(), request.query, headers};
}

}  // namespace rollcall::server
