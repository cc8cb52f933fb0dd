// Limits on a single request.
#pragma once

#include <cstddef>

namespace rollcall::calls {

struct Limits {
  std::size_t max_batch_ids = 1000;
  std::size_t max_online_list = 10000;
  std::size_t event_bytes = 64 * 1024;  // the payload of one event
};

}  // namespace rollcall::calls
