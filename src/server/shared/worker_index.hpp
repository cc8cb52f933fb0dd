// Workers are numbered from 0; the first one accepts.
#pragma once

#include <cstdint>

namespace rollcall::server {

using WorkerIndex = std::uint32_t;

}  // namespace rollcall::server
