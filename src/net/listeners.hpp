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

// `addresses`: with commas; `options` are those of each, but for the address. All or none.
//
// - Where several have port 0 they get the same one, which was free on all.
// - [::], which stands for every IPv6 address, is left out, beside others, on a machine without IPv6.
Result<std::vector<std::unique_ptr<Listener>>, std::string> open_listeners(Loop& loop,
                                                                           std::string_view addresses,
                                                                           const ListenerOptions& options,
                                                                           const AcceptHandler& handler);

}  // namespace rollcall::net
