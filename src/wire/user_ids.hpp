// The ids of the users that a request names.
#pragma once

#include <memory_resource>
#include <string>
#include <vector>

namespace rollcall::wire {

using UserId = std::pmr::string;
using UserIds = std::pmr::vector<UserId>;

}  // namespace rollcall::wire
