#include "server/shared/admission.hpp"

#include <algorithm>
#include <utility>

#include "base/assert.hpp"
#include "base/shrink.hpp"
#include "http/forwarded.hpp"

namespace rollcall::server {
namespace {

// Loopback, link-local, RFC 1918, RFC 6598, RFC 4193.
constexpr const char* kPrivateNetworks[] = {
    "127.0.0.0/8",    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10",
    "169.254.0.0/16", "::1",        "fc00::/7",      "fe80::/10"};

constexpr std::size_t kUnfinishedShare = 16;  // of the memory budget
constexpr std::size_t kLeastUnfinished = 16 << 20;
constexpr std::size_t kUnfinishedWithoutBudget = 256 << 20;

std::size_t most_unfinished(const ServerOptions& options, std::size_t budget) {
  if (options.unfinished_bytes > 0) return options.unfinished_bytes;
  if (budget == 0) return kUnfinishedWithoutBudget;
  return std::max(budget / kUnfinishedShare, kLeastUnfinished);
}

std::size_t most_unfinished_of_a_worker(const ServerOptions& options, std::size_t budget) {
  return most_unfinished(options, budget) / std::max(options.workers, 1U);
}

template <class Networks>
std::shared_ptr<const net::AddressSet> set_of(const Networks& networks) {
  auto set = std::make_shared<net::AddressSet>();
  for (const auto& network : networks) ROLLCALL_ASSERT(set->add(network));
  return set;
}

}  // namespace

bool AddressCounts::add(const net::PeerAddress& address, std::size_t most) {
  const std::lock_guard lock(mutex_);
  std::uint32_t& count = counts_[address.key()];
  if (count >= most) return false;
  ++count;
  return true;
}

void AddressCounts::remove(const net::PeerAddress& address) {
  const std::lock_guard lock(mutex_);
  const auto found = counts_.find(address.key());
  if (found == counts_.end() || --found->second > 0) return;
  counts_.erase(found);
  base::shrink_table(counts_);
}

Admission::Admission(const ServerOptions& options, std::size_t memory_budget)
    : trusted_owner_(set_of(options.trusted_proxies)),
      trusted_(trusted_owner_.get()),
      private_(*set_of(kPrivateNetworks)),
      per_address_(options.per_address),
      most_unfinished_bytes_(most_unfinished_of_a_worker(options, memory_budget)) {}

std::shared_ptr<const void> Admission::reconfigure(const ServerOptions& options, std::size_t memory_budget) {
  per_address_.store(options.per_address, std::memory_order_relaxed);
  most_unfinished_bytes_.store(most_unfinished_of_a_worker(options, memory_budget),
                               std::memory_order_relaxed);
  auto former = std::exchange(trusted_owner_, set_of(options.trusted_proxies));
  trusted_.store(trusted_owner_.get(), std::memory_order_release);
  return former;
}

// The last address that a trusted proxy vouches for: from the right, the first that is not a trusted proxy.
Admission::Client Admission::client_of(const net::PeerAddress& peer, const http::Request& request) const {
  const net::AddressSet& proxies = trusted();
  if (!proxies.contains(peer)) {
    const bool forwarded = request.header("x-forwarded-for") || request.header("forwarded");
    return {peer, !forwarded && !private_.contains(peer)};
  }
  net::PeerAddress client = peer;
  for (const std::string& hop : http::forwarded_for(request)) {
    const auto address = net::PeerAddress::parse(hop);
    if (!address) break;
    client = *address;
    if (!proxies.contains(client)) break;
  }
  return {client, !proxies.contains(client)};
}

Admission::Entry Admission::add_connection(const net::PeerAddress& peer) {
  const std::size_t most = per_address_.load(std::memory_order_relaxed) * kConnectionsOfASession;
  if (most == 0 || trusted().contains(peer)) return Entry::uncounted;
  return connections_.add(peer, most) ? Entry::counted : Entry::refused;
}

Admission::Entry Admission::add_session(const net::PeerAddress& client) {
  const std::size_t most = per_address_.load(std::memory_order_relaxed);
  if (most == 0) return Entry::uncounted;
  return sessions_.add(client, most) ? Entry::counted : Entry::refused;
}

}  // namespace rollcall::server
