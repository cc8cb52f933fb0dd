#include "server/engine/upgrade_request.hpp"

#include <algorithm>
#include <utility>

#include "http/kept.hpp"
#include "server/http/pipe.hpp"

namespace rollcall::server {
namespace {

// Repeated headers form one list (RFC 9110, 5.3).
std::string joined_header(const http::Request& request, std::string_view name) {
  std::string joined;
  for (const http::Header& header : request.headers) {
    if (header.name != name) continue;
    if (!joined.empty()) joined += ", ";
    joined += header.value;
  }
  return joined;
}

template <typename Use>
auto with_fields_of(const http::Request& request, Use&& use) {
  const std::string upgrade = joined_header(request, "upgrade");
  const std::string connection = joined_header(request, "connection");
  return use({request.method, !request.http_1_0, upgrade, connection,
              request.header("sec-websocket-key").value_or(std::string_view{}),
              request.header("sec-websocket-version").value_or(std::string_view{})});
}

}  // namespace

Result<std::string, websocket::UpgradeFault> accept_upgrade(const http::Request& request) {
  return with_fields_of(request,
                        [](const websocket::UpgradeFields& fields) { return websocket::accept_key(fields); });
}

std::optional<std::string> chosen_protocol(const http::Request& request) {
  if (!request.header("sec-websocket-protocol")) return std::string();
  const std::string offered = joined_header(request, "sec-websocket-protocol");
  const auto chosen = websocket::choose_protocol(offered);
  return chosen ? std::optional<std::string>(*chosen) : std::nullopt;
}

bool wants_upgrade(const http::Request& request) {
  if (!request.header("upgrade")) return false;
  return with_fields_of(
      request, [](const websocket::UpgradeFields& fields) { return websocket::asks_for_websocket(fields); });
}

Handshake handshake_of(const Pipe& pipe, const http::Request& request, const Admission::Client& client,
                       const KeptOfHandshake& kept) {
  Handshake::Headers headers;
  for (const http::Header& header : request.headers) {
    if (kept.headers &&
        std::find(kept.headers->begin(), kept.headers->end(), header.name) == kept.headers->end())
      continue;
    std::string value = kept.cookies && header.name == "cookie"
                            ? http::kept_cookies(header.value, *kept.cookies)
                            : header.value;
    if (!value.empty()) headers.emplace_back(header.name, std::move(value));
  }
  return {client.address.text(), pipe.connection().secure(),
          kept.parameters ? http::kept_parameters(request.query, *kept.parameters) : request.query, headers,
          client.certain};
}

}  // namespace rollcall::server
