// Why a session ended, or a socket left its namespace.
#pragma once

#include <array>
#include <cstddef>
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
inline constexpr std::size_t kEndReasons = 8;

// As clients, handlers and metrics name them, in that order. These texts are fixed.
inline constexpr std::array<std::string_view, kEndReasons> kEndReasonTexts = {"transport close",
                                                                              "transport error",
                                                                              "ping timeout",
                                                                              "parse error",
                                                                              "forced close",
                                                                              "slow consumer",
                                                                              "client namespace disconnect",
                                                                              "server namespace disconnect"};
constexpr std::string_view text_of(EndReason reason) {
  return kEndReasonTexts[static_cast<std::size_t>(reason)];
}

}  // namespace rollcall
