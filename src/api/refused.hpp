// For tests of what is read from HTTP: limits that are soon reached, and why something was refused.
#pragma once

#include <gtest/gtest.h>

#include "api/requests.hpp"

namespace rollcall::api::test {

constexpr Limits kSmallLimits{.max_batch_ids = 3, .max_online_list = 10, .event_bytes = 1 << 20};

template <class Read>
Error refusal(const Result<Read, Error>& read) {
  EXPECT_FALSE(read.ok());
  return read ? Error{ErrorCode::internal, "it was read"} : read.error();
}

}  // namespace rollcall::api::test
