#include "app/reloader.hpp"

#include <system_error>

#include "app/config_checks.hpp"
#include "app/config_diff.hpp"
#include "base/log.hpp"
#include "embed/keys.hpp"
#include "gateway/server_options.hpp"
#include "net/certificate.hpp"
#include "net/loop.hpp"
#include "net/thread.hpp"
#include "net/tls.hpp"
#include "rollcall/log.hpp"
#include "server/crew/figures.hpp"

namespace rollcall::app {
namespace {

namespace log = base::log;

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

LogLevel level_of(const std::string& name) {
  if (name == "debug") return LogLevel::debug;
  if (name == "warn") return LogLevel::warn;
  if (name == "error") return LogLevel::error;
  return LogLevel::info;
}

}  // namespace

Reloader::Reloader(Parts parts, Config in_force, Read read, milliseconds check_every)
    : parts_(parts),
      in_force_(std::move(in_force)),
      read_(std::move(read)),
      check_every_(check_every),
      files_(in_force_),
      drain_ms_(in_force_.server.drain.count()) {
  const ServerSettings& tls = in_force_.server;
  if (tls.tls_cert.empty()) return;
  // If it is invalid, the server says so when it opens.
  if (const auto loaded = net::TlsContext::load(tls.tls_cert, tls.tls_key))
    certificate_ends_ = unix_ms((*loaded)->validity().not_after);
}

Reloader::~Reloader() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  woken_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Reloader::start() {
  thread_ = net::start_thread_without_signals("the reloader", [this] { run(); });
}

void Reloader::reload() {
  {
    const std::lock_guard lock(mutex_);
    asked_ = true;
  }
  woken_.notify_all();
}

void Reloader::run() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    woken_.wait_for(lock, check_every_, [this] { return asked_ || ending_; });
    if (ending_) return;
    const bool asked = std::exchange(asked_, false);
    lock.unlock();
    asked ? reload_all() : check_files();
    lock.lock();
  }
}

Reloader::Files::Files(const Config& config) {
  std::vector<std::string> names = config.auth.public_keys;
  names.push_back(config.auth.jwks_file);
  keys.watch(names);
  certificate.watch({config.server.tls_cert, config.server.tls_key});
}

void Reloader::note_certificate(const net::TlsContext* tls) {
  certificate_ends_ = tls ? unix_ms(tls->validity().not_after) : 0;
  if (!tls) return;
  if (const auto warning = net::validity_warning(tls->validity(), net::Loop::read_wall_clock()))
    log::warn("TLS certificate", {{"file", in_force_.server.tls_cert}, {"warning", *warning}});
}

void Reloader::done(bool good) {
  good_ = good;
  ++(good ? applied_ : refused_);
}

void Reloader::refuse(const std::vector<ConfigError>& mistakes) {
  log::error("configuration not reloaded: keeping the old one", {{"mistakes", mistakes.size()}});
  for (const ConfigError& mistake : mistakes) log::error("configuration", {{"mistake", to_text(mistake)}});
  done(false);
}

void Reloader::reload_all() {
  const auto fresh = read_();
  if (!fresh) return refuse(fresh.error());
  const ConfigDiff found = diff(in_force_, *fresh);
  Files files(found.in_force);
  auto verifier = embed::load_keys(found.in_force.auth);
  if (!verifier) return refuse({{"", 0, "auth", jwt::in_one(verifier.error())}});
  for (const std::string& warning : config_warnings(*fresh))
    log::warn("configuration", {{"warning", warning}});
  for (const std::string& warning : (*verifier)->warnings()) log::warn("key", {{"warning", warning}});
  apply(found, std::move(*verifier), std::move(files));
}

void Reloader::apply(const ConfigDiff& found, std::shared_ptr<const Verifier> verifier, Files files) {
  const ServerSettings& server = found.in_force.server;
  std::shared_ptr<net::TlsContext> tls;
  if (!server.tls_cert.empty()) {
    auto loaded = net::TlsContext::load(server.tls_cert, server.tls_key);
    if (!loaded) return refuse({{"", 0, "server.tls_cert", "cannot be used: " + loaded.error()}});
    tls = std::move(*loaded);
  }
  if (joined(found.applied).find("webhooks.") != std::string::npos) {
    try {
      parts_.webhooks.reconfigure(found.in_force.webhooks);
    } catch (const std::system_error& error) {
      return refuse({{"", 0, "webhooks.urls", std::string("cannot be served: ") + error.what()}});
    }
  }
  // From here on, nothing can fail.
  in_force_ = found.in_force;
  parts_.server.reconfigure(gateway::server_options(in_force_));
  parts_.gateway.reconfigure(in_force_, std::move(verifier));
  parts_.api.reconfigure(in_force_.api);
  note_certificate(tls.get());
  if (tls) server::replace_tls(parts_.server, std::move(tls));
  drain_ms_ = server.drain.count();
  set_log_level(level_of(server.log_level));
  files_ = std::move(files);
  done(true);
  log::info("configuration reloaded, with key files and certificate",
            {{"changed", found.applied.empty() ? "nothing" : joined(found.applied)}});
  if (!found.need_restart.empty()) {
    log::warn("configuration: these changes need a restart", {{"changed", joined(found.need_restart)}});
  }
}

void Reloader::check_files() {
  const auto keys = files_.keys.changed();
  const auto certificate = files_.certificate.changed();
  if (keys.empty() && certificate.empty()) return;
  const bool keys_good = keys.empty() || renew_keys(joined(keys));
  const bool certificate_good = certificate.empty() || renew_certificate(joined(certificate));
  done(keys_good && certificate_good);
}

bool Reloader::renew_keys(const std::string& files) {
  const auto verifier = embed::load_keys(in_force_.auth);
  if (!verifier) {
    log::error("changed key files are unusable: keeping the old keys",
               {{"files", files}, {"reason", jwt::in_one(verifier.error())}});
    return false;
  }
  for (const std::string& warning : (*verifier)->warnings()) log::warn("key", {{"warning", warning}});
  parts_.gateway.reconfigure(in_force_, *verifier);
  log::info("key files reloaded", {{"files", files}});
  return true;
}

bool Reloader::renew_certificate(const std::string& files) {
  auto tls = net::TlsContext::load(in_force_.server.tls_cert, in_force_.server.tls_key);
  if (!tls) {
    log::error("changed TLS certificate is unusable: keeping the old one",
               {{"files", files}, {"reason", tls.error()}});
    return false;
  }
  note_certificate(tls->get());
  server::replace_tls(parts_.server, std::move(*tls));
  log::info("TLS certificate reloaded", {{"files", files}});
  return true;
}

telemetry::ReloadFigures Reloader::figures() const {
  telemetry::ReloadFigures figures;
  figures.applied = applied_;
  figures.refused = refused_;
  figures.good = good_;
  if (const std::int64_t end = certificate_ends_; end != 0) figures.certificate_ends = wall_time(end);
  return figures;
}

}  // namespace rollcall::app
