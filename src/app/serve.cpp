#include "app/serve.hpp"

#include <algorithm>
#include <csignal>
#include <iostream>
#include <memory>
#include <sstream>
#include <string_view>

#include "adapters/webhook_sender.hpp"
#include "app/assets.hpp"
#include "app/config_checks.hpp"
#include "app/config_loader.hpp"
#include "app/key_command.hpp"
#include "app/pages.hpp"
#include "base/log.hpp"
#include "embed/keys.hpp"
#include "gateway/api/http_api.hpp"
#include "gateway/feed_source.hpp"
#include "gateway/presence_gateway.hpp"
#include "gateway/server_options.hpp"
#include "net/limits.hpp"
#include "net/log_writer.hpp"
#include "net/random.hpp"
#include "net/signals.hpp"
#include "net/tls.hpp"
#include "rollcall/server.hpp"
#include "rollcall/tokens.hpp"
#include "watch/supervisor.hpp"
#include "watch/watch.hpp"

namespace rollcall::app {
namespace {

namespace log = base::log;

constexpr std::size_t kDevSecretBytes = 48;
constexpr seconds kDevTokenLife{24 * 3600};
constexpr std::size_t kFewDescriptors = 10'000;

// What keeps the server from starting, when the log is set up.
void complain(const ServerSettings& settings, const std::string& mistake) {
  if (settings.log_format == "json") {
    log::error("not started", {{"reason", mistake}});
  } else {
    std::cerr << mistake << "\n";
  }
}

void configure_log(const ServerSettings& settings) {
  log::Level level = log::Level::info;
  if (settings.log_level == "debug") level = log::Level::debug;
  if (settings.log_level == "warn") level = log::Level::warn;
  if (settings.log_level == "error") level = log::Level::error;
  log::configure(level, settings.log_format == "json" ? log::Format::json : log::Format::text);
}

// `--dev` runs without a key: it makes one that lives as long as the process.
void make_development_secret(Config& config) {
  config.auth.jwt_secret = net::random_id(kDevSecretBytes);
  config.auth.algorithms = {"HS256"};
}

// And so does it for the HTTP API.
std::string make_development_api_key(Config& config) {
  api::Scopes all;
  all.add(api::Scope::admin);
  const MadeKey made = make_random_key("dev", all);
  config.api.keys = {made.item};
  return made.secret;
}

bool has_key(const AuthSettings& auth) {
  return !auth.jwt_secret.empty() || !auth.public_keys.empty() || !auth.jwks_file.empty();
}

std::string port_of(const std::string& address) {
  return address.substr(address.rfind(':'));
}

// An address that browsers and Node can open: "localhost" is ::1 to some and 127.0.0.1 to others, so it
// serves only where both do.
std::string host_to_open(const std::vector<std::string>& addresses) {
  const std::string& first = addresses.front();
  const bool v4 = first.starts_with("0.0.0.0:"), v6 = first.starts_with("[::]:");
  if (!v4 && !v6) return first;
  const std::string other = (v4 ? "[::]" : "0.0.0.0") + port_of(first);
  const bool both = std::find(addresses.begin(), addresses.end(), other) != addresses.end();
  return (both ? "localhost" : v4 ? "127.0.0.1" : "[::1]") + port_of(first);
}

WallTime wall_now() {
  return WallTime{
      std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch())};
}

std::string development_token(const std::string& subject, const std::string& secret) {
  const WallTime now = wall_now();
  Claims claims;
  claims.subject = subject;
  claims.email = subject + "@example.com";
  claims.role = "tester";
  claims.expires_at = now + kDevTokenLife;
  return sign_hs256(claims, secret, now);
}

// `api_key`: of development; empty if there is none.
std::string announcement(const Config& config, const std::vector<std::string>& addresses, bool dev,
                         const std::string& api_key) {
  const std::string scheme = config.server.tls_cert.empty() ? "http" : "https";
  std::string ready = "rollcall is ready on";
  for (const std::string& address : addresses) {
    ready += (address == addresses.front() ? " " : " and ") + scheme + "://" + address;
  }
  // Collectors are given JSON lines only; --dev talks to people.
  if (!dev && config.server.log_format == "json") return log::stamped_line(log::Level::info, ready, {});
  std::ostringstream out;
  out << ready << "\n";
  if (!dev) return out.str();
  const std::string url = scheme + "://" + host_to_open(addresses);
  out << "\nDevelopment mode: do not use it in production.\n"
      << "Test page: " << url << "/\n"
      << "Dashboard: " << url << "/dashboard" << (api_key.empty() ? "" : "#key=" + api_key) << "\n";
  if (!config.auth.jwt_secret.empty()) {
    out << "Tokens that are ready to use, for 24 hours:\n";
    for (const char* user : {"user-1", "user-2"}) {
      const std::string token = development_token(user, config.auth.jwt_secret);
      out << "  " << user << ": " << token << "\n"
          << "    open " << url << "/#token=" << token << "\n";
    }
  }
  if (!api_key.empty()) {
    out << "API key: " << api_key << "\n  curl -H 'Authorization: Bearer " << api_key << "' " << url
        << "/api/v1/presence/online\n";
  }
  return out.str();
}

void warn_of_limits() {
  const auto limit = net::raise_descriptor_limit();
  if (limit.soft < kFewDescriptors) {
    log::warn("few file descriptors: each connection takes one",
              {{"limit", limit.soft}, {"raise", "ulimit -n, or LimitNOFILE= of the systemd unit"}});
  }
  const std::size_t queue = net::accept_queue_limit();
  if (queue > 0 && queue < static_cast<std::size_t>(net::kAcceptQueue)) {
    log::warn("few connections may wait to be accepted: a rush of reconnections will see timeouts",
              {{"limit", queue}, {"wanted", net::kAcceptQueue}, {"raise", "sysctl net.core.somaxconn"}});
  }
}

// Null if there are none. To be called before the server runs.
std::unique_ptr<adapters::WebhookSender> start_webhooks(const WebhookSettings& settings,
                                                        gateway::PresenceGateway& gateway,
                                                        feed::Source& feed) {
  if (settings.urls.empty()) return nullptr;
  auto sender = std::make_unique<adapters::WebhookSender>(settings, feed, "rollcall/" ROLLCALL_VERSION);
  gateway.on_feed([sender = sender.get()] { sender->wake(); });
  log::info("webhooks", {{"receivers", settings.urls.size()}});
  return sender;
}

void reload(Server& server, const ServerSettings& settings) {
  if (settings.tls_cert.empty()) {
    log::warn("nothing to reload: there is no certificate, and settings take a restart");
  } else if (const auto reloaded = server.reload_tls()) {
    log::info("TLS certificate reloaded; settings take a restart");
  } else {
    log::error("TLS certificate not reloaded, the old one stays", {{"reason", reloaded.error()}});
  }
}

void handle_signal(Server& server, const Config& config, watch::Supervisor& supervisor, int signal,
                   bool& draining) {
  if (signal == SIGHUP) return reload(server, config.server);
  if (std::exchange(draining, true)) {
    log::warn("ending at once, as asked twice", {{"connections", server.connections()}});
    server.stop();
    return;
  }
  const std::size_t connections = server.connections();
  server.drain(config.server.drain);
  supervisor.ending(config.server.drain);
  // Not before it is so: who reads it may rely on it.
  log::info("draining", {{"connections", connections}, {"limit_ms", config.server.drain.count()}});
}

// What is wrong with the files that the configuration names is told like any other mistake in it.
std::shared_ptr<const Verifier> load_files(const Config& config) {
  auto keys = embed::load_keys(config.auth);
  if (!keys) {
    for (const std::string& mistake : keys.error()) complain(config.server, "auth: " + mistake);
    return nullptr;
  }
  if (!config.server.tls_cert.empty()) {
    const auto tls = net::TlsContext::load(config.server.tls_cert, config.server.tls_key);
    if (!tls) {
      complain(config.server, "server.tls_cert, server.tls_key: " + tls.error());
      return nullptr;
    }
  }
  for (const std::string& warning : (*keys)->warnings()) log::warn("key", {{"warning", warning}});
  return *keys;
}

// `api_key`: of development; empty if there is none.
int run(const Config& config, const std::shared_ptr<const Verifier>& verifier, bool dev,
        const std::string& api_key) {
  Server server(gateway::server_options(config));
  gateway::PresenceGateway gateway(server, config, verifier);
  gateway::HttpApi api(server, gateway, config.api, {ROLLCALL_VERSION, wall_now(), asset("openapi.json")});
  gateway::FeedSource feed(gateway.presence());
  std::unique_ptr<adapters::WebhookSender> webhooks;
  const watch::Watch watch(
      server, gateway, api, [&] { return webhooks ? webhooks->counts() : feed::WebhookCounts(); },
      config.api.metrics == "key");
  serve_pages(server);
  watch::Supervisor supervisor(server, gateway, watch::supervision());
  bool draining = false;
  server.on_signal({SIGINT, SIGTERM, SIGHUP},
                   [&](int signal) { handle_signal(server, config, supervisor, signal, draining); });
  warn_of_limits();
  if (auto opened = server.open(); !opened) {
    complain(config.server, "rollcall: " + opened.error());
    return kExitFailure;
  }
  for (const std::string& address : server.addresses()) log::debug("listening", {{"address", address}});
  log::info("started", {{"address", server.address()},
                        {"workers", server.workers()},
                        {"sender", server.uses_io_uring() ? "io_uring" : "send"}});
  webhooks = start_webhooks(config.webhooks, gateway, feed);
  // Once it is so: who reads it may rely on it.
  const auto console = net::LogWriter::lease();
  server.post([&] { console->print(announcement(config, server.addresses(), dev, api_key)); });
  supervisor.start();
  server.run();
  log::info("ended");
  return kExitOk;
}

}  // namespace

int serve(const ServeCommand& command) {
  net::ignore_idle_signals();
  auto config = read_config({command.config_file, command.listen, command.dev});
  if (!config) {
    std::cerr << to_text(config.error());
    return kExitBadConfig;
  }
  configure_log(config->server);
  const auto log_writer = net::LogWriter::lease();  // to the very end, which says what still waits
  for (const std::string& warning : config_warnings(*config))
    log::warn("configuration", {{"warning", warning}});
  if (command.dev && !has_key(config->auth)) make_development_secret(*config);
  std::string api_key;
  if (command.dev && config->api.keys.empty()) api_key = make_development_api_key(*config);
  if (command.dev && config->cors.origins.empty()) config->cors.origins = {"*"};  // frontends on another port
  const auto verifier = load_files(*config);
  return verifier ? run(*config, verifier, command.dev, api_key) : kExitBadConfig;
}

}  // namespace rollcall::app
