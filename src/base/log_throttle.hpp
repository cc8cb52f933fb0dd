// Rate-limits repeated log events and counts the suppressed ones: an unauthenticated peer must not be able to
// fill a disk, or to bury important lines under a million identical ones.
//
// Events are keyed by name and code, both from a small set: never an address, a user or anything else that
// a peer chooses. The first kLinesEach of a key in kInterval pass; the rest are counted and become one
// summary when the interval expires. Use it through `log::sampled`
// (log.hpp).
//
// Bounded: at most kMaxKinds keys; any beyond them are counted together. Pure: `now` is an
// argument. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rollcall/time.hpp"

namespace rollcall::base {

class LogThrottle {
 public:
  static constexpr std::uint64_t kLinesEach = 5;
  static constexpr seconds kInterval{10};
  static constexpr std::size_t kMaxKinds = 64;

  struct Summary {
    std::string event;
    std::string code;
    std::uint64_t count = 0;  // of those that got no line
    seconds since{0};         // in the last so many seconds, at least 1
    unsigned level = 0;       // as given
  };

  // Counts an occurrence of `event` with `code`. True: log it. `level` is kept for the summary.
  bool admit(std::string_view event, std::string_view code, unsigned level, Instant now);

  // The expired intervals that suppressed lines. Cheap while there are none; call it about once a second.
  std::vector<Summary> take_due(Instant now);
  // All suppressed lines so far, whether their interval has expired or not: at the end of the program.
  std::vector<Summary> take_all(Instant now);

 private:
  struct Kind {
    std::string event;
    std::string code;
    Instant begun;
    std::uint64_t seen = 0;
    unsigned level = 0;
  };

  Kind& kind_of(std::string_view event, std::string_view code, Instant now);
  template <class Over>
  std::vector<Summary> take(Instant now, Over over);

  std::vector<Kind> kinds_;
};

}  // namespace rollcall::base
