// Many client connections on one epoll: opens each (TCP, upgrade, open packet, CONNECT, `connected`), keeps
// it alive, and passes its packets to the current mode. One thread, one receive buffer for all.
//
// A Client is valid until `close` is called for it, which any handler may do.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "load/control.hpp"
#include "load/frames.hpp"
#include "load/options.hpp"
#include "load/packets.hpp"

namespace rollcall::load {

enum class State : std::uint8_t { closed, connecting, upgrading, opening, armed, joining, greeting, up };

struct Client {
  int fd = -1;
  State state = State::closed;
  bool hold = false;  // stop at `armed`, until `join`
  bool writable = true;
  std::uint8_t role = 0;  // for the mode
  std::uint32_t id = 0;   // for the mode
  std::uint32_t index = 0, generation = 0;
  std::uint64_t started_ns = 0;
  std::string token;
  std::string in;   // the start of an incomplete frame
  std::string out;  // waiting to be sent
};

struct Handler {
  virtual ~Handler() = default;
  virtual void on_armed(Client&) {}  // only for clients on hold
  virtual void on_up(Client& client) = 0;
  virtual void on_packet(Client& client, const Packet& packet, std::uint64_t now) = 0;
};

class Swarm {
 public:
  Swarm(const Options& options, Control& control, Report& report, Handler& handler);
  ~Swarm();
  Swarm(const Swarm&) = delete;
  Swarm& operator=(const Swarm&) = delete;

  Client& open(std::uint8_t role, std::uint32_t id, std::string token, bool hold = false);
  void join(Client& client);  // sends the CONNECT of a client on hold
  // Queued while the client's own packets are being read, so that the answers to one read leave in one send.
  void send(Client& client, std::string_view frames);
  void goodbye(Client& client);  // leaves the namespace
  void close(Client& client);    // the transport, at once
  void watch(int fd);            // only wakes `turn`

  void turn(int timeout_ms);
  void fail(const Client& client, std::string_view what);

 private:
  void connected(Client& client);
  void readable(Client& client);
  void consume(Client& client, std::string_view bytes);
  bool head(Client& client, std::string_view& bytes);
  void frame(Client& client, const ServerFrame& frame);
  void advance(Client& client, const Packet& packet);
  void flush(Client& client);
  void write_interest(Client& client, bool wanted);

  const Options& options_;
  Control& control_;
  Report& report_;
  Handler& handler_;
  const std::string nsp_, pong_, goodbye_;
  int epoll_;
  std::uint32_t next_source_;
  std::deque<Client> clients_;  // a deque: references stay good
  std::vector<std::uint32_t> free_;
  std::vector<char> buffer_;
  Client* reading_ = nullptr;
  std::uint64_t now_ = 0;  // when the current bytes were received
};

}  // namespace rollcall::load
