// The ids of all who are online, read page by page: a million of them must not be copied under one lock.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "gateway/hub_driver.hpp"

namespace rollcall::gateway {

inline constexpr std::size_t kIdsAtOnce = 1000;  // about 100 us under the lock

// Sorted, each once. Whoever is online throughout is among them.
std::vector<std::string> online_ids(const HubDriver& hub, std::size_t page = kIdsAtOnce);

}  // namespace rollcall::gateway
