// What the operating system says of this process. Reads files of /proc: not on a worker's thread.
#pragma once

#include <cstddef>

#include "rollcall/time.hpp"

namespace rollcall::telemetry {

// What is not to be known is 0.
struct ProcessFigures {
  microseconds cpu{0};  // spent since the start, by all threads
  std::size_t resident_bytes = 0;
  std::size_t virtual_bytes = 0;
  std::size_t open_descriptors = 0;
  std::size_t most_descriptors = 0;  // the limit
};

// Takes some microseconds; with an old kernel (before 6.2) and many descriptors, some milliseconds.
ProcessFigures read_process();

}  // namespace rollcall::telemetry
