// The keys of backend services: who calls, what they may do, and how often.
//
// Shared by all workers; thread-safe. To find a key, its digest is compared with every known one in constant
// time, so the time taken does not reveal how close a guess was.
#pragma once

#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "calls/service_key.hpp"
#include "gateway/contract/rate_limit.hpp"
#include "rollcall/config.hpp"

namespace rollcall::gateway {

calls::Digest sha256(std::string_view bytes);

class KeyRing {
 public:
  // The keys must be well-formed, as the configuration's have been checked to be.
  explicit KeyRing(const ApiSettings& settings);

  class Caller {
   public:
    explicit Caller(calls::ServiceKey key, std::uint32_t burst) : key_(std::move(key)), rate_(burst, {}) {}
    const std::string& name() const { return key_.name; }
    const calls::Scopes& scopes() const { return key_.scopes; }

   private:
    friend class KeyRing;
    calls::ServiceKey key_;
    std::mutex mutex_;
    RateLimit rate_;
    Instant latest_{};  // workers' clocks differ by up to a turn; time must not go back here
    bool refused_ = false;
  };

  bool empty() const { return callers_.empty(); }
  // Null if it is not a key.
  Caller* find(std::string_view token);
  // Whether the caller is within its rate. `refused` is the first refusal after an admission, `refused_again`
  // each further one.
  enum class Admission { admitted, refused, refused_again };
  Admission admit(Caller& caller, Instant now);
  // Charges an admitted request for `more` requests, at most the burst.
  void charge(Caller& caller, std::size_t more);
  // After how long a caller that was refused may ask again.
  std::uint32_t retry_seconds(Caller& caller) const;
  std::uint32_t requests_per_second() const { return per_second_; }

 private:
  std::list<Caller> callers_;
  std::uint32_t per_second_;
  std::uint32_t burst_;
};

}  // namespace rollcall::gateway
