// The sessions of a worker that have joined no namespace yet: nobody knows whose they are, so they are few,
// small and short-lived. The oldest go first, of the address that has most of them.
//
// A session has its entry from its opening until it joins, or is over. Not thread-safe.
#pragma once

#include <boost/intrusive/list.hpp>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "rollcall/time.hpp"

namespace rollcall::server {

struct Peer;
class Strangers;

class Stranger : public boost::intrusive::list_base_hook<> {
 public:
  Stranger(Strangers& owner, Peer& peer, std::uint64_t address, std::size_t bytes, Instant opened);
  ~Stranger();
  Stranger(const Stranger&) = delete;
  Stranger& operator=(const Stranger&) = delete;

  Peer& peer() const { return peer_; }
  Instant opened() const { return opened_; }

 private:
  friend class Strangers;
  Strangers& owner_;
  Peer& peer_;
  std::uint64_t address_;
  std::size_t bytes_;
  Instant opened_;
};

class Strangers {
 public:
  explicit Strangers(std::size_t most) : most_(most) {}

  std::size_t size() const { return list_.size(); }
  const Stranger* oldest() const { return list_.empty() ? nullptr : &list_.front(); }
  // Who has to go, if there are too many, or if they hold too much.
  const Stranger* victim() const;

 private:
  friend class Stranger;
  static constexpr std::size_t kBytesEach = 1024;  // may be kept of a handshake, on average
  static constexpr int kConsidered = 64;

  std::size_t most_;
  std::size_t bytes_ = 0;
  boost::intrusive::list<Stranger> list_;  // in the order of their opening
  boost::unordered_flat_map<std::uint64_t, std::uint32_t> by_address_;
};

}  // namespace rollcall::server
