// One connection's stack of machines: HTTP requests, until one of them upgrades it to WebSocket.
//
// net::Connection calls it with bytes; it calls Engine with requests and messages, and Routes for
// everything beside Socket.IO. One request at a time: pipelined bytes wait, bounded, for the answer to
// the one before. The HTTP half is freed once the connection is a websocket.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/request_parser.hpp"
#include "http/response.hpp"
#include "net/connection.hpp"
#include "server/deadline.hpp"
#include "server/engine.hpp"
#include "server/routes.hpp"
#include "websocket/decoder.hpp"

namespace rollcall::server {

class Pipe final : public net::ConnectionHandler, public std::enable_shared_from_this<Pipe> {
 public:
  // Attaches itself to the connection and lives until that is closed.
  static void attach(net::Connection& connection, Engine& engine, const Routes& routes);
  Pipe(net::Connection& connection, Engine& engine, const Routes& routes);
  ~Pipe();

  net::Connection& connection() { return connection_; }
  const net::Connection& connection() const { return connection_; }

  // Answers the current request; CORS headers are added here.
  void respond(http::Response response);
  // Answers the current request with 101 and goes on as a websocket.
  void upgrade(const std::string& accept_key);

  void send(base::FrameRef frame) { connection_.send(std::move(frame)); }
  void close_websocket(std::uint16_t code);

  // Which session this connection serves at the moment, and how. Kept by Engine.
  enum class Role : unsigned char { none, poll, post, probe, transport };
  EngineSession* session = nullptr;
  Role role = Role::none;

 private:
  struct HttpState {
    HttpState(http::Limits limits, std::function<void(Instant)> expired)
        : parser(limits), deadline(std::move(expired)) {}
    http::RequestParser parser;
    Deadline deadline;
    std::string held;  // pipelined bytes that came before the answer to the request in hand
    std::vector<http::Header> cors;
    bool keep_alive = true;
    bool head_request = false;
    bool head_seen = false;
    bool answer_due = false;
  };

  void on_bytes(std::span<char> bytes) override;
  void on_end() override;
  void on_closed(net::CloseCause cause) override;

  void take_http(std::span<char> bytes);
  void take_websocket(std::span<char> bytes);
  void take_close(const websocket::Message& message);
  void head_arrived(const http::Request& head);
  void request_arrived(http::Request request);
  void fault(http::Fault fault);
  void resume();
  void wait_for_request(milliseconds limit);
  void on_http_timeout();

  net::Connection& connection_;
  Engine& engine_;
  const Routes& routes_;
  std::shared_ptr<Pipe> self_;
  std::unique_ptr<HttpState> http_;
  websocket::Decoder decoder_;
  bool websocket_ = false;
  bool closing_ = false;
  bool ended_ = false;
};

}  // namespace rollcall::server
