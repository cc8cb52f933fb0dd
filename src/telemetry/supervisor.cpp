#include "telemetry/supervisor.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/counted.hpp"
#include "base/log.hpp"

namespace rollcall::telemetry {
namespace {

constexpr milliseconds kEndingReserve{5000};  // for what comes after the drain
constexpr milliseconds kLongestInterval{10'000};
constexpr milliseconds kShortestInterval{20};
constexpr std::int64_t kLongestWatchdogUs = 24LL * 3600 * 1'000'000;

std::optional<std::int64_t> number_of(const char* text) {
  if (!text) return std::nullopt;
  const char* const end = text + std::strlen(text);
  std::int64_t number = 0;
  const auto [rest, error] = std::from_chars(text, end, number);
  if (error != std::errc() || rest != end || number <= 0) return std::nullopt;
  return number;
}

}  // namespace

Supervision supervision_of(const char* socket, const char* watchdog_usec, const char* watchdog_pid,
                           long pid) {
  Supervision found;
  const std::string_view name = socket ? socket : "";
  if ((name.starts_with('/') || name.starts_with('@')) && name.size() < sizeof(sockaddr_un::sun_path)) {
    found.socket = name;
  }
  const auto patience = number_of(watchdog_usec);
  const bool ours = !watchdog_pid || number_of(watchdog_pid) == pid;
  if (patience && ours) {
    found.watchdog =
        std::chrono::duration_cast<milliseconds>(microseconds(std::min(*patience, kLongestWatchdogUs)));
  }
  return found;
}

Supervision supervision() {
  return supervision_of(std::getenv("NOTIFY_SOCKET"), std::getenv("WATCHDOG_USEC"),
                        std::getenv("WATCHDOG_PID"), getpid());
}

std::string report_text(const server::Readiness& readiness, std::size_t users, std::size_t connections) {
  const std::string counts =
      base::counted(users, "user") + " online, " + base::counted(connections, "connection");
  const std::string status =
      readiness.ready ? counts : "Not ready: " + readiness.detail + " (" + counts + ")";
  return "STATUS=" + status + (readiness.code == "WORKER_HUNG" ? "" : "\nWATCHDOG=1");
}

milliseconds report_interval(milliseconds watchdog) {
  if (watchdog == milliseconds(0)) return kLongestInterval;
  return std::clamp(watchdog / 3, kShortestInterval, kLongestInterval);
}

Supervisor::Supervisor(Server& server, const gateway::PresenceGateway& gateway,
                       const Supervision& supervision)
    : server_(server),
      gateway_(gateway),
      address_(supervision.socket),
      interval_(report_interval(supervision.watchdog)) {
  if (address_.empty()) return;
  if (address_.front() == '@') address_.front() = '\0';
  socket_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

Supervisor::~Supervisor() {
  if (socket_ >= 0) close(socket_);
}

void Supervisor::start() {
  if (!address_.empty()) server_.post([this] { report(); });
}

void Supervisor::ending(milliseconds limit) {
  if (address_.empty()) return;
  const auto patience = std::chrono::duration_cast<microseconds>(limit + kEndingReserve);
  tell("STOPPING=1\nEXTEND_TIMEOUT_USEC=" + std::to_string(patience.count()) +
       "\nSTATUS=Draining: " + base::counted(server_.connections(), "connection"));
}

void Supervisor::report() {
  const server::Readiness readiness = server::readiness_of(server::figures_of(server_));
  std::string text = report_text(readiness, gateway_.figures().online, server_.connections());
  if (readiness.ready && !std::exchange(told_ready_, true)) text = "READY=1\n" + text;
  tell(text);
  // Not from within the timer, which this replaces.
  next_ = server_.schedule(server_.now() + interval_, [this] { server_.post([this] { report(); }); });
}

void Supervisor::tell(std::string_view text) {
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::memcpy(to.sun_path, address_.data(), address_.size());
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
  const auto* address = reinterpret_cast<const sockaddr*>(&to);
  if (sendto(socket_, text.data(), text.size(), MSG_NOSIGNAL, address, length) >= 0) return;
  base::log::warn("systemd not told", {{"reason", std::strerror(errno)}});
}

}  // namespace rollcall::telemetry
