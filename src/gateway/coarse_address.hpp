// The network of an address, and not the address itself, for those who look into where a connection comes
// from: IPv4 /24, IPv6 /48 - what a site or a small provider has. Pure but for the system's parser;
// thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace rollcall::gateway {

// "203.0.113.7" -> "203.0.113.0/24", "2001:db8:1:2::3" -> "2001:db8:1::/48"; "" for what is no address.
std::string coarse_address(std::string_view address);

}  // namespace rollcall::gateway
