// What systemd is told of a service of Type=notify: that it is ready, how it is (the line "Status:" of
// `systemctl status`), that it still turns, that it ends. By datagrams to $NOTIFY_SOCKET, as sd_notify(3) has
// them; where that is not set, nothing is told.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/presence_gateway.hpp"
#include "rollcall/server.hpp"
#include "server/crew/readiness.hpp"

namespace rollcall::telemetry {

// What systemd says in the environment.
struct Supervision {
  // A path, or "@" and an abstract name; empty: nobody wants to be told.
  std::string socket;
  // systemd ends a program that does not notify for this long; 0: no watchdog.
  milliseconds watchdog{0};
};

// Of NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID, which may be null. `pid`: of this process; what is meant
// for another one does not count. Pure.
Supervision supervision_of(const char* socket, const char* watchdog_usec, const char* watchdog_pid, long pid);
// Of this process's environment.
Supervision supervision();

// One report: the status, and the watchdog's notification, which a server that does not serve everybody must
// not send. Pure.
std::string report_text(const server::Readiness& readiness, std::size_t users, std::size_t connections);

// How often to report: three times within the watchdog's patience, but every ten seconds at least. Pure.
milliseconds report_interval(milliseconds watchdog);

class Supervisor {
 public:
  // Both must outlive this, and this the server's `run`.
  Supervisor(Server& server, const gateway::PresenceGateway& gateway, const Supervision& supervision);
  ~Supervisor();
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  // Tells when it is ready, and reports from then on. Once the server is open.
  void start();
  // It ends, and may take so long: systemd waits for it, whatever TimeoutStopSec says. On the server's
  // thread.
  void ending(milliseconds limit);

 private:
  void report();
  void tell(std::string_view text);

  Server& server_;
  const gateway::PresenceGateway& gateway_;
  std::string address_;  // of the socket, as the system wants it
  int socket_ = -1;
  const milliseconds interval_;
  bool told_ready_ = false;
  std::shared_ptr<void> next_;
};

}  // namespace rollcall::telemetry
