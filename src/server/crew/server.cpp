// rollcall::Server and rollcall::EngineServer: put the workers and the machines together.
#include "rollcall/server.hpp"

#include <thread>

#include "base/assert.hpp"
#include "net/signals.hpp"
#include "server/crew/crew.hpp"
#include "server/crew/figures.hpp"
#include "server/sockets/server_namespace.hpp"
#include "server/sockets/socket_server.hpp"

namespace rollcall {
namespace {

using server::BusPort;
using server::Crew;
using server::Deadline;
using server::EngineApp;
using server::EngineSession;

ServerOptions settled(ServerOptions options) {
  if (options.workers == 0) options.workers = std::max(1U, std::thread::hardware_concurrency());
  options.workers = std::min<unsigned>(options.workers, server::SidScheme::kMaxWorkers);
  return options;
}

}  // namespace

class Server::Impl {
 public:
  explicit Impl(ServerOptions given)
      : options(settled(std::move(given))), crew(options, [this](BusPort& port) {
          auto made = std::make_unique<server::SocketServer>(port, options);
          sockets.push_back(made.get());
          return made;
        }) {}

  server::ServerNamespace& of(const std::string& name) {
    auto& made = namespaces[name];
    if (!made) {
      ROLLCALL_ASSERT(!crew.running());  // running workers read it
      made = std::make_unique<Made>(name, crew.bus().add_namespace(name));
      for (server::SocketServer* worker : sockets) made->whole.add(worker->add(made->spec));
    }
    return made->whole;
  }

  struct Made {
    Made(const std::string& name, server::NamespaceIndex index) : spec(name, index), whole(spec) {}
    server::NamespaceSpec spec;
    server::ServerNamespace whole;
  };

