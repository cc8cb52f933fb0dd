// The server for the official protocol test suites of Engine.IO v4 and Socket.IO v5: an echo on the bare
// Engine.IO path, and a Socket.IO server with the namespaces and events that they expect. It uses only the
// public library, which knows nothing of presence.
#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>
#include <thread>

#include "rollcall/server.hpp"

namespace {

using rollcall::Ack;
using rollcall::Payload;
using rollcall::Socket;

struct Arguments {
  unsigned engine_port = 0;
  unsigned socket_port = 0;
  unsigned ping_interval_ms = 25000;
  unsigned ping_timeout_ms = 20000;
};

rollcall::ServerOptions options_for(const Arguments& arguments, unsigned port, std::string path) {
  rollcall::ServerOptions options;
  options.listen = "localhost:" + std::to_string(port);
  options.path = std::move(path);
  options.ping_interval = rollcall::milliseconds(arguments.ping_interval_ms);
  options.ping_timeout = rollcall::milliseconds(arguments.ping_timeout_ms);
  // The suite keeps a session without a namespace for three pings, 900 ms: on a busy machine 1 s is too
  // tight.
  options.connect_timeout = rollcall::milliseconds(1500);
  options.max_payload_bytes = 1'000'000;
  options.cors_origins = {"*"};
  return options;
}

// The suite listens for one message at a time, and misses a message that arrives together with the previous
// one: the event must not share a segment with the CONNECT answer, and must still come well before the first
// ping.
constexpr rollcall::milliseconds kAuthDelay{25};

void serve_protocol(rollcall::Server& server) {
  for (const char* name : {"/", "/custom"}) {
    server.of(name).on_connection([&server](Socket& socket) {
      auto emit = [ref = socket.ref(), auth = socket.auth()] {
        if (Socket* connected = ref.get()) connected->emit("auth", {auth, {}});
      };
      socket.data = server.schedule(server.now() + kAuthDelay, std::move(emit));
    });
  }
  server.of("/")
      .on("message",
          [](Socket& socket, const Payload& payload, Ack) { socket.emit("message-back", payload); })
      .on("message-with-ack", [](Socket&, const Payload& payload, Ack ack) { ack(payload); });
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"A peer for the official Engine.IO v4 and Socket.IO v5 protocol suites."};
  Arguments arguments;
  app.add_option("--engine-port", arguments.engine_port,
                 "Serve the Engine.IO echo at /engine.io/ on this port");
  app.add_option("--socket-port", arguments.socket_port, "Serve Socket.IO at /socket.io/ on this port");
  app.add_option("--ping-interval-ms", arguments.ping_interval_ms, "Milliseconds between pings")
      ->capture_default_str();
  app.add_option("--ping-timeout-ms", arguments.ping_timeout_ms, "Milliseconds a client has for its pong")
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);

  using Echo = rollcall::EngineServer::Send;
  rollcall::EngineServer engine(
      options_for(arguments, arguments.engine_port, "/engine.io/"),
      [](std::string_view data, bool binary, const Echo& send) { send(data, binary); });
  rollcall::Server server(options_for(arguments, arguments.socket_port, "/socket.io/"));
  serve_protocol(server);
  server.on_signal({SIGINT, SIGTERM}, [&](int) {
    engine.stop();
    server.stop();
  });

  for (const auto& opened : {engine.open(), server.open()}) {
    if (!opened) {
      std::cerr << "protocol_peer: " << opened.error() << "\n";
      return 1;
    }
  }
  std::cout << "engine.io on " << engine.address() << ", socket.io on " << server.address() << std::endl;
  std::thread engine_thread([&] { engine.run(); });
  server.run();
  engine_thread.join();
  return 0;
}
