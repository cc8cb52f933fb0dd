#include "server/engine/sid.hpp"

#include "net/random.hpp"

namespace rollcall::server {
namespace {

constexpr std::size_t kRandomBytes = 15;
constexpr std::string_view kSidAlphabet = "0123456789abcdefghijklmnopqrstuv";  // encodes the worker's number
constexpr std::size_t kWorkerDigits = 2;

}  // namespace

static_assert(SidScheme::kMaxWorkers == 32 * 32);  // two digits

std::string SidScheme::make() const {
  std::string sid;
  if (workers_ > 1)
    sid = {kSidAlphabet[own_ / kSidAlphabet.size()], kSidAlphabet[own_ % kSidAlphabet.size()]};
  net::append_random_id(sid, kRandomBytes);
  return sid;
}

std::optional<WorkerIndex> SidScheme::other_owner(std::string_view sid) const {
  if (workers_ <= 1 || sid.size() < kWorkerDigits) return std::nullopt;
  const std::size_t high = kSidAlphabet.find(sid[0]);
  const std::size_t low = kSidAlphabet.find(sid[1]);
  if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
  const std::size_t owner = high * kSidAlphabet.size() + low;
  if (owner >= workers_ || owner == own_) return std::nullopt;
  return static_cast<WorkerIndex>(owner);
}

}  // namespace rollcall::server
