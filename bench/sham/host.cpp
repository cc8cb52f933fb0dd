#include "sham/host.hpp"

#include <chrono>

#include "base/assert.hpp"
#include "base/log.hpp"
#include "gateway/server_options.hpp"
#include "jwt/key_set.hpp"
#include "rollcall/tokens.hpp"
#include "server/sockets/namespace.hpp"
#include "sham/kernel.hpp"

namespace rollcall::sham {
namespace {

constexpr seconds kTokenLife{365 * 24 * 3600};  // longer than any simulated time

std::shared_ptr<const jwt::KeySet> keys() {
  jwt::KeySet::Source source;
  source.secret = kSecret;
  auto made = jwt::KeySet::make(source, {});
  ROLLCALL_ASSERT(made.ok());
  return *made;
}

net::Loop& loop_of(Server& server) {
  return static_cast<server::NamespaceImpl&>(server.of(kNamespace, 0)).loop();
}

}  // namespace

Config plain_config() {
  Config config;
  config.server.listen = "127.0.0.1:0";
  config.server.workers = 1;
  config.server.io_uring = "off";
  config.socketio.namespaces = {kNamespace};
  config.limits.events_per_second = 0;
  config.presence.max_online_list = 10'000;
  config.presence.flap_after = 0;
  config.presence.deliveries_per_second = 0;  // send each change individually, in sham time too
  return config;
}

Config watchers_only() {
  Config config = plain_config();
  config.presence.broadcast = "watchers";
  return config;
}

Host::Host(const Config& config)
    : server_(gateway::server_options(config)), gateway_(server_, config, keys()), loop_(loop_of(server_)) {
  base::log::configure(base::log::Level::error, base::log::Format::text);
  ROLLCALL_ASSERT(server_.open().ok());
}

Host::~Host() = default;

// The loop is idle while it waits, so turns may be run from here; and this is the worker's thread, as
// required.
void Host::run(const std::function<void()>& play) {
  Kernel::get().at_next_wait([&] {
    play();
    server_.stop();
  });
  server_.run();
}

void Host::turn() {
  loop_.turn(milliseconds(0));
}

void Host::settle() {
  do turn();
  while (Kernel::get().busy());
}

std::string token_of(const std::string& user) {
  Claims claims;
  claims.subject = user;
  claims.email = user + "@example.com";
  claims.role = "member";
  const WallTime now{
      std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch())};
  claims.expires_at = now + kTokenLife;
  return sign_hs256(claims, kSecret, now);
}

}  // namespace rollcall::sham
