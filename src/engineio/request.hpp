// Which requests the Engine.IO path accepts, and the six refusals of the reference server.
#pragma once

#include <string>
#include <string_view>

namespace rollcall::engineio {

enum class Transport : unsigned char { polling, websocket };
constexpr const char* name_of(Transport transport) {
  switch (transport) {
    case Transport::polling:
      return "polling";
    case Transport::websocket:
      return "websocket";
  }
  return "";
}

// The numbers go over the wire: {"code":N,"message":"..."}.
enum class Refusal {
  unknown_transport = 0,
  unknown_sid = 1,
  bad_handshake_method = 2,
  bad_request = 3,
  forbidden = 4,
  unsupported_version = 5,
};

constexpr std::string_view name_of(Refusal refusal) {  // in metrics
  switch (refusal) {
    case Refusal::unknown_transport:
      return "unknown transport";
    case Refusal::unknown_sid:
      return "unknown session";
    case Refusal::bad_handshake_method:
      return "bad handshake method";
    case Refusal::bad_request:
      return "bad request";
    case Refusal::forbidden:
      return "forbidden origin";
    case Refusal::unsupported_version:
      return "unsupported version";
  }
  return {};
}

unsigned http_status(Refusal refusal);
std::string_view message_of(Refusal refusal);
std::string json_of(Refusal refusal);

// What decides, taken from the request and from the session its `sid` names.
struct RequestFacts {
  std::string_view method;
  std::string_view transport;  // query parameter, empty if absent
  std::string_view version;    // query parameter EIO
  bool has_sid = false;
  bool websocket_upgrade = false;
  bool bad_origin = false;  // control characters in Origin
  bool origin_forbidden = false;
  bool polling_offered = true;
  bool websocket_offered = true;

  bool session_known = false;  // of the session, if there is one
  Transport session_transport = Transport::polling;
};

// Checks in the order of engine.io (docs/protocol.md, "On the wire"). True if the request is good.
bool check_request(const RequestFacts& facts, Refusal& refusal);

}  // namespace rollcall::engineio
