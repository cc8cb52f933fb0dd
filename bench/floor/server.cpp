#include "floor/server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <stdexcept>
#include <system_error>

namespace rollcall::floor {
namespace {

constexpr std::uint64_t kListener = ~std::uint64_t{0};
constexpr std::size_t kBufferBytes = 256 * 1024;

// As long as rollcall's messages, in the namespace /ws/messages with recovery on.
constexpr const char* kOpen =
    R"(0{"sid":"AAAAAAAAAAAAAAAAAAAAAAAA","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000})";
constexpr const char* kJoined =
    R"(40/ws/messages,{"sid":"AAAAAAAAAAAAAAAAAAAA","pid":"AAAAAAAAAAAAAAAAAAAAAAAA"})";
constexpr const char* kConnected =
    R"(42/ws/messages,["connected",{"userId":"user-123456-000000","socketId":"AAAAAAAAAAAAAAAAAAAA",)"
    R"("timestamp":"2026-01-04T12:34:56.789Z","recovered":false},"AAAAAAAAAAAAAAAA"])";

std::uint64_t now_ns() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(time.tv_nsec);
}

std::uint64_t tag(const Connection& connection) {
  return std::uint64_t{connection.generation} << 32 | connection.index;
}

void check(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
}

void add(int epoll, int operation, int fd, std::uint32_t events, std::uint64_t data) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = data;
  epoll_ctl(epoll, operation, fd, &event);
}

}  // namespace

Server::Server(const Options& options)
    : ping_interval_ns_(std::uint64_t{options.ping_interval_ms} * 1'000'000),
      lose_every_(options.lose_every),
      double_every_(options.double_every),
      open_(server_frame(Opcode::text, kOpen)),
      joined_(server_frame(Opcode::text, kJoined) + server_frame(Opcode::text, kConnected)),
      ping_(server_frame(Opcode::text, "2")),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      sender_(make_sender(options.sender, [this](Connection& connection) { want_write(connection, true); })),
      buffer_(kBufferBytes) {
  if (!sender_)
    throw std::runtime_error("there is no io_uring here, which --sender " + options.sender + " needs");
  listen(options);
}

Server::~Server() {
  ::close(listener_);
  ::close(epoll_);
}

void Server::listen(const Options& options) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(options.port);
  inet_pton(AF_INET, options.host.c_str(), &address.sin_addr);
  check(bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address), "bind");
  check(::listen(listener_, SOMAXCONN), "listen");
  add(epoll_, EPOLL_CTL_ADD, listener_, EPOLLIN, kListener);
}

void Server::run() {
  std::array<epoll_event, 1024> events;
  for (;;) {
    const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), timeout_ms());
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      if (event.data.u64 == kListener) {
        accept_all();
        continue;
      }
      Connection& connection = connections_[static_cast<std::uint32_t>(event.data.u64)];
      if (tag(connection) != event.data.u64) continue;
      if ((event.events & EPOLLOUT) != 0) {
        want_write(connection, false);
        sender_->retry(connection);
      }
      if ((event.events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0) readable(connection);
    }
    ping_due();
    sender_->flush();
    frames_.clear();
  }
}

void Server::accept_all() {
  for (;;) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (free_.empty()) {
      free_.push_back(static_cast<std::uint32_t>(connections_.size()));
      connections_.emplace_back().index = free_.back();
    }
    Connection& connection = connections_[free_.back()];
    free_.pop_back();
    connection.fd = fd;
    add(epoll_, EPOLL_CTL_ADD, fd, EPOLLIN, tag(connection));
  }
}

