// The presence server as `rollcall serve` runs it, with one worker, on the sham kernel.
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

// The defaults, but without limits, and with changes sent to everyone.
Config plain_config();
// The same, with changes sent to watchers only.
Config watchers_only();

class Host {
 public:
  explicit Host(const Config& config = plain_config());
  ~Host();

  // Runs the server, and `play` on its thread while it waits; `turn` serves what `play` writes.
  void run(const std::function<void()>& play);
  // For `play`: one turn of the server's loop; turns until it is idle.
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

// A token for that user with an email, a role and a year to live, as `rollcall token` makes it.
std::string token_of(const std::string& user);

}  // namespace rollcall::sham
