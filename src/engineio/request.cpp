#include "engineio/request.hpp"

namespace rollcall::engineio {
namespace {

bool transport_offered(const RequestFacts& facts) {
  if (facts.transport == "polling") return facts.polling_offered;
  return facts.transport == "websocket" && facts.websocket_offered;
}

// A websocket request may name a polling session (the upgrade); anything else must match.
bool transport_fits_session(const RequestFacts& facts) {
  if (facts.transport == "websocket") return facts.websocket_upgrade;
  return !facts.websocket_upgrade && facts.session_transport == Transport::polling;
}

}  // namespace

unsigned http_status(Refusal refusal) {
  return refusal == Refusal::forbidden ? 403 : 400;
}

std::string_view message_of(Refusal refusal) {
  switch (refusal) {
    case Refusal::unknown_transport:
      return "Transport unknown";
    case Refusal::unknown_sid:
      return "Session ID unknown";
    case Refusal::bad_handshake_method:
      return "Bad handshake method";
    case Refusal::bad_request:
      return "Bad request";
    case Refusal::forbidden:
      return "Forbidden: this origin is not allowed, list it in cors.origins of the server";
    case Refusal::unsupported_version:
      return "Unsupported protocol version";
  }
  return "Bad request";
}

std::string json_of(Refusal refusal) {
  return "{\"code\":" + std::to_string(static_cast<int>(refusal)) + ",\"message\":\"" +
         std::string(message_of(refusal)) + "\"}";
}

bool check_request(const RequestFacts& facts, Refusal& refusal) {
  const auto refuse = [&](Refusal why) {
    refusal = why;
    return false;
  };
  if (!transport_offered(facts)) return refuse(Refusal::unknown_transport);
  if (facts.bad_origin) return refuse(Refusal::bad_request);
  if (facts.has_sid) {
    if (!facts.session_known) return refuse(Refusal::unknown_sid);
    if (!transport_fits_session(facts)) return refuse(Refusal::bad_request);
    if (facts.version != "4") return refuse(Refusal::bad_request);
    return true;
  }
  if (facts.method != "GET") return refuse(Refusal::bad_handshake_method);
  if ((facts.transport == "websocket") != facts.websocket_upgrade) return refuse(Refusal::bad_request);
  if (facts.origin_forbidden) return refuse(Refusal::forbidden);
  if (facts.version != "4") return refuse(Refusal::unsupported_version);
  return true;
}

}  // namespace rollcall::engineio
