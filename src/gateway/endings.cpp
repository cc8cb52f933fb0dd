#include "gateway/endings.hpp"

namespace rollcall::gateway {

using presence::Ending;

Ending ending_of(EndReason reason) {
  switch (reason) {
    case EndReason::client_left:
      return Ending::client_goodbye;
    case EndReason::server_left:
      return Ending::server_goodbye;
    case EndReason::transport_close:
      return Ending::transport_close;
    case EndReason::transport_error:
      return Ending::transport_error;
    case EndReason::ping_timeout:
      return Ending::ping_timeout;
    case EndReason::parse_error:
      return Ending::parse_error;
    case EndReason::forced_close:
      return Ending::server_closed;
    case EndReason::slow_consumer:
      return Ending::slow_consumer;
  }
  return Ending::unknown;
}

}  // namespace rollcall::gateway
