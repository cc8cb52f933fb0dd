// What the gateway stores for each socket. The socket's user is Socket::owner(); the timer is for the end of
// its token.
//
// There is one for every connection, so it must stay small: the small fields come first, in the padding that
// base::Timer leaves.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "base/timing_wheel.hpp"
#include "gateway/contract/rate_limit.hpp"
#include "gateway/login/token_expiry.hpp"
#include "presence/types.hpp"
#include "rollcall/server.hpp"
#include "rollcall/verifier.hpp"

namespace rollcall::gateway {

struct Member final : base::Timer {
  Member(TokenExpiry& its_expiry, Socket& its_socket, Claims its_claims, std::uint32_t burst, Instant now)
      : expiry(its_expiry),
        socket(its_socket),
        rate(burst, now),
        claims(std::make_unique<Claims>(std::move(its_claims))) {}

  void on_timer(Instant) override { expiry.expired(socket); }

  // Since the gateway was made.
  void connected_at(microseconds since) {
    const std::int64_t ms = std::chrono::duration_cast<milliseconds>(since).count();
    connected_high_ = static_cast<std::uint8_t>(ms >> 32);
    connected_low_ = static_cast<std::uint32_t>(ms);
  }
  milliseconds connected_at() const {
    return milliseconds(static_cast<std::int64_t>(connected_high_) << 32 | connected_low_);
  }

 private:
  std::uint8_t connected_high_ = 0;  // 34 years

 public:
  bool expired = false;  // the token

 private:
  std::uint32_t connected_low_ = 0;

 public:
  TokenExpiry& expiry;
  Socket& socket;
  presence::ConnectionId connection : 48 = 0;
  std::uint64_t watched : 16 = 0;  // users: kept here, for counting them would cost as much as there are
  RateLimit rate;
  std::unique_ptr<Claims> claims;  // until the connection is known to the core
};
static_assert(sizeof(Member) <= 88);  // there is one for every connection

inline Member& member_of(Socket& socket) {
  return *static_cast<Member*>(socket.data.get());
}

}  // namespace rollcall::gateway
