// The sessions of a worker that have joined no namespace yet: nobody knows whose they are, so they are few,
// small and short-lived. The oldest go first, of the address that has most of them.
//
// A session that was opened by polling is unclaimed until a request names it, and is nothing but its Stranger
// until then: opening sessions and leaving them takes little of the server's memory. Not thread-safe.
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

  // Null while it is unclaimed.
  EngineSession* session() const { return claimed_ ? session_ : nullptr; }
  std::string_view sid() const { return sid_; }  // of one that was opened by polling
  const net::PeerAddress& address() const { return address_; }
  // Among the sessions of its address, while it is unclaimed.
  bool counted() const { return counted_ != 0; }
  void set_counted(bool counted) { counted_ = counted; }

 private:
  friend class Strangers;
  Stranger(const net::PeerAddress& address, Instant opened, std::size_t bytes);
  ~Stranger();

  union {
    EngineSession* session_;
    Handshake* kept_;  // unclaimed: null if it holds nothing but the address
  };
  base::ShortText<22> sid_;
  net::PeerAddress address_;
  std::uint32_t opened_ms_;  // of the clock, modulo 49 days
  std::uint32_t bytes_ : 27;
  std::uint32_t claimed_ : 1;
  std::uint32_t secure_ : 1;
  std::uint32_t address_certain_ : 1;
  std::uint32_t counted_ : 1;
};
static_assert(sizeof(Stranger) <= 72);

// How long a session may take to join a namespace: less while memory is scarce.
milliseconds patience_with_strangers(milliseconds connect_timeout, base::MemoryLevel memory);

class Strangers {
 public:
  explicit Strangers(std::size_t most) : most_(most) {}
  ~Strangers();
  Strangers(const Strangers&) = delete;
  Strangers& operator=(const Strangers&) = delete;

  // Unclaimed. `address` is that of the handshake.
  Stranger& add(std::string_view sid, const net::PeerAddress& address, Handshake handshake, Instant now);
  // `bytes`: what its handshake takes.
  Stranger& add(EngineSession& session, const net::PeerAddress& address, std::size_t bytes, Instant now);
  void remove(Stranger& stranger);

  std::size_t size() const { return list_.size(); }
  void limit(std::size_t most) { most_ = most; }
  Stranger* oldest() { return list_.empty() ? nullptr : &list_.front(); }
  // Who has to go, if there are too many, or if they hold too much.
  Stranger* victim();
  // To the millisecond.
  static Instant opened(const Stranger& stranger, Instant now);

  // Null if there is none of that id.
  Stranger* unclaimed(std::string_view sid);
  Stranger* any_unclaimed() { return unclaimed_.empty() ? nullptr : *unclaimed_.begin(); }
  // Of an unclaimed one, once.
  static Handshake take_handshake(Stranger& stranger);
  void claim(Stranger& stranger, EngineSession& session);

 private:
  static constexpr std::size_t kBytesEach = 1024;  // may be kept of a handshake, on average
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
  boost::intrusive::list<Stranger> list_;  // in the order of their opening
  boost::unordered_flat_set<Stranger*, Hash, Equal> unclaimed_;
  boost::unordered_flat_map<std::uint64_t, std::uint32_t> by_address_;
};

}  // namespace rollcall::server
