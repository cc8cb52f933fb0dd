#include "load/swarm.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "load/dial.hpp"
#include "load/process.hpp"

namespace rollcall::load {
namespace {

constexpr std::size_t kBufferBytes = 256 * 1024;
constexpr std::uint32_t kWakeup = ~0U;  // the index of descriptors that are only watched

std::uint64_t tag(const Client& client) {
  return std::uint64_t{client.generation} << 32 | client.index;
}

std::string_view name_of(State state) {
  constexpr std::array<std::string_view, 8> kNames = {"closed",
                                                      "connecting",
                                                      "upgrading",
                                                      "waiting for the open packet",
                                                      "armed",
                                                      "joining the namespace",
                                                      "waiting for `connected`",
                                                      "up"};
  return kNames[static_cast<std::size_t>(state)];
}

}  // namespace

Swarm::Swarm(const Options& options, Control& control, Report& report, Handler& handler)
    : options_(options),
      control_(control),
      report_(report),
      handler_(handler),
      nsp_(options.nsp),
      pong_(client_frame(Opcode::text, "3")),
      goodbye_(client_frame(Opcode::text, goodbye_packet(options.nsp))),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      next_source_(static_cast<std::uint32_t>(getpid())),
      buffer_(kBufferBytes) {}

Swarm::~Swarm() {
  for (Client& client : clients_) close(client);
  ::close(epoll_);
}

Client& Swarm::open(std::uint8_t role, std::uint32_t id, std::string token, bool hold) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(clients_.size()));
    clients_.emplace_back().index = free_.back();
  }
  Client& client = clients_[free_.back()];
  free_.pop_back();
  client.role = role;
  client.id = id;
  client.hold = hold;
  client.writable = true;
  client.token = std::move(token);
  client.state = State::connecting;
  client.started_ns = now_ns();
  const Dialled dialled = dial(options_, next_source_++);
  client.fd = dialled.fd;
  if (client.fd < 0) {
    fail(client, std::strerror(errno));
    return client;
  }
  epoll_event event{EPOLLIN | (dialled.pending ? EPOLLOUT : 0U), {}};
  event.data.u64 = tag(client);
  epoll_ctl(epoll_, EPOLL_CTL_ADD, client.fd, &event);
  client.writable = !dialled.pending;
  if (!dialled.pending) connected(client);
  return client;
}

void Swarm::watch(int fd) {
  epoll_event event{EPOLLIN, {}};
  event.data.u64 = std::uint64_t{static_cast<std::uint32_t>(fd)} << 32 | kWakeup;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
}

void Swarm::connected(Client& client) {
  client.state = State::upgrading;
  send(client, upgrade_request(options_, client.token));
}

void Swarm::join(Client& client) {
  client.state = State::joining;
  const bool in_packet = options_.token_in == "auth";
  send(client, client_frame(Opcode::text, connect_packet(nsp_, in_packet ? client.token : "")));
}

void Swarm::goodbye(Client& client) {
  send(client, goodbye_);
}

void Swarm::close(Client& client) {
  if (client.state == State::closed) return;
  if (client.writable) flush(client);  // a goodbye
  if (client.state == State::up) report_.subtract(Count::up);
  if (client.fd >= 0) ::close(client.fd);
  client.fd = -1;
  client.state = State::closed;
  ++client.generation;  // pending events of this turn do not belong to the next owner
  client.in.clear();
  client.out.clear();
  client.token.clear();
  free_.push_back(client.index);
}

void Swarm::fail(const Client& client, std::string_view what) {
  std::string text = "connection " + std::to_string(client.id);
  text.append(" (").append(name_of(client.state)).append("): ").append(what.substr(0, 300));
  control_.fail(text);
}

void Swarm::send(Client& client, std::string_view frames) {
  client.out.append(frames);
  if (&client != reading_ && client.writable) flush(client);
}

void Swarm::flush(Client& client) {
  if (client.out.empty() || client.fd < 0) return;
  const ssize_t sent = ::send(client.fd, client.out.data(), client.out.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0 && errno != EAGAIN) {
    fail(client, std::string("send: ") + std::strerror(errno));
    client.out.clear();
    return;
  }
  client.out.erase(0, sent > 0 ? static_cast<std::size_t>(sent) : 0);
  if (client.out.empty() != client.writable) write_interest(client, client.writable);
}

