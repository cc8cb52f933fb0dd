// Whether a server should be sent clients, and why not. Pure.
#pragma once

#include <string>
#include <string_view>

#include "server/figures.hpp"

namespace rollcall::server {

struct Readiness {
  bool ready = true;
  std::string_view code;  // if not: "STARTING", "DRAINING", "WORKER_HUNG"
  std::string detail;     // and a sentence for the operator
};

Readiness readiness_of(const Figures& figures);

}  // namespace rollcall::server
