// rollcall::Server and rollcall::EngineServer: the loop, the listener and the machines, put together.
#include "rollcall/server.hpp"

#include <set>

#include "net/limits.hpp"
#include "net/listener.hpp"
#include "net/signals.hpp"
#include "server/pipe.hpp"
#include "server/socket_server.hpp"

namespace rollcall {
namespace {

using server::Deadline;
using server::Engine;
using server::EngineApp;
using server::EngineSession;
using server::Pipe;
using server::Routes;

constexpr milliseconds kDrainCheck{20};

// The network half, the same for both kinds of server.
class Front {
 public:
  Front(const ServerOptions& options, net::Loop& loop, EngineApp& app)
      : options_(options), loop_(loop), engine_(loop, options, app) {
    routes_.header_bytes = options.header_bytes;
    routes_.body_bytes = options.max_payload_bytes;
  }

  Result<Unit, std::string> open() {
    net::raise_descriptor_limit();
    net::ListenerOptions listen;
    listen.address = options_.listen;
    listen.backlog_limit = options_.backlog_bytes;
    if (!options_.tls_cert.empty()) {
      auto tls = net::TlsContext::load(options_.tls_cert, options_.tls_key);
      if (!tls) return fail(tls.error());
      listen.tls = std::move(*tls);
    }
    auto listener = net::Listener::open(loop_, std::move(listen), [this](net::Connection& connection) {
      Pipe::attach(connection, engine_, routes_);
    });
    if (!listener) return fail(listener.error());
    listener_ = std::move(*listener);
    address_ = listener_->address();
    return Unit{};
  }

  Result<Unit, std::string> reload_tls() {
    if (options_.tls_cert.empty() || !listener_) return Unit{};
    auto tls = net::TlsContext::load(options_.tls_cert, options_.tls_key);
    if (!tls) return fail(tls.error());
    listener_->set_tls(std::move(*tls));
    return Unit{};
  }

  void drain(milliseconds limit) {
    if (draining_) return;
    draining_ = true;
    if (listener_) listener_->close();
    engine_.close_all(engineio::CloseReason::forced_close);
    drain_end_ = loop_.now() + limit;
    drain_timer_ = std::make_unique<Deadline>([this](Instant now) { check_drain(now); });
    loop_.timers().arm(*drain_timer_, loop_.now() + kDrainCheck);
  }

  const std::string& address() const { return address_; }
  Engine& engine() { return engine_; }
  const Engine& engine() const { return engine_; }
  Routes& routes() { return routes_; }

 private:
  // Over when every session's farewell was fetched and every connection has closed. Connections without a
  // session are closed as soon as no session may need them to fetch its farewell.
  void check_drain(Instant now) {
    if (engine_.sessions() == 0) loop_.close_connections();
    if (now >= drain_end_ || (engine_.sessions() == 0 && loop_.connections() == 0)) {
      loop_.stop();
      return;
    }
    loop_.timers().arm(*drain_timer_, now + kDrainCheck);
  }

  const ServerOptions& options_;
  net::Loop& loop_;
  Routes routes_;
  Engine engine_;
  std::unique_ptr<net::Listener> listener_;
  std::string address_;
  std::unique_ptr<Deadline> drain_timer_;
  Instant drain_end_{};
  bool draining_ = false;
};

}  // namespace

class Server::Impl {
 public:
  explicit Impl(ServerOptions given)
      : options(std::move(given)), sockets(loop, options), front(options, loop, sockets) {}

  ServerOptions options;
  net::Loop loop;
  server::SocketServer sockets;
  Front front;
  std::vector<std::unique_ptr<net::Signals>> signals;
};

Server::Server(ServerOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Server::~Server() = default;

Namespace& Server::of(const std::string& name) {
  return impl_->sockets.of(name);
}
void Server::handle_http(std::string path, HttpHandler handler) {
  impl_->front.routes().add(std::move(path), std::move(handler));
}
Result<Unit, std::string> Server::open() {
  return impl_->front.open();
}
std::string Server::address() const {
  return impl_->front.address();
}
Result<Unit, std::string> Server::reload_tls() {
  return impl_->front.reload_tls();
}
void Server::run() {
  impl_->loop.run();
}
void Server::stop() {
  impl_->loop.stop();
}
void Server::post(std::function<void()> task) {
  impl_->loop.post(std::move(task));
}
void Server::drain(milliseconds limit) {
  impl_->front.drain(limit);
}
void Server::on_signal(std::vector<int> signals, std::function<void(int)> handler) {
  impl_->signals.push_back(std::make_unique<net::Signals>(impl_->loop, signals, std::move(handler)));
}
Instant Server::now() const {
  return impl_->loop.now();
}
WallTime Server::wall_now() const {
  return impl_->loop.wall_now();
}
std::size_t Server::connections() const {
  return impl_->loop.connections();
}

std::shared_ptr<void> Server::schedule(Instant at, std::function<void()> task) {
  auto deadline = std::make_shared<Deadline>([task = std::move(task)](Instant) { task(); });
  impl_->loop.timers().arm(*deadline, at);
  return deadline;
}

class EngineServer::Impl final : public EngineApp {
 public:
  Impl(ServerOptions given, MessageHandler handler)
      : options(std::move(given)), on_message_handler(std::move(handler)), front(options, loop, *this) {}

  void on_open(EngineSession&) override {}
  void on_message(EngineSession& session, std::string_view data, bool binary) override {
    on_message_handler(data, binary, [&session](std::string_view answer, bool as_binary) {
      session.send(as_binary ? server::binary_frame(answer) : server::message_frame(answer));
    });
  }
  void on_close(EngineSession&, engineio::CloseReason) override {}

  ServerOptions options;
  MessageHandler on_message_handler;
  net::Loop loop;
  Front front;
};

EngineServer::EngineServer(ServerOptions options, MessageHandler on_message)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(on_message))) {}
EngineServer::~EngineServer() = default;
Result<Unit, std::string> EngineServer::open() {
  return impl_->front.open();
}
std::string EngineServer::address() const {
  return impl_->front.address();
}
void EngineServer::run() {
  impl_->loop.run();
}
void EngineServer::stop() {
  impl_->loop.stop();
}

}  // namespace rollcall
