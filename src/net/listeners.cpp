#include "net/listeners.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include "base/log.hpp"

namespace rollcall::net {
namespace {

using Listeners = std::vector<std::unique_ptr<Listener>>;

// A port that is free on one address may be in use on the next: then another one is tried.
constexpr int kTries = 32;
constexpr std::string_view kAnyPort = ":0";

std::vector<std::string> split(std::string_view addresses) {
  std::vector<std::string> all;
  for (;;) {
    const std::size_t comma = std::min(addresses.find(','), addresses.size());
    std::string_view address = addresses.substr(0, comma);
    while (address.starts_with(' ')) address.remove_prefix(1);
    while (address.ends_with(' ')) address.remove_suffix(1);
    all.emplace_back(address);
    if (comma == addresses.size()) return all;
    addresses.remove_prefix(comma + 1);
  }
}

bool is_any_ipv6(std::string_view address) {
  return address.starts_with("[::]:");
}

bool machine_has_ipv6() {
  const int descriptor = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return false;
  sockaddr_in6 any{};
  any.sin6_family = AF_INET6;
  const bool bound = bind(descriptor, reinterpret_cast<const sockaddr*>(&any), sizeof any) == 0;
  ::close(descriptor);
  return bound;
}

void leave_out_missing_family(std::vector<std::string>& addresses) {
  if (addresses.size() < 2 || std::none_of(addresses.begin(), addresses.end(), is_any_ipv6)) return;
  if (std::all_of(addresses.begin(), addresses.end(), is_any_ipv6) || machine_has_ipv6()) return;
  std::erase_if(addresses, is_any_ipv6);
  base::log::debug("not listening on IPv6", {{"reason", "the machine has none"}});
}

std::string with_port_of(const std::string& address, const Listener& first) {
  const std::string bound = first.address();
  return address.substr(0, address.rfind(':')) + bound.substr(bound.rfind(':'));
}

Result<Listeners, std::string> open_once(Loop& loop, const std::vector<std::string>& addresses,
                                         ListenerOptions options, const AcceptHandler& handler) {
  Listeners opened;
  const Listener* with_any_port = nullptr;
  for (const std::string& address : addresses) {
    const bool any_port = address.ends_with(kAnyPort);
    options.address = any_port && with_any_port ? with_port_of(address, *with_any_port) : address;
    auto next = Listener::open(loop, options, handler);
    if (!next) return fail(std::move(next.error()));
    opened.push_back(std::move(*next));
    if (any_port && !with_any_port) with_any_port = opened.back().get();
  }
  return opened;
}

}  // namespace

Result<Listeners, std::string> open_listeners(Loop& loop, std::string_view addresses,
                                              const ListenerOptions& options, const AcceptHandler& handler) {
  std::vector<std::string> all = split(addresses);
  if (all.size() > kMostListeners) {
    return fail("cannot listen on more than " + std::to_string(kMostListeners) + " addresses");
  }
  leave_out_missing_family(all);
  const auto has_any_port = [](const std::string& address) { return address.ends_with(kAnyPort); };
  const bool may_try_again = std::count_if(all.begin(), all.end(), has_any_port) > 1;
  auto opened = open_once(loop, all, options, handler);
  for (int tries = 1; !opened && may_try_again && tries < kTries; ++tries) {
    opened = open_once(loop, all, options, handler);
  }
  return opened;
}

}  // namespace rollcall::net
