#include "server/admission.hpp"

#include <algorithm>

#include "base/assert.hpp"
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
  if (found != counts_.end() && --found->second == 0) counts_.erase(found);
}

Admission::Admission(const ServerOptions& options, std::size_t memory_budget)
    : per_address_(options.per_address),
      most_unfinished_bytes_(most_unfinished(options, memory_budget) / std::max(options.workers, 1U)) {
  for (const std::string& proxy : options.trusted_proxies) ROLLCALL_ASSERT(trusted_.add(proxy));
  for (const char* network : kPrivateNetworks) ROLLCALL_ASSERT(private_.add(network));
}

// The last address that a trusted proxy vouches for: from the right, the first that is not one of them.
Admission::Client Admission::client_of(const net::PeerAddress& peer, const http::Request& request) const {
  if (!trusted_.contains(peer)) {
    const bool forwarded = request.header("x-forwarded-for") || request.header("forwarded");
    return {peer, !forwarded && !private_.contains(peer)};
  }
  net::PeerAddress client = peer;
  for (const std::string& hop : http::forwarded_for(request)) {
    const auto address = net::PeerAddress::parse(hop);
    if (!address) break;
    client = *address;
    if (!trusted_.contains(client)) break;
  }
  return {client, !trusted_.contains(client)};
}

bool Admission::add_connection(const net::PeerAddress& peer) {
  if (!counts() || trusted_.contains(peer)) return true;
  return connections_.add(peer, per_address_ * kConnectionsOfASession);
}

void Admission::remove_connection(const net::PeerAddress& peer) {
  if (counts() && !trusted_.contains(peer)) connections_.remove(peer);
}

bool Admission::add_session(const net::PeerAddress& client) {
  return !counts() || sessions_.add(client, per_address_);
}

void Admission::remove_session(const net::PeerAddress& client) {
  if (counts()) sessions_.remove(client);
}

}  // namespace rollcall::server
