// The server's half of the WebSocket opening handshake (RFC 6455, section 4.2).
//
// Called once per upgrade request, after its HTTP head was parsed. It copies nothing and keeps
// nothing; the HTTP layer bounds the values. A pure function: safe on any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "rollcall/result.hpp"

namespace rollcall::websocket {

// The values of the header fields that matter, empty where absent. A field that came several times is
// to be joined with commas.
struct UpgradeFields {
  std::string_view method;
  bool http_1_1;  // HTTP/1.1 or later
  std::string_view upgrade, connection, key, version;
};

enum class UpgradeFault : std::uint8_t {
  not_an_upgrade,  // an ordinary request, or one that cannot be upgraded
  bad_key,         // Sec-WebSocket-Key is not 16 bytes of base64
  bad_protocol,    // Sec-WebSocket-Protocol is not a list of distinct names
  bad_version,     // Sec-WebSocket-Version is not 13; the answer should name 13 (section 4.4)
};

// Whether the request asks for a websocket; whether it does so correctly depends on its other fields.
bool asks_for_websocket(const UpgradeFields& fields);

// The Sec-WebSocket-Accept to answer with. The version is judged before the key: another version may
// have other keys.
Result<std::string, UpgradeFault> accept_key(const UpgradeFields& fields);

// The first subprotocol that a client offers, like Node's `ws` when the application does not choose: browsers
// fail a connection if none of their offers is accepted. Empty if none is offered; nothing if the offer is
// not a list of distinct names (section 11.3.4).
std::optional<std::string_view> choose_protocol(std::string_view offered);

}  // namespace rollcall::websocket
