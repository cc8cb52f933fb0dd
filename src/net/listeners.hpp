// Listening on several addresses at once: "0.0.0.0:3000,[::]:3000".
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/listener.hpp"

namespace rollcall::net {

// At most this many addresses.
inline constexpr std::size_t kMostListeners = 16;

// `addresses`: separated by commas; `options` apply to each, except for the address. All or none are opened.
//
// - Addresses with port 0 get the same port, which was free on all of them.
// - [::] is skipped on a machine without IPv6 if there are other addresses.
Result<std::vector<std::unique_ptr<Listener>>, std::string> open_listeners(Loop& loop,
                                                                           std::string_view addresses,
                                                                           const ListenerOptions& options,
                                                                           const AcceptHandler& handler);

}  // namespace rollcall::net
