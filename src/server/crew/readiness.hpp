// Whether a server should be sent clients, and why not. Pure.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "server/crew/figures.hpp"

namespace rollcall::server {

// No client sees the first: the first worker lets them in last.
inline constexpr std::array<std::string_view, 5> kReadinessCodes = {"STARTING", "DRAINING", "WORKER_HUNG",
                                                                    "NO_DESCRIPTORS", "MEMORY"};

struct Readiness {
  bool ready = true;
  std::string_view code;  // if not: one of those
  std::string detail;     // and a sentence for the operator
};

Readiness readiness_of(const Figures& figures);

}  // namespace rollcall::server
