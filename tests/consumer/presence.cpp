// Presence embedded in a program that does as it is told by the lines of its standard input.
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <rollcall/gateway.hpp>
#include <sstream>
#include <string>
#include <thread>

namespace {

// Callbacks come on a thread of their own.
void say(const std::string& line) {
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  std::cout << line << std::endl;
}

void obey(const rollcall::Gateway& gateway, const std::string& line) {
  std::istringstream words(line);
  std::string verb, user, json;
  words >> verb >> user;
  std::getline(words >> std::ws, json);
  if (verb == "status") {
    const rollcall::UserStatus status = gateway.user_online_status(user);
    say(user + (status.online ? " online" : " offline") + (status.last_active ? " known" : " unknown"));
  } else if (verb == "users") {
    std::string users;
    for (const std::string& one : gateway.online_users()) users += " " + one;
    say(std::to_string(gateway.online_user_count()) + users);
  } else if (verb == "emit") {
    gateway.to(user).emit("notification", json);
    say("emitted");
  }
}

}  // namespace

int main() {
  const char* secret = std::getenv("JWT_SECRET");
  const auto verifier = rollcall::hs256(secret ? secret : "");
  if (!verifier) {
    std::cerr << verifier.error() << "\n";
    return 2;
  }
  rollcall::Server server(rollcall::presence_server_options("127.0.0.1:0"));
  rollcall::Gateway gateway(server, *verifier);
  gateway.on_user_online([](const rollcall::CameOnline& user) { say("+ " + user.user_id); });
  gateway.on_user_offline([](const rollcall::WentOffline& user) { say("- " + user.user_id); });
  if (const auto opened = server.open(); !opened) {
    std::cerr << opened.error() << "\n";
    return 1;
  }
  std::thread serving([&] { server.run(); });
  say("listening on " + server.address());
  for (std::string line; std::getline(std::cin, line);) obey(gateway, line);
  server.drain(rollcall::seconds(5));
  serving.join();
  say("ended");
}
