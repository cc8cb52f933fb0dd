// Counts, for every subject (a changing user) and listener, how many of the subject's changes the listener
// has received.
//
// A subject's changes are numbered from 1; odd ones are "online", and the next starts only after all
// listeners have the last. So a delivery must be the next one; anything else is a fault.
#pragma once

#include <cstdint>
#include <vector>

namespace rollcall::load {

enum class Verdict : std::uint8_t { ok, doubled, unexpected, wrong_kind };

class Ledger {
 public:
  Ledger(std::size_t subjects, std::size_t listeners)
      : listeners_(listeners), received_(subjects * listeners) {}

  // `begun` is the number of the subject's latest change.
  Verdict deliver(std::size_t subject, std::size_t listener, bool online, std::uint32_t begun) {
    std::uint8_t& received = received_[subject * listeners_ + listener];
    if (received == static_cast<std::uint8_t>(begun))
      return begun == 0 ? Verdict::unexpected : Verdict::doubled;
    ++received;
    return online == (begun % 2 == 1) ? Verdict::ok : Verdict::wrong_kind;
  }

  bool has(std::size_t subject, std::size_t listener, std::uint32_t begun) const {
    return received_[subject * listeners_ + listener] == static_cast<std::uint8_t>(begun);
  }

 private:
  std::size_t listeners_;
  // Modulo 256: counts differ by at most 1, and a ledger of 10,000 listeners should fit in the cache.
  std::vector<std::uint8_t> received_;
};

}  // namespace rollcall::load
