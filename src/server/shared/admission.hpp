// Whom the server admits: how many sessions per address, the client's address behind proxies, and whether
// there is memory for new sessions.
//
// One for all workers. `memory` and `client_of` may be called from any worker's thread; counting takes a
// lock, but only if ServerOptions::per_address is set.
#pragma once

#include <atomic>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <memory>
#include <mutex>

#include "base/memory_budget.hpp"
#include "http/request.hpp"
#include "net/address.hpp"
#include "rollcall/server.hpp"

namespace rollcall::server {

// Counts per address.
class AddressCounts {
 public:
  // False, without counting, if there are `most` already.
  bool add(const net::PeerAddress& address, std::size_t most);
  void remove(const net::PeerAddress& address);

 private:
  std::mutex mutex_;
  boost::unordered_flat_map<std::uint64_t, std::uint32_t> counts_;
};

class Admission {
 public:
  // `memory_budget`: of the process, in bytes; 0: none.
  explicit Admission(const ServerOptions& options, std::size_t memory_budget = 0);
  // From any thread, one at a time. The returned object may still be read: keep it until every worker has
  // begun another turn.
  [[nodiscard]] std::shared_ptr<const void> reconfigure(const ServerOptions& options,
                                                        std::size_t memory_budget = 0);

  // The client of a request. `certain`: the address is the client's own. False for an untrusted proxy, and
  // for a private or loopback address that no trusted proxy reports: TCP load balancers, Docker's proxy and
  // Kubernetes' SNAT show one such address for all their clients.
  struct Client {
    net::PeerAddress address;
    bool certain = true;
  };
  Client client_of(const net::PeerAddress& peer, const http::Request& request) const;

  // Counts across all workers. Refused: the limit is reached. Remove only sessions that were counted; those
  // opened while nothing was counted were not.
  enum class Entry : unsigned char { refused, counted, uncounted };
  Entry add_connection(const net::PeerAddress& peer);
  void remove_connection(const net::PeerAddress& peer) { connections_.remove(peer); }
  Entry add_session(const net::PeerAddress& client);
  void remove_session(const net::PeerAddress& client) { sessions_.remove(client); }

  // Whether so few are left that they are kept for requests that open no session.
  bool descriptors_scarce() const { return descriptors_scarce_.load(std::memory_order_relaxed); }
  void set_descriptors_scarce(bool scarce) { descriptors_scarce_.store(scarce, std::memory_order_relaxed); }

  // Bytes that a worker may hold in incomplete requests of strangers (unfinished.hpp).
  std::size_t most_unfinished_bytes() const { return most_unfinished_bytes_.load(std::memory_order_relaxed); }

  base::MemoryLevel memory() const { return memory_.load(std::memory_order_relaxed); }
  void set_memory(base::MemoryLevel level) { memory_.store(level, std::memory_order_relaxed); }

 private:
  // Long polling uses several connections per session.
  static constexpr std::size_t kConnectionsOfASession = 4;

  const net::AddressSet& trusted() const { return *trusted_.load(std::memory_order_acquire); }

  std::shared_ptr<const net::AddressSet> trusted_owner_;
  std::atomic<const net::AddressSet*> trusted_;
  net::AddressSet private_;
  std::atomic<std::size_t> per_address_;
  std::atomic<std::size_t> most_unfinished_bytes_;
  AddressCounts connections_, sessions_;
  std::atomic<bool> descriptors_scarce_{false};
  std::atomic<base::MemoryLevel> memory_{base::MemoryLevel::plenty};
};

}  // namespace rollcall::server
