// A worker's sessions that have not joined a namespace: their owners are unknown, so their number, size and
// lifetime are limited. The oldest of the address with the most is closed first.
//
// A session opened by polling is unclaimed until a request names it. Until then only its Stranger exists, so
// abandoned sessions use little memory. Not thread-safe.
#pragma once

#include <boost/intrusive/list.hpp>
#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/memory_budget.hpp"
#include "base/short_text.hpp"
#include "net/address.hpp"
#include "rollcall/server.hpp"
#include "rollcall/time.hpp"

namespace rollcall::server {

class EngineSession;

class Stranger : public boost::intrusive::list_base_hook<> {
 public:
  Stranger(const Stranger&) = delete;
  Stranger& operator=(const Stranger&) = delete;

  // Null while unclaimed.
  EngineSession* session() const { return claimed_ ? session_ : nullptr; }
  std::string_view sid() const { return sid_; }  // if opened by polling
  const net::PeerAddress& address() const { return address_; }
  // Whether it is counted among the sessions of its address, while unclaimed.
  bool counted() const { return counted_ != 0; }
  void set_counted(bool counted) { counted_ = counted; }

 private:
  friend class Strangers;
  Stranger(const net::PeerAddress& address, Instant opened, std::size_t bytes);
  ~Stranger();

  union {
    EngineSession* session_;
    Handshake* kept_;  // unclaimed: null if it would hold only the address
  };
  base::ShortText<22> sid_;
  net::PeerAddress address_;
  std::uint32_t opened_ms_;  // clock time modulo 49 days
  std::uint32_t bytes_ : 27;
  std::uint32_t claimed_ : 1;
  std::uint32_t secure_ : 1;
  std::uint32_t address_certain_ : 1;
  std::uint32_t counted_ : 1;
};
static_assert(sizeof(Stranger) <= 72);

// How long a session may take to join a namespace; shorter while memory is scarce.
milliseconds patience_with_strangers(milliseconds connect_timeout, base::MemoryLevel memory);

class Strangers {
 public:
  explicit Strangers(std::size_t most) : most_(most) {}
  ~Strangers();
  Strangers(const Strangers&) = delete;
  Strangers& operator=(const Strangers&) = delete;

  // Adds an unclaimed one. `address`: from the handshake.
  Stranger& add(std::string_view sid, const net::PeerAddress& address, Handshake handshake, Instant now);
  // `bytes`: size of its handshake.
  Stranger& add(EngineSession& session, const net::PeerAddress& address, std::size_t bytes, Instant now);
  void remove(Stranger& stranger);

  std::size_t size() const { return list_.size(); }
  void limit(std::size_t most) { most_ = most; }
  Stranger* oldest() { return list_.empty() ? nullptr : &list_.front(); }
  // The one to close if there are too many, or if they hold too much.
  Stranger* victim();
  // In whole milliseconds.
  static Instant opened(const Stranger& stranger, Instant now);

  // Null for an unknown id.
  Stranger* unclaimed(std::string_view sid);
  Stranger* any_unclaimed() { return unclaimed_.empty() ? nullptr : *unclaimed_.begin(); }
  // For an unclaimed one, once.
  static Handshake take_handshake(Stranger& stranger);
  void claim(Stranger& stranger, EngineSession& session);

 private:
  static constexpr std::size_t kBytesEach = 1024;  // of handshake per session, on average
  static constexpr int kConsidered = 64;

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view sid) const { return std::hash<std::string_view>{}(sid); }
    std::size_t operator()(const Stranger* stranger) const { return (*this)(stranger->sid()); }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const Stranger* a, const Stranger* b) const { return a == b; }
    bool operator()(std::string_view sid, const Stranger* stranger) const { return sid == stranger->sid(); }
    bool operator()(const Stranger* stranger, std::string_view sid) const { return sid == stranger->sid(); }
  };

  void insert(Stranger& stranger);
  void leave_unclaimed(Stranger& stranger);

  std::size_t most_;
  std::size_t bytes_ = 0;
  boost::intrusive::list<Stranger> list_;  // oldest first
  boost::unordered_flat_set<Stranger*, Hash, Equal> unclaimed_;
  boost::unordered_flat_map<std::uint64_t, std::uint32_t> by_address_;
};

}  // namespace rollcall::server
