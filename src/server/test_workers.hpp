// A server with several workers, and clients and connections of a wanted worker, for the tests.
#pragma once

#include <list>
#include <string>
#include <utility>

#include "server/engine/sid.hpp"
#include "server/sockets/bus_port.hpp"
#include "server/test_client.hpp"
#include "server/test_host.hpp"

namespace rollcall::server::test {

inline constexpr unsigned kWorkers = 3;

inline ServerOptions with_workers(ServerOptions options = {}) {
  options.workers = kWorkers;
  return options;
}

class WorkersHost : public Host {
 public:
  explicit WorkersHost(ServerOptions options = {}) : Host(with_workers(std::move(options))) {
    server.handle_http("GET", "/where", [](const HttpRequest&) {
      HttpAnswer answer;
      answer.body = std::to_string(BusPort::current()->index());
      return answer;
    });
  }

  static WorkerIndex worker_of(const Client& client) {
    return SidScheme(kWorkers, kWorkers + 1).other_owner(client.sid()).value_or(kWorkers);
  }
  // Connections are dealt out to whoever has fewest: those of other workers are kept until one is right.
  Client client_at(WorkerIndex worker, By by = By::websocket, const ClientOptions& options = {}) {
    for (;;) {
      Client client(address(), by, options);
      if (worker_of(client) == worker || client.sid().empty()) return client;
      spare_clients_.push_back(std::move(client));
    }
  }
  Client member_at(WorkerIndex worker, By by = By::websocket) {
    Client client = client_at(worker, by);
    EXPECT_THAT(client.connect(), testing::StartsWith("40{"));
    return client;
  }
  static WorkerIndex worker_of(Wire& wire) {
    wire.write(get_request("/where"));
    const HttpAnswerText answer = await_http_answer(wire);
    return answer.body.empty() ? kWorkers : static_cast<WorkerIndex>(std::stoul(answer.body));
  }
  Wire wire_at(WorkerIndex worker) {
    for (;;) {
      Wire wire(address());
      if (const WorkerIndex found = worker_of(wire); found == worker || found == kWorkers) return wire;
      spare_wires_.push_back(std::move(wire));
    }
  }
  void let_spares_go() {
    spare_clients_.clear();
    spare_wires_.clear();
  }

 private:
  std::list<Client> spare_clients_;
  std::list<Wire> spare_wires_;
};

}  // namespace rollcall::server::test
