// The Socket.IO server alone: echoes until its standard input ends.
#include <iostream>
#include <rollcall/server.hpp>
#include <string>
#include <thread>

int main() {
  rollcall::ServerOptions options;
  options.listen = "127.0.0.1:0";
  rollcall::Server server(options);
  server.of("/").on(
      "echo", [](rollcall::Socket&, const rollcall::Payload& payload, rollcall::Ack ack) { ack(payload); });
  if (const auto opened = server.open(); !opened) {
    std::cerr << opened.error() << "\n";
    return 1;
  }
  std::thread serving([&] { server.run(); });
  std::cout << "listening on " << server.address() << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
  }
  server.drain(rollcall::seconds(5));
  serving.join();
  std::cout << "ended" << std::endl;
}