void Swarm::write_interest(Client& client, bool wanted) {
  epoll_event event{EPOLLIN | (wanted ? EPOLLOUT : 0U), {}};
  event.data.u64 = tag(client);
  epoll_ctl(epoll_, EPOLL_CTL_MOD, client.fd, &event);
  client.writable = !wanted;
}

void Swarm::turn(int timeout_ms) {
  std::array<epoll_event, 1024> events;
  const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), timeout_ms);
  for (int i = 0; i < count && !control_.has_failed(); ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    const auto index = static_cast<std::uint32_t>(event.data.u64);
    const auto generation = static_cast<std::uint32_t>(event.data.u64 >> 32);
    if (index == kWakeup) {
      std::uint64_t ignored = 0;
      if (read(static_cast<int>(generation), &ignored, sizeof ignored) < 0) continue;
      continue;
    }
    Client& client = clients_[index];
    if (client.generation != generation) continue;
    if ((event.events & EPOLLOUT) != 0) {
      write_interest(client, false);
      if (client.state == State::connecting) connected(client);
      flush(client);
    }
    if ((event.events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0) readable(client);
  }
}

void Swarm::readable(Client& client) {
  const ssize_t got = recv(client.fd, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) {
    fail(client, got == 0 ? "closed by the server" : std::strerror(errno));
    return;
  }
  now_ = now_ns();
  report_.add(Count::received, static_cast<std::uint64_t>(got));
  reading_ = &client;
  consume(client, {buffer_.data(), static_cast<std::size_t>(got)});
  reading_ = nullptr;
  if (client.writable) flush(client);  // it may be another connection by now, which needs the same
}

void Swarm::consume(Client& client, std::string_view bytes) {
  const std::uint32_t generation = client.generation;
  std::string whole;
  if (!client.in.empty()) {
    whole = std::move(client.in);
    client.in.clear();
    bytes = whole.append(bytes);
  }
  if (client.state == State::upgrading && !head(client, bytes)) return;
  ServerFrame next{};
  Taken taken = Taken::frame;
  while ((taken = take_frame(bytes, next)) == Taken::frame) {
    frame(client, next);
    if (client.generation != generation) return;
  }
  if (taken == Taken::broken) fail(client, "a frame that is masked, fragmented or has reserved bits");
  client.in.assign(bytes);
  if (bytes.empty() && client.in.capacity() > 4096) std::string().swap(client.in);
}

bool Swarm::head(Client& client, std::string_view& bytes) {
  const std::size_t end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos) {
    client.in.assign(bytes);
    return false;
  }
  const std::string_view answer = bytes.substr(0, end + 4);
  if (!answer.starts_with("HTTP/1.1 101") || answer.find(kAccept) == std::string_view::npos) {
    fail(client, "not upgraded: " + std::string(bytes));
    return false;
  }
  bytes.remove_prefix(end + 4);
  client.state = State::opening;
  return true;
}

void Swarm::frame(Client& client, const ServerFrame& frame) {
  if (frame.opcode == Opcode::ping) {
    send(client, client_frame(Opcode::pong, frame.payload));
    return;
  }
  if (frame.opcode == Opcode::close) {
    fail(client, "a close frame from the server");
    return;
  }
  const Packet packet = read_packet(frame.payload, nsp_);
  if (packet.kind == PacketKind::ping) {
    send(client, pong_);
    report_.add(Count::pings);
    return;
  }
  report_.add(Count::packets);
  if (packet.kind == PacketKind::other || packet.kind == PacketKind::connect_error) {
    fail(client, "received " + std::string(frame.payload));
  } else if (packet.kind == PacketKind::event && is_aside(packet.body)) {
    report_.add(Count::others);
  } else if (client.state == State::up) {
    handler_.on_packet(client, packet, now_);
  } else {
    advance(client, packet);
  }
}

// Packets while a client connects. A server may send it changes of others before the greeting: not a mistake.
void Swarm::advance(Client& client, const Packet& packet) {
  if (client.state == State::opening && packet.kind == PacketKind::open) {
    client.state = State::armed;
    if (!client.hold) return join(client);
    return handler_.on_armed(client);
  }
  if (client.state == State::joining && packet.kind == PacketKind::joined) {
    client.state = State::greeting;
    if (options_.greeting) return;
  } else if (client.state != State::greeting || !packet.body.starts_with("[\"connected\"")) {
    report_.add(Count::others);
    return;
  }
  client.state = State::up;
  report_.add(Count::up);
  report_.add(Count::connects);
  handler_.on_up(client);
}

}  // namespace rollcall::load
