// The ids of all online users, read page by page so that the lock is never held to copy a million of them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "gateway/hub_driver.hpp"

namespace rollcall::gateway {

inline constexpr std::size_t kIdsAtOnce = 1000;  // about 100 us under the lock

// Sorted, without duplicates. Includes everyone who stays online during the whole call.
std::vector<std::string> online_ids(const HubDriver& hub, std::size_t page = kIdsAtOnce);

}  // namespace rollcall::gateway
