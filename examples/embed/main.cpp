// A backend with presence inside. Each line of standard input, "USER MESSAGE", is a notification; the program
// prints what became of it, and who comes and goes. It ends at the end of the input.
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <rollcall/gateway.hpp>
#include <string>
#include <thread>

#include "notification_service.hpp"

namespace {

std::mutex output;

void say(const std::string& line) {
  const std::lock_guard lock(output);
  std::cout << line << std::endl;
}

void read_notifications(NotificationService& service) {
  for (std::string line; std::getline(std::cin, line);) {
    const std::size_t blank = line.find(' ');
    if (blank == std::string::npos) {
      say("To notify somebody, write: USER MESSAGE");
      continue;
    }
    const auto receipt = service.send_notification(line.substr(0, blank), line.substr(blank + 1));
    const bool realtime = receipt.method == NotificationService::Method::realtime;
    say(receipt.sent ? std::string("sent, ") + (realtime ? "realtime" : "queued")
                     : "not sent: too many are waiting");
  }
}

}  // namespace

int main(int argc, char** argv) {
  const char* secret = std::getenv("JWT_SECRET");
  const auto verifier = rollcall::hs256(secret ? secret : "");
  if (!verifier) {
    std::cerr << "JWT_SECRET must be the secret that your users' tokens are signed with. " << verifier.error()
              << "\n";
    return 2;
  }
  auto options = rollcall::presence_server_options(argc > 1 ? argv[1] : "127.0.0.1:3000");
  options.cors_origins = {"*"};  // for trying it out from any page; list your own origins instead
  rollcall::Server server(options);
  rollcall::Gateway gateway(server, *verifier);
  NotificationService service(gateway);
  gateway.on_user_online([&](const rollcall::CameOnline& user) {
    say(user.user_id + " is online, one of " + std::to_string(service.active_users_count()));
  });
  gateway.on_user_offline([&](const rollcall::WentOffline& user) { say(user.user_id + " is offline"); });

  if (const auto opened = server.open(); !opened) {
    std::cerr << opened.error() << "\n";
    return 1;
  }
  std::thread serving([&] { server.run(); });
  say("Presence on http://" + server.address() + "/ws/messages");
  read_notifications(service);
  server.drain(rollcall::seconds(5));  // asks clients to reconnect elsewhere; then `run` returns
  serving.join();
}
