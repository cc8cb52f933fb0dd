// Whether a server should be sent clients, and why not. Pure.
#pragma once

#include <string>
#include <string_view>

#include "server/figures.hpp"

namespace rollcall::server {

struct Readiness {
  bool ready = true;
  // If not: "STARTING" (which no client sees: the first worker lets them in last), "DRAINING", "WORKER_HUNG",
  // "NO_DESCRIPTORS", "MEMORY".
  std::string_view code;
  std::string detail;  // and a sentence for the operator
};

Readiness readiness_of(const Figures& figures);

}  // namespace rollcall::server
