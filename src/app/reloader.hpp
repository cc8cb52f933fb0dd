// Applies a changed configuration, key files and certificates while the server runs: on SIGHUP, and for files
// also by itself once a minute.
//
// All or nothing: a configuration with a mistake changes nothing, and a broken file never replaces working
// keys. Files are read and keys built on its own thread; no worker waits for it. Settings that workers read
// are swapped (gateway::Live), so a request sees either the old ones or the new ones.
//
// Construct it before the server runs, destroy it before the server; call `start` once signals are blocked.
// `reload`, `figures` and `drain` may be called from any thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "app/config_diff.hpp"
#include "app/config_loader.hpp"
#include "app/watched_files.hpp"
#include "app/webhooks.hpp"
#include "gateway/http/http_api.hpp"
#include "gateway/presence_gateway.hpp"
#include "net/tls.hpp"
#include "rollcall/server.hpp"
#include "telemetry/metrics.hpp"

namespace rollcall::app {

class Reloader {
 public:
  struct Parts {
    Server& server;
    gateway::PresenceGateway& gateway;
    gateway::HttpApi& api;
    Webhooks& webhooks;
  };
  // Reads the configuration again; the error lists every mistake.
  using Read = std::function<Result<Config, std::vector<ConfigError>>()>;

  static constexpr milliseconds kCheckEvery{60'000};

  Reloader(Parts parts, Config in_force, Read read, milliseconds check_every = kCheckEvery);
  ~Reloader();
  Reloader(const Reloader&) = delete;
  Reloader& operator=(const Reloader&) = delete;

  void start();
  void reload();
  // The value in force.
  milliseconds drain() const { return milliseconds(drain_ms_.load(std::memory_order_relaxed)); }
  telemetry::ReloadFigures figures() const;

 private:
  void run();
  void reload_all();
  void check_files();
  // The state of the files before they were read: a later change is found at the next check.
  struct Files {
    explicit Files(const Config& config);
    WatchedFiles keys, certificate;
  };
  void apply(const ConfigDiff& found, std::shared_ptr<const Verifier> verifier, Files files);
  bool renew_keys(const std::string& files);
  bool renew_certificate(const std::string& files);
  // Of `tls`, which may be null: records when it expires, for the metrics, and warns if clients will refuse
  // it.
  void note_certificate(const net::TlsContext* tls);
  void refuse(const std::vector<ConfigError>& mistakes);
  void done(bool good);

  Parts parts_;
  Config in_force_;
  Read read_;
  const milliseconds check_every_;
  Files files_;
  std::atomic<std::int64_t> drain_ms_;
  std::atomic<std::uint64_t> applied_{0}, refused_{0};
  std::atomic<bool> good_{true};                   // whether the last reload succeeded
  std::atomic<std::int64_t> certificate_ends_{0};  // in milliseconds since 1970; 0: no certificate
  std::mutex mutex_;
  std::condition_variable woken_;
  bool asked_ = false;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace rollcall::app