  ServerOptions options;
  std::map<std::string, std::unique_ptr<Made>, std::less<>> namespaces;
  std::vector<server::SocketServer*> sockets;  // one per worker
  Crew crew;
  std::vector<std::unique_ptr<net::Signals>> signals;
};

Server::Server(ServerOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Server::~Server() = default;

Namespace& Server::of(const std::string& name) {
  return impl_->of(name);
}
Namespace& Server::of(const std::string& name, unsigned worker) {
  ROLLCALL_ASSERT(worker < workers());
  return impl_->of(name).part(worker);
}
void Server::handle_http(std::string_view method, std::string_view pattern, HttpHandler handler,
                         HttpGuard guard) {
  ROLLCALL_ASSERT(!impl_->crew.running());  // running workers read it
  impl_->crew.add_route(method, pattern, std::move(handler), std::move(guard));
}
void Server::handle_http(std::string_view method, std::string_view pattern, HttpPage page) {
  handle_http(method, pattern, [page = std::move(page)](const HttpRequest& request, const HttpReply& reply) {
    reply.answer(page(request));
  });
}
void Server::on_http_error(HttpErrorPage page) {
  ROLLCALL_ASSERT(!impl_->crew.running());
  impl_->crew.routes().set_error_page(std::move(page));
}
Result<Unit, std::string> Server::open() {
  return impl_->crew.open();
}
std::string Server::address() const {
  const auto& all = impl_->crew.addresses();
  return all.empty() ? std::string() : all.front();
}
std::vector<std::string> Server::addresses() const {
  return impl_->crew.addresses();
}
Result<Unit, std::string> Server::reload_tls() {
  return impl_->crew.reload_tls();
}
void Server::reconfigure(const ServerOptions& options) {
  impl_->crew.reconfigure(options);
}
void Server::run() {
  impl_->crew.run();
}
void Server::stop() {
  impl_->crew.stop();
}
void Server::post(std::function<void()> task) {
  impl_->crew.first().loop().post(std::move(task));
}
void Server::post_to_all(const std::function<void()>& task) {
  impl_->crew.post_to_all([task](unsigned) { task(); });
}
void Server::post_to_all(const std::function<void(unsigned)>& task) {
  impl_->crew.post_to_all(task);
}
void Server::drain(milliseconds limit) {
  Crew& crew = impl_->crew;
  if (crew.loop_here() == &crew.first().loop()) {
    crew.drain(limit);  // at once: signal handlers run before the turn's requests are read
  } else {
    post([&crew, limit] { crew.drain(limit); });
  }
}
void Server::on_signal(const std::vector<int>& signals, std::function<void(int)> handler) {
  impl_->signals.push_back(
      std::make_unique<net::Signals>(impl_->crew.first().loop(), signals, std::move(handler)));
}
Instant Server::now() const {
  const net::Loop* loop = impl_->crew.loop_here();
  return loop ? loop->now() : net::Loop::read_clock();
}
WallTime Server::wall_now() const {
  const net::Loop* loop = impl_->crew.loop_here();
  return loop ? loop->wall_now() : net::Loop::read_wall_clock();
}
std::size_t Server::connections() const {
  return impl_->crew.connections();
}
TransportCounts Server::transports() const {
  return impl_->crew.transports();
}
bool Server::draining() const {
  return impl_->crew.draining();
}
unsigned Server::workers() const {
  return impl_->options.workers;
}
bool Server::uses_io_uring() const {
  return impl_->crew.first().loop().uses_io_uring();
}

std::shared_ptr<void> Server::schedule(Instant at, std::function<void()> task) {
  auto deadline = std::make_shared<Deadline>([task = std::move(task)](Instant) { task(); });
  net::Loop* loop = impl_->crew.loop_here();
  (loop ? *loop : impl_->crew.first().loop()).timers().arm(*deadline, at);
  return deadline;
}

void server::replace_tls(Server& server, std::shared_ptr<net::TlsContext> tls) {
  Crew& crew = server.impl().crew;
  server.post([&crew, tls = std::move(tls)] { crew.set_tls(tls); });
}
server::Figures server::figures_of(Server& server) {
  return server.impl().crew.figures();
}
void server::on_turn_end(Server& server, WorkerIndex worker, std::function<void(microseconds)> watcher) {
  ROLLCALL_ASSERT(!server.impl().crew.running());
  server.impl().crew.on_turn_end(worker, std::move(watcher));
}
server::WorkDone server::work_done(Server& server, WorkerIndex worker) {
  return server.impl().crew.work_done(worker);
}
std::optional<server::WorkerIndex> server::worker_here(Server& server) {
  return server.impl().crew.worker_here();
}

class EngineServer::Impl {
 public:
  class Echo final : public EngineApp {
   public:
    explicit Echo(const MessageHandler& handler) : handler_(handler) {}
    std::unique_ptr<EngineSession> make_session(server::Engine& engine, std::string_view sid,
                                                engineio::Transport transport, Handshake handshake,
                                                Instant opened) override {
      return std::make_unique<EngineSession>(engine, sid, transport, std::move(handshake), opened);
    }
    void on_message(EngineSession& session, std::string_view data, bool binary) override {
      handler_(data, binary, [&session](std::string_view answer, bool as_binary) {
        session.send(as_binary ? server::binary_frame(answer) : server::message_frame({answer}));
      });
    }
    void on_close(EngineSession&, engineio::CloseReason) override {}

   private:
    const MessageHandler& handler_;
  };

  Impl(ServerOptions given, MessageHandler handler)
      : options(settled(std::move(given))),
        on_message(std::move(handler)),
        crew(options, [this](BusPort&) { return std::make_unique<Echo>(on_message); }) {}

  ServerOptions options;
  MessageHandler on_message;
  Crew crew;
};

EngineServer::EngineServer(ServerOptions options, MessageHandler on_message)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(on_message))) {}
EngineServer::~EngineServer() = default;
Result<Unit, std::string> EngineServer::open() {
  return impl_->crew.open();
}
std::string EngineServer::address() const {
  const auto& all = impl_->crew.addresses();
  return all.empty() ? std::string() : all.front();
}
void EngineServer::run() {
  impl_->crew.run();
}
void EngineServer::stop() {
  impl_->crew.stop();
}

}  // namespace rollcall
