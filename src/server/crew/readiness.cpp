#include "server/crew/readiness.hpp"

#include <algorithm>
#include <utility>

namespace rollcall::server {
namespace {

// "1 of 4 workers"; empty for none.
std::string share(const Figures& figures, Life life) {
  const auto count = std::count_if(figures.workers.begin(), figures.workers.end(),
                                   [&](const WorkerFigures& worker) { return worker.life == life; });
  if (count == 0) return "";
  return std::to_string(count) + " of " + std::to_string(figures.workers.size()) + " workers";
}

Readiness not_ready(NotReady why, std::string detail) {
  return {false, name_of(why), std::move(detail)};
}

}  // namespace

Readiness readiness_of(const Figures& figures) {
  if (figures.draining || !share(figures, Life::ended).empty()) {
    return not_ready(NotReady::draining, "The server is ending: it accepts no new connections");
  }
  if (const std::string hung = share(figures, Life::hung); !hung.empty()) {
    return not_ready(NotReady::worker_hung, hung + " hang: their connections are not served");
  }
  if (const std::string starting = share(figures, Life::starting); !starting.empty()) {
    return not_ready(NotReady::starting, starting + " have not begun to turn");
  }
  if (figures.turning_away) {
    return not_ready(
        NotReady::no_descriptors,
        "File descriptors have run out, and connections are turned away: raise ulimit -n, or LimitNOFILE= of "
        "the systemd unit");
  }
  if (figures.memory_full) {
    return not_ready(NotReady::memory,
                     "The memory budget (limits.memory_bytes) is used up: newcomers are refused");
  }
  return {};
}

}  // namespace rollcall::server
