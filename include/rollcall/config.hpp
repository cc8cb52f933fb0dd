// Everything that can be set, with its default. The names are those of the TOML file and of the
// environment (`ROLLCALL_<SECTION>_<KEY>`); config/rollcall.toml explains each.
//
// Plain values: reading files and the environment is app/config_loader's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "rollcall/time.hpp"

namespace rollcall {

struct ServerSettings {
  // HOST:PORT, several with commas (ServerOptions::listen). "localhost" is ::1 to some clients, 127.0.0.1 to
  // others.
  std::string listen = "0.0.0.0:3000,[::]:3000";
  unsigned workers = 0;           // event loops; 0 = one a core
  std::string io_uring = "auto";  // auto | off
  std::string tls_cert;           // PEM files; both or neither
  std::string tls_key;
  // Addresses and networks of proxies that are believed where a client comes from.
  std::vector<std::string> trusted_proxies;
  std::string log_level = "info";   // debug | info | warn | error
  std::string log_format = "text";  // text | json
  milliseconds drain{5000};         // how long a drain may take
};

struct EngineIoSettings {
  std::string path = "/socket.io/";
  milliseconds ping_interval{25000};
  milliseconds ping_timeout{20000};
  milliseconds upgrade_timeout{10000};
  std::size_t max_payload_bytes = 1'000'000;
  std::vector<std::string> transports = {"polling", "websocket"};
};

struct SocketIoSettings {
  std::vector<std::string> namespaces = {"/ws/messages"};
  milliseconds connect_timeout{45000};
  milliseconds recovery{120000};  // 0 = connection state recovery is off
};

struct AuthSettings {
  std::string jwt_secret;
  std::vector<std::string> algorithms = {"HS256"};
  std::vector<std::string> public_keys;  // PEM files
  std::string jwks_file;
  std::string issuer;    // empty = not checked
  std::string audience;  // empty = not checked
  milliseconds leeway{5000};
  bool require_exp = false;       // tokens without an `exp` are refused
  milliseconds max_token_age{0};  // since `iat`, which tokens then must have; 0 = no limit
};

struct PresenceSettings {
  milliseconds offline_grace{2000};
  milliseconds settling{10'000};  // after the start: how long users may need to come back; 0 = not at all
  std::string broadcast = "everyone";  // everyone | watchers
  std::size_t max_batch_ids = 1000;
  std::size_t max_online_list = 10000;
  // A cap on changes sent to everyone, per worker, in addition to what the load of its loop requires: above
  // it they are told in batches, of which telling takes a sixth of that; 0 = no cap.
  std::size_t deliveries_per_second = 0;
  // A user's changes in quick succession (one is forgotten every 2 s) that are told at once; of more only the
  // outcome is told, after 1 s, then 2, 4 ... 32 s while it goes on; 0 = all are.
  std::uint32_t flap_after = 20;
  milliseconds max_window{5000};  // for how long at most changes are collected for a batch
};

struct LimitSettings {
  std::uint32_t events_per_second = 100;  // a connection; 0 = no limit
  std::uint32_t event_burst = 200;
  // All connections of a user together, on all workers; not if connections have no limit. 0 = no limit.
  std::uint32_t user_events_per_second = 1000;
  std::uint32_t user_event_burst = 2000;
  std::uint32_t connections_per_user = 100;
  std::size_t backlog_bytes = 1 << 20;  // a connection's unsent bytes, behind the message being written
  std::size_t event_bytes = 64 * 1024;  // one presence event
  std::size_t header_bytes = 16 * 1024;
  std::size_t per_address = 0;               // connections of one address at a time; 0 = no limit
  std::uint32_t failures_per_address = 600;  // refused tokens a minute; 0 = no limit
  std::size_t pending_sessions = 20'000;     // that have not presented a good token yet; 0 = no limit
  std::size_t memory_bytes = 0;              // of the process; 0 = four fifths of what there is
};

struct CorsSettings {
  std::vector<std::string> origins;  // exact origins, or "*"; none = same origin only
  bool credentials = false;
};

struct ApiSettings {
  // Of backend services: "NAME:SCOPE+SCOPE:SHA256", as `rollcall key` prints them. None: nobody may.
  std::vector<std::string> keys;
  std::uint32_t requests_per_second = 1000;  // a key; 0 = no limit
  std::uint32_t request_burst = 2000;
  std::string metrics = "open";        // /metrics: open to all | key: only with a key that may read
  std::size_t feed_changes = 100'000;  // how many changes readers of the feed may be behind
};

struct WebhookSettings {
  std::vector<std::string> urls;  // each is sent every change
  std::string secret;             // signs what is sent; at least 32 bytes
  std::string ca_file;  // PEM; whose certificates https receivers are trusted by; empty = the system's
  milliseconds timeout{10000};   // of one request
  std::size_t batch = 100;       // events in one request, at most
  milliseconds batch_wait{100};  // how long an event waits for others, at most
};

struct Config {
  ServerSettings server;
  EngineIoSettings engineio;
  SocketIoSettings socketio;
  AuthSettings auth;
  PresenceSettings presence;
  LimitSettings limits;
  CorsSettings cors;
  ApiSettings api;
  WebhookSettings webhooks;
};

}  // namespace rollcall
