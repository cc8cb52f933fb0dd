// Reduces an address to its network, for `explain`, which shows where a connection comes from without naming
// the address: IPv4 /24, IPv6 /48, about the size of a site or a small provider. Pure except for the system's
// address parser; thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace rollcall::gateway {

// "203.0.113.7" -> "203.0.113.0/24", "2001:db8:1:2::3" -> "2001:db8:1::/48"; "" if it is not an address.
std::string coarse_address(std::string_view address);

}  // namespace rollcall::gateway
