// What the tests of net share: a handler that remembers, and the other end of its connection.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "net/connection.hpp"
#include "net/listener.hpp"
#include "net/loop.hpp"

namespace rollcall::net::test {

struct Recorder final : ConnectionHandler {
  std::string bytes;
  int ends = 0;
  std::vector<CloseCause> closed;
  std::function<void(std::span<char>)> bytes_hook;
  std::function<void()> end_hook;
  std::function<void()> closed_hook;

  void on_bytes(std::span<char> got) override {
    bytes.append(got.data(), got.size());
    if (bytes_hook) bytes_hook(got);
  }
  void on_end() override {
    ++ends;
    if (end_hook) end_hook();
  }
  void on_closed(CloseCause cause) override {
    closed.push_back(cause);
    if (closed_hook) closed_hook();
  }
};

// Turns until `done`; false when it has not come about in a bounded number of turns.
inline bool turn_until(Loop& loop, const std::function<bool()>& done, int turns = 1000) {
  for (int i = 0; i < turns && !done(); ++i) loop.turn(milliseconds(5));
  return done();
}

// The client's socket. Never blocks.
class Peer {
 public:
  explicit Peer(int descriptor) : descriptor_(descriptor) {}
  ~Peer() { close(); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  static std::unique_ptr<Peer> connect(const std::string& address, int receive_buffer = 0) {
    const std::string host = address.substr(0, address.rfind(':'));
    const auto port = static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
    const bool v6 = host.starts_with('[');
    const int descriptor = ::socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (receive_buffer > 0) {
      setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    }
    sockaddr_in to{};
    to.sin_family = AF_INET;
    if (inet_pton(AF_INET, host.c_str(), &to.sin_addr) != 1) to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons(port);
    sockaddr_in6 to_v6{};
    to_v6.sin6_family = AF_INET6;
    to_v6.sin6_addr = in6addr_loopback;
    to_v6.sin6_port = htons(port);
    const auto* where = v6 ? reinterpret_cast<sockaddr*>(&to_v6) : reinterpret_cast<sockaddr*>(&to);
    if (::connect(descriptor, where, v6 ? sizeof to_v6 : sizeof to) != 0) {
      ::close(descriptor);
      return nullptr;
    }
    const int on = 1;  // each write leaves at once
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return std::make_unique<Peer>(descriptor);
  }

  int descriptor() const { return descriptor_; }
  std::size_t write(std::string_view bytes) {
    const auto sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    return sent < 0 ? 0 : static_cast<std::size_t>(sent);
  }
  // What has come, added to `received`; `eof` when the server has ended.
  void read(std::size_t most = 1 << 20) {
    std::string buffer(most, '\0');
    const auto got = ::recv(descriptor_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got > 0) received.append(buffer, 0, static_cast<std::size_t>(got));
    if (got == 0) eof = true;
    if (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK) reset = true;
  }
  void half_close() { ::shutdown(descriptor_, SHUT_WR); }
  void close() {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  }
  void close_with_reset() {
    const linger now{1, 0};
    setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close();
  }

  std::string received;
  bool eof = false;
  bool reset = false;

 private:
  int descriptor_;
};

// A connection of the loop over a socketpair, and its other end.
struct Pair {
  explicit Pair(Loop& loop, std::size_t backlog_limit = 1 << 20) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0) std::abort();
    connection = &loop.adopt(Channel(ends[0]), backlog_limit);
    connection->set_handler(&handler);
    peer = std::make_unique<Peer>(ends[1]);
  }
  // The loop outlives it, and tells its handlers when it closes what is left.
  ~Pair() {
    if (connection && handler.closed.empty()) connection->set_handler(nullptr);
  }
  Recorder handler;
  Connection* connection;
  std::unique_ptr<Peer> peer;
};

// One accepted TCP connection and its client.
struct Accepted {
  explicit Accepted(Loop& loop, std::size_t backlog_limit = 1 << 20, int receive_buffer = 0) {
    ListenerOptions options;
    options.address = "127.0.0.1:0";
    auto opened = Listener::open(loop, std::move(options), [&, this, backlog_limit](Channel accepted) {
      connection = &loop.adopt(std::move(accepted), backlog_limit);
      connection->set_handler(&handler);
    });
    if (!opened) std::abort();
    listener = std::move(*opened);
    peer = Peer::connect(listener->address(), receive_buffer);
    if (!peer || !turn_until(loop, [&] { return connection != nullptr; })) std::abort();
  }
  ~Accepted() {
    if (handler.closed.empty()) connection->set_handler(nullptr);
  }
  Recorder handler;
  Connection* connection = nullptr;
  std::unique_ptr<Listener> listener;
  std::unique_ptr<Peer> peer;
};

inline base::FrameRef frame(std::string_view text) {
  return base::Frame::make({}, {text}, false);
}

}  // namespace rollcall::net::test
