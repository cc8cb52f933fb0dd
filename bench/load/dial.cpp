#include "load/dial.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace rollcall::load {
namespace {

constexpr std::uint32_t kLoopback = 0x7F000000;

void set(int fd, int level, int option) {
  const int on = 1;
  setsockopt(fd, level, option, &on, sizeof on);
}

// With IP_BIND_ADDRESS_NO_PORT, connect chooses the port, and may reuse one that is in use for another
// target; bind would need a port that is entirely free.
bool bind_source(int fd, std::uint32_t address) {
  set(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT);
  sockaddr_in source{};
  source.sin_family = AF_INET;
  source.sin_addr.s_addr = htonl(address);
  return bind(fd, reinterpret_cast<const sockaddr*>(&source), sizeof source) == 0;
}

}  // namespace

Dialled dial(const Options& options, std::uint32_t n) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return {-1, false};
  set(fd, IPPROTO_TCP, TCP_NODELAY);
  sockaddr_in target{};
  target.sin_family = AF_INET;
  target.sin_port = htons(options.port);
  inet_pton(AF_INET, options.host.c_str(), &target.sin_addr);
  const bool local = (ntohl(target.sin_addr.s_addr) & 0xFF000000) == kLoopback;
  const bool bound = !local || bind_source(fd, kLoopback + 2 + n % options.sources);
  if (bound && connect(fd, reinterpret_cast<const sockaddr*>(&target), sizeof target) == 0)
    return {fd, false};
  if (bound && errno == EINPROGRESS) return {fd, true};
  const int error = errno;
  close(fd);
  errno = error;
  return {-1, false};
}

std::string upgrade_request(const Options& options, std::string_view token) {
  std::string out = "GET " + options.path + "?EIO=4&transport=websocket";
  if (options.token_in == "query") out.append("&token=").append(token);
  return out.append(" HTTP/1.1\r\nHost: ")
      .append(options.target)
      .append(
          "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
}

}  // namespace rollcall::load
