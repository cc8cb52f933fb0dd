#include "gateway/endings.hpp"

#include <utility>

#include "server/counters.hpp"

namespace rollcall::gateway {

using presence::Ending;

Ending ending_of(std::string_view reason) {
  static constexpr std::pair<std::string_view, Ending> kEndings[] = {
      {server::kClientLeft, Ending::client_goodbye}, {server::kServerLeft, Ending::server_goodbye},
      {"transport close", Ending::transport_close},  {"transport error", Ending::transport_error},
      {"ping timeout", Ending::ping_timeout},        {"parse error", Ending::parse_error},
      {"forced close", Ending::server_closed},       {"slow consumer", Ending::slow_consumer},
  };
  for (const auto& [name, ending] : kEndings) {
    if (name == reason) return ending;
  }
  return Ending::unknown;
}

}  // namespace rollcall::gateway
