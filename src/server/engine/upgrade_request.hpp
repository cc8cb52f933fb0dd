// Reads an HTTP request to the Engine.IO path: whether it asks for a websocket, and the handshake to keep.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "http/request.hpp"
#include "rollcall/result.hpp"
#include "rollcall/server.hpp"
#include "server/shared/admission.hpp"
#include "websocket/handshake.hpp"

namespace rollcall::server {

class Pipe;

// The accept key to answer with, or why the upgrade is invalid.
Result<std::string, websocket::UpgradeFault> accept_upgrade(const http::Request& request);
// The subprotocol to answer with: empty if none was offered, absent if the offer is invalid.
std::optional<std::string> chosen_protocol(const http::Request& request);
bool wants_upgrade(const http::Request& request);

// The headers to keep of a handshake, by name; all if not set.
struct KeptOfHandshake {
  std::optional<std::vector<std::string>> headers, cookies, parameters;
};
Handshake handshake_of(const Pipe& pipe, const http::Request& request, const Admission::Client& client,
                       const KeptOfHandshake& kept);

}  // namespace rollcall::server
