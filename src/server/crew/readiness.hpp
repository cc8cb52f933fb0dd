// Whether a server should receive new clients, and if not, why. Pure.
#pragma once

#include <string>
#include <string_view>

#include "server/crew/figures.hpp"

namespace rollcall::server {

// The reasons for not being ready. No client sees `starting`: the first worker accepts last.
enum class NotReady : unsigned char { starting, draining, worker_hung, no_descriptors, memory };
constexpr std::string_view name_of(NotReady why) {
  switch (why) {
    case NotReady::starting:
      return "STARTING";
    case NotReady::draining:
      return "DRAINING";
    case NotReady::worker_hung:
      return "WORKER_HUNG";
    case NotReady::no_descriptors:
      return "NO_DESCRIPTORS";
    case NotReady::memory:
      return "MEMORY";
  }
  return {};
}

struct Readiness {
  bool ready = true;
  std::string_view code;  // if not ready: the name of the NotReady
  std::string detail;     // if not ready: a sentence for the operator
};

Readiness readiness_of(const Figures& figures);

}  // namespace rollcall::server
