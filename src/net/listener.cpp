#include "net/listener.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "net/limits.hpp"

namespace rollcall::net {
namespace {

constexpr int kMaxAcceptsATurn = 256;
constexpr milliseconds kPause{100};

struct HostPort {
  std::string host;
  std::string port;
};

Result<HostPort, std::string> split(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string::npos) return fail(std::string("the address has no port: ") + address);
  std::string host = address.substr(0, colon);
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  return HostPort{host, address.substr(colon + 1)};
}

int spare_descriptor() {
  return ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

std::string host_and_port(const sockaddr_storage& storage) {
  char host[INET6_ADDRSTRLEN] = "";
  if (storage.ss_family == AF_INET6) {
    const auto& address = reinterpret_cast<const sockaddr_in6&>(storage);
    inet_ntop(AF_INET6, &address.sin6_addr, host, sizeof host);
    return "[" + std::string(host) + "]:" + std::to_string(ntohs(address.sin6_port));
  }
  const auto& address = reinterpret_cast<const sockaddr_in&>(storage);
  inet_ntop(AF_INET, &address.sin_addr, host, sizeof host);
  return std::string(host) + ":" + std::to_string(ntohs(address.sin_port));
}

int bind_one(const addrinfo& info) {
  const int descriptor = socket(info.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return -1;
  const int on = 1;
  setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  // IPv6 only: IPv4 has its own listener, or none.
  if (info.ai_family == AF_INET6) setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // accepted sockets inherit it
  if (bind(descriptor, info.ai_addr, info.ai_addrlen) == 0 && listen(descriptor, kAcceptQueue) == 0)
    return descriptor;
  const int error = errno;
  ::close(descriptor);
  errno = error;
  return -1;
}

// The message names no option: embedding programs have their own names for it.
const char* advice_about(int error) {
  switch (error) {
    case EADDRINUSE:
      return " (another program has this port: stop it, or choose another port)";
    case EACCES:
      return " (ports below 1024 need root or the capability CAP_NET_BIND_SERVICE: setcap "
             "cap_net_bind_service=+ep PROGRAM, or AmbientCapabilities=CAP_NET_BIND_SERVICE in a systemd "
             "unit; or "
             "choose a port from 1024 on)";
    case EADDRNOTAVAIL:
      return " (this machine has no such address: 0.0.0.0 and [::] are all that it has)";
    default:
      return "";
  }
}

}  // namespace

// Pauses accepting for a moment: the socket stays readable, so the loop would spin.
class Listener::Pause final : public base::Timer {
 public:
  explicit Pause(Listener& listener) : listener_(listener) {}

 private:
  void on_timer(Instant) override {
    if (listener_.descriptor_ >= 0) listener_.loop_.rewatch(listener_.descriptor_, listener_, EPOLLIN);
  }
  Listener& listener_;
};

Result<std::unique_ptr<Listener>, std::string> Listener::open(Loop& loop, ListenerOptions options,
                                                              AcceptHandler handler) {
  auto parts = split(options.address);
  if (!parts) return fail(parts.error());
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int status =
      getaddrinfo(parts->host.empty() ? nullptr : parts->host.c_str(), parts->port.c_str(), &hints, &found);
  if (status != 0) return fail("cannot listen on " + options.address + ": " + gai_strerror(status));
  int descriptor = -1;
  errno = 0;
  for (int family : {AF_INET, AF_INET6}) {  // "localhost" means 127.0.0.1, where both exist
    // A port in use on 127.0.0.1 counts as in use, even if it is free on ::1.
    for (const addrinfo* info = found; info && descriptor < 0 && errno != EADDRINUSE; info = info->ai_next) {
      if (info->ai_family == family) descriptor = bind_one(*info);
    }
  }
  const int error = errno;
  freeaddrinfo(found);
  if (descriptor < 0) {
    return fail("cannot listen on " + options.address + ": " + std::strerror(error) + advice_about(error));
  }
  return std::make_unique<Listener>(loop, descriptor, std::move(options), std::move(handler));
}

Listener::Listener(Loop& loop, int descriptor, ListenerOptions options, AcceptHandler handler)
    : loop_(loop),
      descriptor_(descriptor),
      spare_(spare_descriptor()),
      options_(std::move(options)),
      handler_(std::move(handler)),
      most_a_turn_(kMaxAcceptsATurn) {
  loop_.watch(descriptor_, *this, EPOLLIN);
}

Listener::~Listener() {
  close();
  if (spare_ >= 0) ::close(spare_);
}

void Listener::close() {
  if (descriptor_ < 0) return;
  loop_.unwatch(descriptor_, *this);
  ::close(descriptor_);
  descriptor_ = -1;
}

std::string Listener::address() const {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (getsockname(descriptor_, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return options_.address;
  return host_and_port(storage);
}

void Listener::on_events(std::uint32_t) {
  for (int i = 0; i < accepts_a_turn_; ++i) {
    if (descriptor_ < 0 || !accept_one()) {
      accepts_a_turn_ = std::max(i, 1);
      return;
    }
  }
  accepts_a_turn_ = std::min(2 * accepts_a_turn_, most_a_turn_);
}

void Listener::accept_slowly(int most_a_turn) {
  most_a_turn_ = most_a_turn > 0 ? most_a_turn : kMaxAcceptsATurn;
  accepts_a_turn_ = std::min(accepts_a_turn_, most_a_turn_);
}

bool Listener::accept_one() {
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  const int descriptor =
      accept4(descriptor_, reinterpret_cast<sockaddr*>(&peer), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (descriptor < 0) {
    const int error = errno;
    if (error == EINTR || error == ECONNABORTED) return true;
    if (error != EAGAIN && error != EWOULDBLOCK) accept_failed(error);
    return false;
  }
  Channel channel(descriptor);
  channel.peer = PeerAddress(peer);
  if (options_.tls) channel.tls = options_.tls->accept();
  handler_(std::move(channel));
  return true;
}

void Listener::accept_failed(int error) {
  if ((error != EMFILE && error != ENFILE) || !refuse_one()) pause();
}

void Listener::pause() {
  loop_.rewatch(descriptor_, *this, 0);
  if (!pause_) pause_ = std::make_unique<Pause>(*this);
  loop_.timers().arm(*pause_, loop_.now() + kPause);
}

bool Listener::refuse_one() {
  if (spare_ >= 0) ::close(spare_);
  const int descriptor = accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC);
  // accept4() takes a descriptor before it looks at the queue, so it also fails when nobody waits.
  const bool nobody_waits = descriptor < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  if (descriptor >= 0) {
    ::close(descriptor);
    turned_away_.add();
    last_turned_away_us_.set(static_cast<std::uint64_t>(loop_.now().time_since_epoch().count()));
  }
  // The callback may need a descriptor.
  if (!nobody_waits && options_.on_descriptors_exhausted && loop_.now() - last_report_ >= seconds(1)) {
    last_report_ = loop_.now();
    options_.on_descriptors_exhausted();
  }
  spare_ = spare_descriptor();
  return descriptor >= 0 || nobody_waits;
}

}  // namespace rollcall::net
