// rollcall-floor: the minimum that a WebSocket server on this kernel has to spend, as the yardstick for
// rollcall and its peers. See bench/README.md.
#include <arpa/inet.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <csignal>
#include <exception>
#include <iostream>

#include "floor/server.hpp"

namespace {

constexpr const char* kAbout =
    "rollcall-floor is a WebSocket server that does no more than the kernel makes it: it answers a\n"
    "connection with frames as long as rollcall's, sends text back as it came, and binary to everybody.\n"
    "Load it with rollcall-load --dialect floor.";

// Splits HOST:PORT; the error explains what is wrong.
std::string split(const std::string& text, rollcall::floor::Options& options) {
  const std::size_t colon = text.rfind(':');
  options.host = text.substr(0, colon);
  in_addr ignored{};
  unsigned port = 0;
  if (colon != std::string::npos) std::from_chars(text.data() + colon + 1, text.data() + text.size(), port);
  if (port == 0 || port > 65535 || inet_pton(AF_INET, options.host.c_str(), &ignored) != 1) {
    return "must be an IPv4 address and a port, like 127.0.0.1:3001";
  }
  options.port = static_cast<std::uint16_t>(port);
  return "";
}

void raise_descriptor_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int argc, char** argv) {
  rollcall::floor::Options options;
  std::string listen = "127.0.0.1:3001";
  CLI::App app{kAbout, "rollcall-floor"};
  app.add_option("--listen", listen, "Where to listen")
      ->type_name("ADDRESS:PORT")
      ->check([&options](const std::string& text) { return split(text, options); })
      ->capture_default_str();
  app.add_option(
         "--sender", options.sender,
         "send: a call a frame; merged: a call a connection and turn; ring: one io_uring call a turn; "
         "ring-merged: both")
      ->check(CLI::IsMember({"send", "ring", "merged", "ring-merged"}))
      ->capture_default_str();
  app.add_option("--ping-interval-ms", options.ping_interval_ms, "Milliseconds between pings")
      ->check(CLI::Range(1, 86'400'000))
      ->capture_default_str();
  app.add_option("--lose-every", options.lose_every,
                 "Lose one delivery of so many, to test the load generator");
  app.add_option("--double-every", options.double_every, "Send one delivery of so many twice, to test it");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  std::signal(SIGPIPE, SIG_IGN);
  raise_descriptor_limit();
  try {
    rollcall::floor::Server server(options);
    std::cout << "rollcall-floor (" << options.sender << ") is ready on " << listen << std::endl;
    server.run();
  } catch (const std::exception& error) {
    std::cerr << "rollcall-floor: " << error.what() << "\n";
    return 1;
  }
}
