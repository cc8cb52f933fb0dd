#include "server/sockets/pid.hpp"

#include "base/assert.hpp"
#include "net/random.hpp"

namespace rollcall::server {
namespace {

constexpr std::string_view kPidAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t kWorkerChars = 2;
constexpr std::size_t kSlotChars = 5;
constexpr std::size_t kPidBytes = 13;  // 18 characters, of which 17 are used
constexpr unsigned kBitsEach = 6;

void append_number(std::string& out, std::uint32_t number, std::size_t chars) {
  ROLLCALL_ASSERT(number >> (kBitsEach * chars) == 0);
  while (chars-- > 0) out += kPidAlphabet[number >> (kBitsEach * chars) & 63];
}

std::optional<std::uint32_t> read_number(std::string_view text) {
  std::uint32_t number = 0;
  for (const char c : text) {
    const std::size_t digit = kPidAlphabet.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    number = number << kBitsEach | static_cast<std::uint32_t>(digit);
  }
  return number;
}

}  // namespace

std::string make_pid(SessionPlace place) {
  std::string pid;
  append_number(pid, place.worker, kWorkerChars);
  append_number(pid, place.slot, kSlotChars);
  pid += net::random_id(kPidBytes);
  pid.resize(kPidChars);
  return pid;
}

std::optional<SessionPlace> place_of_pid(std::string_view pid) {
  if (pid.size() != kPidChars) return std::nullopt;
  const auto worker = read_number(pid.substr(0, kWorkerChars));
  const auto slot = read_number(pid.substr(kWorkerChars, kSlotChars));
  if (!worker || !slot) return std::nullopt;
  return SessionPlace{*worker, *slot};
}

bool same_secret(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    difference |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]);
  return difference == 0;
}

}  // namespace rollcall::server
