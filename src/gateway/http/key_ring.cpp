#include "gateway/http/key_ring.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <utility>

#include "base/assert.hpp"

namespace rollcall::gateway {

calls::Digest sha256(std::string_view bytes) {
  calls::Digest digest{};
  unsigned size = 0;
  ROLLCALL_ASSERT(EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) == 1 &&
                  size == digest.size());
  return digest;
}

KeyRing::KeyRing(const ApiSettings& settings)
    : per_second_(settings.requests_per_second), burst_(settings.request_burst) {
  for (const std::string& text : settings.keys) {
    auto key = calls::parse_service_key(text);
    ROLLCALL_ASSERT(key.ok());
    callers_.emplace_back(std::move(*key), burst_);
  }
}

KeyRing::Caller* KeyRing::find(std::string_view token) {
  const calls::Digest digest = sha256(token);
  Caller* found = nullptr;
  for (Caller& caller : callers_) {
    if (CRYPTO_memcmp(caller.key_.digest.data(), digest.data(), digest.size()) == 0) found = &caller;
  }
  return found;
}

KeyRing::Admission KeyRing::admit(Caller& caller, Instant now) {
  const std::lock_guard lock(caller.mutex_);
  caller.latest_ = std::max(caller.latest_, now);
  const bool refused = !caller.rate_.take(per_second_, burst_, caller.latest_);
  const bool again = std::exchange(caller.refused_, refused);
  if (!refused) return Admission::admitted;
  return again ? Admission::refused_again : Admission::refused;
}

std::uint32_t KeyRing::retry_seconds(Caller& caller) const {
  const std::lock_guard lock(caller.mutex_);
  return caller.rate_.seconds_left(per_second_);
}

void KeyRing::charge(Caller& caller, std::size_t more) {
  if (per_second_ == 0) return;
  const std::lock_guard lock(caller.mutex_);
  caller.rate_.charge(static_cast<std::uint32_t>(std::min<std::size_t>(more, burst_)));
}

}  // namespace rollcall::gateway
