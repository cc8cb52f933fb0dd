// What an HTTP request to the Engine.IO path says of itself: whether it wants a websocket, and the handshake
// that is kept of it.
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

// The key to answer with, or why it is no good upgrade.
Result<std::string, websocket::UpgradeFault> accept_upgrade(const http::Request& request);
// The subprotocol to answer with: empty if none was offered, nothing if the offer is none.
std::optional<std::string> chosen_protocol(const http::Request& request);
bool wants_upgrade(const http::Request& request);

// What is kept of a handshake, by name: all where it is not set.
struct KeptOfHandshake {
  std::optional<std::vector<std::string>> headers, cookies, parameters;
};
Handshake handshake_of(const Pipe& pipe, const http::Request& request, const Admission::Client& client,
                       const KeptOfHandshake& kept);

}  // namespace rollcall::server
