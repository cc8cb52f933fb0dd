// The presence server as `rollcall serve` runs it, with one worker, on the kernel that is not there.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "gateway/presence_gateway.hpp"
#include "net/loop.hpp"
#include "rollcall/config.hpp"
#include "rollcall/server.hpp"

namespace rollcall::sham {

inline constexpr const char* kSecret = "a-secret-of-the-benchmarks-0123456789abcdef";
inline constexpr const char* kNamespace = "/ws/messages";

// The defaults, but that nobody is limited and, by default, changes go to everyone.
Config plain_config();
// The same, but that changes go to watchers only.
Config watchers_only();

class Host {
 public:
  explicit Host(const Config& config = plain_config());
  ~Host();

  // Runs the server, and `play` on its thread while it waits: what that writes is served by `turn`.
  void run(const std::function<void()>& play);
  // For `play`. One turn of the server's loop, and turns until there is nothing to do.
  void turn();
  void settle();

  const gateway::HubDriver& presence() const { return gateway_.presence(); }
  std::size_t connections() const { return server_.connections(); }
  net::Loop& loop() { return loop_; }

 private:
  Server server_;
  gateway::PresenceGateway gateway_;
  net::Loop& loop_;
};

// A token of that user with an email, a role and a year to live, as `rollcall token` makes it.
std::string token_of(const std::string& user);

}  // namespace rollcall::sham
