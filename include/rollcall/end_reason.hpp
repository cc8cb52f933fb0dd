// Why a session ended, or a socket left its namespace.
#pragma once

#include <string_view>

namespace rollcall {

enum class EndReason : unsigned char {
  transport_close,  // the connection went away, or the client closed it
  transport_error,  // misuse of the transport, as two polls at once
  ping_timeout,
  parse_error,
  forced_close,  // the server closed the connection
  slow_consumer,
  client_left,  // the namespace, not the connection
  server_left,
};

// As clients, handlers and metrics name it. These texts are fixed.
constexpr std::string_view name_of(EndReason reason) {
  switch (reason) {
    case EndReason::transport_close:
      return "transport close";
    case EndReason::transport_error:
      return "transport error";
    case EndReason::ping_timeout:
      return "ping timeout";
    case EndReason::parse_error:
      return "parse error";
    case EndReason::forced_close:
      return "forced close";
    case EndReason::slow_consumer:
      return "slow consumer";
    case EndReason::client_left:
      return "client namespace disconnect";
    case EndReason::server_left:
      return "server namespace disconnect";
  }
  return {};
}

}  // namespace rollcall