void Server::readable(Connection& connection) {
  const ssize_t got = recv(connection.fd, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
  if (got < 0 && errno == EAGAIN) return;
  if (got <= 0) return close(connection);
  if (connection.in.empty()) return consume(connection, {buffer_.data(), static_cast<std::size_t>(got)});
  std::string whole;
  whole.swap(connection.in);
  whole.append(buffer_.data(), static_cast<std::size_t>(got));
  consume(connection, whole);
}

void Server::consume(Connection& connection, std::span<char> bytes) {
  const std::uint32_t generation = connection.generation;
  if (!connection.upgraded && !upgrade(connection, bytes)) return;
  while (const auto frame = take_frame(bytes)) {
    received(connection, *frame);
    if (connection.generation != generation) return;
    bytes = bytes.subspan(frame->size);
  }
  if (!bytes.empty()) connection.in.assign(bytes.data(), bytes.size());
}

bool Server::upgrade(Connection& connection, std::span<char>& bytes) {
  const std::string_view text(bytes.data(), bytes.size());
  const std::size_t end = text.find("\r\n\r\n");
  if (end == std::string_view::npos) {
    connection.in.assign(text);
    return false;
  }
  const std::string answer = upgrade_answer(text.substr(0, end));
  if (answer.empty()) {
    close(connection);
    return false;
  }
  bytes = bytes.subspan(end + 4);
  connection.upgraded = true;
  sender_->queue(connection, answer + open_, false);
  pings_.push_back({now_ns() + ping_interval_ns_, connection.index, connection.generation});
  return true;
}

void Server::received(Connection& connection, const ClientFrame& frame) {
  const std::string_view text(frame.payload.data(), frame.payload.size());
  if (frame.opcode == Opcode::binary) {
    broadcast(connection, frame);
  } else if (frame.opcode == Opcode::close) {
    close(connection);
  } else if (text.starts_with("40")) {
    join(connection);
  } else if (frame.opcode == Opcode::text && text != "3" && !text.starts_with("41")) {
    echo(connection, frame);
  }
}

// A server's header is shorter than a client's, which has the masking key: build the answer in place.
void Server::echo(Connection& connection, const ClientFrame& frame) {
  std::array<char, 10> space;
  const std::string_view header = header_of(Opcode::text, frame.payload.size(), space);
  char* front = frame.payload.data() - header.size();
  std::copy(header.begin(), header.end(), front);
  sender_->queue(connection, {front, header.size() + frame.payload.size()}, false);
}

void Server::join(Connection& connection) {
  sender_->queue(connection, joined_, true);
  if (connection.listener != kNowhere) return;
  connection.listener = static_cast<std::uint32_t>(listeners_.size());
  listeners_.push_back(&connection);
}

void Server::broadcast(const Connection& from, const ClientFrame& frame) {
  const std::string& bytes =
      frames_.emplace_back(server_frame(Opcode::text, {frame.payload.data(), frame.payload.size()}));
  for (Connection* listener : listeners_) {
    if (listener == &from) continue;
    ++delivered_;
    if (lose_every_ > 0 && delivered_ % lose_every_ == 0) continue;
    sender_->queue(*listener, bytes, true);
    if (double_every_ > 0 && delivered_ % double_every_ == 0) sender_->queue(*listener, bytes, true);
  }
}

void Server::close(Connection& connection) {
  sender_->forget(connection);
  if (connection.listener != kNowhere) {
    listeners_.back()->listener = connection.listener;
    listeners_[connection.listener] = listeners_.back();
    listeners_.pop_back();
  }
  ::close(connection.fd);
  const std::uint32_t index = connection.index, generation = connection.generation;
  connection = Connection{};
  connection.index = index;
  connection.generation = generation + 1;
  free_.push_back(index);
}

void Server::want_write(Connection& connection, bool wanted) {
  add(epoll_, EPOLL_CTL_MOD, connection.fd, EPOLLIN | (wanted ? EPOLLOUT : 0U), tag(connection));
}

void Server::ping_due() {
  const std::uint64_t now = pings_.empty() ? 0 : now_ns();
  while (!pings_.empty() && pings_.front().due_ns <= now) {
    Ping ping = pings_.front();
    pings_.pop_front();
    Connection& connection = connections_[ping.index];
    if (connection.generation != ping.generation) continue;
    sender_->queue(connection, ping_, true);
    ping.due_ns = now + ping_interval_ns_;
    pings_.push_back(ping);
  }
}

int Server::timeout_ms() const {
  if (pings_.empty()) return -1;
  const std::uint64_t now = now_ns(), due = pings_.front().due_ns;
  return due <= now ? 0 : static_cast<int>((due - now) / 1'000'000 + 1);
}

}  // namespace rollcall::floor
