// The bare loop: accepts, upgrades, answers with frames as long as rollcall's, and understands nothing.
//
//   an upgrade              101 and a frame like the open packet
//   text that begins "40"   two frames, like the CONNECT answer and `connected`; from now on it gets
//   broadcasts text "3" or "41..."     nothing other text              is echoed binary                  goes
//   to all other joined connections, as text
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "floor/connection.hpp"
#include "floor/sender.hpp"

namespace rollcall::floor {

struct Options {
  std::string host = "127.0.0.1";
  std::uint16_t port = 3001;
  std::string sender = "send";
  unsigned ping_interval_ms = 25000;
  // To test the load generator: one delivery in this many is lost, or sent twice. 0: none.
  unsigned lose_every = 0, double_every = 0;
};

class Server {
 public:
  explicit Server(const Options& options);  // throws std::system_error or std::runtime_error
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[noreturn]] void run();

 private:
  struct Ping {
    std::uint64_t due_ns;
    std::uint32_t index, generation;
  };

  void listen(const Options& options);
  void accept_all();
  void readable(Connection& connection);
  void consume(Connection& connection, std::span<char> bytes);
  bool upgrade(Connection& connection, std::span<char>& bytes);
  void received(Connection& connection, const ClientFrame& frame);
  void echo(Connection& connection, const ClientFrame& frame);
  void join(Connection& connection);
  void broadcast(const Connection& from, const ClientFrame& frame);
  void close(Connection& connection);
  void want_write(Connection& connection, bool wanted);
  void ping_due();
  int timeout_ms() const;

  const std::uint64_t ping_interval_ns_;
  const unsigned lose_every_, double_every_;
  std::uint64_t delivered_ = 0;
  const std::string open_, joined_, ping_;
  int epoll_ = -1, listener_ = -1;
  std::unique_ptr<Sender> sender_;
  std::deque<Connection> connections_;  // a deque: references stay good
  std::vector<std::uint32_t> free_;
  std::vector<Connection*> listeners_;
  std::deque<Ping> pings_;          // by due time: the interval is always the same
  std::deque<std::string> frames_;  // of this turn's broadcasts
  std::vector<char> buffer_;
};

}  // namespace rollcall::floor
