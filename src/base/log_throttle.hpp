// Which occurrences of a repeated event get a log line of their own, and how many did not: a stranger must
// not be able to fill a disk, or to hide what matters among a million equal lines.
//
// Events are told apart by their name and a code, both of which come from a small set: never an address, a
// user or anything else that a peer chooses. Of each, the first kLinesEach in kInterval are let through; the
// rest are counted, and come out as one summary when the interval is over. Use it by `log::sampled`
// (log.hpp).
//
// Bounded: at most kMaxKinds are told apart, what is beyond them is counted together. Pure: `now` is an
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

  // One more of `event` with `code`. True: write its line. `level` is only kept, for the summary.
  bool admit(std::string_view event, std::string_view code, unsigned level, Instant now);

  // The intervals that are over and left lines out. Cheap while none is; call it about once a second.
  std::vector<Summary> take_due(Instant now);
  // What was left out until now, whether its interval is over or not: at the end of the program.
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
