#include "app/serve.hpp"

#include <algorithm>
#include <csignal>
#include <iostream>
#include <memory>
#include <optional>
#include <string_view>
#include <system_error>

#include "app/assets.hpp"
#include "app/config_checks.hpp"
#include "app/config_loader.hpp"
#include "app/development.hpp"
#include "app/pages.hpp"
#include "app/reloader.hpp"
#include "app/webhooks.hpp"
#include "base/log.hpp"
#include "embed/keys.hpp"
#include "gateway/http/http_api.hpp"
#include "gateway/presence_gateway.hpp"
#include "gateway/server_options.hpp"
#include "net/limits.hpp"
#include "net/log_writer.hpp"
#include "net/memory.hpp"
#include "net/signals.hpp"
#include "net/tls.hpp"
#include "rollcall/server.hpp"
#include "telemetry/endpoints.hpp"
#include "telemetry/supervisor.hpp"

namespace rollcall::app {
namespace {

namespace log = base::log;

constexpr std::size_t kFewDescriptors = 10'000;

// Reports why the server cannot start, once the log is set up.
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

WallTime wall_now() {
  return WallTime{
      std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch())};
}

// `dev`: null unless in development mode.
std::string announcement(const Config& config, const std::vector<std::string>& addresses,
                         const DevState* dev) {
  const std::string scheme = config.server.tls_cert.empty() ? "http" : "https";
  std::string ready = "rollcall is ready on";
  for (const std::string& address : addresses) {
    ready.append(address == addresses.front() ? " " : " and ").append(scheme).append("://").append(address);
  }
  // Log collectors get JSON lines only; --dev is for people.
  if (!dev && config.server.log_format == "json") return log::stamped_line(log::Level::info, ready, {});
  return ready + "\n" + (dev ? development_announcement(config, addresses, *dev) : "");
}

void warn_of_limits() {
  const auto limit = net::raise_descriptor_limit();
  if (limit.soft < kFewDescriptors) {
    log::warn("file descriptor limit is low: each connection needs one",
              {{"limit", limit.soft}, {"raise", "ulimit -n, or LimitNOFILE= of the systemd unit"}});
  }
  const std::size_t queue = net::accept_queue_limit();
  if (queue > 0 && queue < static_cast<std::size_t>(net::kAcceptQueue)) {
    log::warn("accept queue is short: a rush of reconnections will time out",
              {{"limit", queue}, {"wanted", net::kAcceptQueue}, {"raise", "sysctl net.core.somaxconn"}});
  }
}

void handle_signal(Server& server, Reloader& reloader, telemetry::Supervisor& supervisor, int signal,
                   bool& draining) {
  if (signal == SIGHUP) return reloader.reload();
  if (std::exchange(draining, true)) {
    log::warn("second signal: ending at once", {{"connections", server.connections()}});
    server.stop();
    return;
  }
  const std::size_t connections = server.connections();
  const milliseconds limit = reloader.drain();
  server.drain(limit);
  supervisor.ending(limit);
  // Logged once it is true: readers may rely on it.
  log::info("draining", {{"connections", connections}, {"limit_ms", limit.count()}});
}

// A bad file that the configuration names is reported like any other mistake in it.
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

// `dev`: null unless in development mode. `read` reads the configuration again.
int run(const Config& config, const std::shared_ptr<const Verifier>& verifier, const DevState* dev,
        const Reloader::Read& read) {
  Server server(gateway::server_options(config));
  gateway::PresenceGateway gateway(server, config, verifier);
  gateway::HttpApi api(server, gateway, config.api, {ROLLCALL_VERSION, wall_now(), asset("openapi.json")});
  Webhooks webhooks(gateway);
  Reloader reloader({server, gateway, api, webhooks}, config, read);
  const telemetry::Endpoints endpoints(
      server, gateway, api, [&] { return webhooks.counts(); }, [&] { return reloader.figures(); },
      config.api.metrics == "key");
  serve_pages(server);
  telemetry::Supervisor supervisor(server, gateway, telemetry::supervision());
  bool draining = false;
  server.on_signal({SIGINT, SIGTERM, SIGHUP},
                   [&](int signal) { handle_signal(server, reloader, supervisor, signal, draining); });
  warn_of_limits();
  if (auto opened = server.open(); !opened) {
    complain(config.server, "rollcall: " + opened.error() +
                                " (the address is server.listen of the configuration, --listen, or PORT)");
    return kExitFailure;
  }
  for (const std::string& address : server.addresses()) log::debug("listening", {{"address", address}});
  log::info("started", {{"address", server.address()},
                        {"workers", server.workers()},
                        {"sender", server.uses_io_uring() ? "io_uring" : "send"}});
  webhooks.reconfigure(config.webhooks);
  // Logged once it is true: readers may rely on it.
  const auto console = net::LogWriter::lease();
  server.post([&] { console->print(announcement(config, server.addresses(), dev)); });
  reloader.start();
  supervisor.start();
  server.run();
  log::info("ended");
  return kExitOk;
}

int run_logged(const Config& config, const DevState* dev, const Reloader::Read& read) {
  const auto log_writer = net::LogWriter::lease();  // until the very end: it flushes what is queued
  for (const std::string& warning : config_warnings(config))
    log::warn("configuration", {{"warning", warning}});
  const auto verifier = load_files(config);
  return verifier ? run(config, verifier, dev, read) : kExitBadConfig;
}

}  // namespace

int serve(const ServeCommand& command) {
  net::ignore_idle_signals();
  net::give_large_blocks_back();
  std::optional<DevState> dev;
  if (command.dev) dev = development_state(command.fresh);
  const Reloader::Read read = [&] {
    auto config = read_config({command.config_file, command.env_file, command.listen, command.dev});
    if (config && dev) complete_for_development(*config, *dev);
    return config;
  };
  const auto config = read();
  if (!config) {
    std::cerr << to_text(config.error());
    return kExitBadConfig;
  }
  configure_log(config->server);
  try {
    return run_logged(*config, dev ? &*dev : nullptr, read);
  } catch (const std::system_error& error) {  // most likely a thread that could not start
    complain(config->server, std::string("rollcall: ") + error.what());
    return kExitFailure;
  }
}

}  // namespace rollcall::app
