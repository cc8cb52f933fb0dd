// The table itself; lookups are in settings.cpp.
#include <array>

#include "app/listen_address.hpp"
#include "app/setting_rules.hpp"
#include "app/settings.hpp"
#include "net/address.hpp"

namespace rollcall::app {
namespace {

constexpr std::int64_t kHour = 3'600'000;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::int64_t kMebibyte = 1 << 20;

template <auto Section, auto Member>
Target at(Config& config) {
  return &(config.*Section.*Member);
}

template <auto Member>
constexpr auto server = at<&Config::server, Member>;
template <auto Member>
constexpr auto engineio = at<&Config::engineio, Member>;
template <auto Member>
constexpr auto socketio = at<&Config::socketio, Member>;
template <auto Member>
constexpr auto auth = at<&Config::auth, Member>;
template <auto Member>
constexpr auto presence = at<&Config::presence, Member>;
template <auto Member>
constexpr auto limits = at<&Config::limits, Member>;
template <auto Member>
constexpr auto cors = at<&Config::cors, Member>;
template <auto Member>
constexpr auto api = at<&Config::api, Member>;
template <auto Member>
constexpr auto webhooks = at<&Config::webhooks, Member>;

bool is_listen(std::string_view text) {
  return parse_listen_list(text).has_value();
}
bool is_io_uring(std::string_view text) {
  return text == "auto" || text == "off";
}
bool is_log_level(std::string_view text) {
  return text == "debug" || text == "info" || text == "warn" || text == "error";
}
bool is_log_format(std::string_view text) {
  return text == "text" || text == "json";
}
bool is_transport(std::string_view text) {
  return text == "polling" || text == "websocket";
}
bool is_broadcast(std::string_view text) {
  return text == "everyone" || text == "watchers";
}
bool is_metrics(std::string_view text) {
  return text == "open" || text == "key";
}
bool is_network(std::string_view text) {
  return net::AddressSet().add(text);
}
bool is_file_name(std::string_view text) {
  return !text.empty();
}

using Server = ServerSettings;
using Engine = EngineIoSettings;
using Sockets = SocketIoSettings;
using Auth = AuthSettings;
using Presence = PresenceSettings;
using Limits = LimitSettings;
using Cors = CorsSettings;
using Api = ApiSettings;
using Webhooks = WebhookSettings;

const std::array kSettings = {
    Setting{.section = "server",
            .key = "listen",
            .target = server<&Server::listen>,
            .allowed =
                "HOST:PORT, such as 0.0.0.0:3000, localhost:3000 or [::]:3000, or a list of different ones",
            .accepts = is_listen,
            .or_list = true},
    Setting{.section = "server", .key = "workers", .target = server<&Server::workers>, .range = {0, 1024}},
    Setting{.section = "server",
            .key = "io_uring",
            .target = server<&Server::io_uring>,
            .allowed = "auto or off",
            .accepts = is_io_uring},
    Setting{.section = "server",
            .key = "tls_cert",
            .target = server<&Server::tls_cert>,
            .file = true,
            .reloads = true},
    Setting{.section = "server",
            .key = "tls_key",
            .target = server<&Server::tls_key>,
            .file = true,
            .reloads = true},
    Setting{.section = "server",
            .key = "log_level",
            .target = server<&Server::log_level>,
            .allowed = "debug, info, warn or error",
            .accepts = is_log_level,
            .reloads = true},
    Setting{.section = "server",
            .key = "log_format",
            .target = server<&Server::log_format>,
            .allowed = "text or json",
            .accepts = is_log_format},
    Setting{.section = "server",
            .key = "trusted_proxies",
            .target = server<&Server::trusted_proxies>,
            .allowed = "an IP address or a network, such as 192.0.2.1, 10.0.0.0/8 or fd00::/8",
            .accepts = is_network,
            .reloads = true},
    Setting{.section = "server",
            .key = "drain_ms",
            .target = server<&Server::drain>,
            .range = {0, kHour},
            .reloads = true},

    Setting{.section = "engineio",
            .key = "path",
            .target = engineio<&Engine::path>,
            .allowed = "a path that begins and ends with a slash, such as /socket.io/",
            .accepts = is_request_path},
    Setting{.section = "engineio",
            .key = "ping_interval_ms",
            .target = engineio<&Engine::ping_interval>,
            .range = {1, kDay}},
    Setting{.section = "engineio",
            .key = "ping_timeout_ms",
            .target = engineio<&Engine::ping_timeout>,
            .range = {1, kDay}},
    Setting{.section = "engineio",
            .key = "upgrade_timeout_ms",
            .target = engineio<&Engine::upgrade_timeout>,
            .range = {1, kHour}},
    Setting{.section = "engineio",
            .key = "max_payload_bytes",
            .target = engineio<&Engine::max_payload_bytes>,
            .range = {128, 1024 * kMebibyte}},
    Setting{.section = "engineio",
            .key = "transports",
            .target = engineio<&Engine::transports>,
            .allowed = "polling or websocket",
            .accepts = is_transport,
            .filled = true},

    Setting{.section = "socketio",
            .key = "namespaces",
            .target = socketio<&Sockets::namespaces>,
            .allowed = "a name that begins with a slash, such as /ws/messages, without blanks, ',' or '?'",
            .accepts = is_namespace,
            .filled = true},
    Setting{.section = "socketio",
            .key = "connect_timeout_ms",
            .target = socketio<&Sockets::connect_timeout>,
            .range = {1, kHour}},
    Setting{.section = "socketio",
            .key = "recovery_ms",
            .target = socketio<&Sockets::recovery>,
            .range = {0, kDay}},

    Setting{.section = "auth",
            .key = "jwt_secret",
            .target = auth<&Auth::jwt_secret>,
            .secret = true,
            .reloads = true},
    Setting{.section = "auth",
            .key = "algorithms",
            .target = auth<&Auth::algorithms>,
            .allowed = "HS256, HS384, HS512, RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384 or ES512",
            .accepts = is_algorithm,
            .filled = true,
            .reloads = true},
    Setting{.section = "auth",
            .key = "public_keys",
            .target = auth<&Auth::public_keys>,
            .allowed = "the name of a PEM file",
            .accepts = is_file_name,
            .file = true,
            .reloads = true},
    Setting{.section = "auth",
            .key = "jwks_file",
            .target = auth<&Auth::jwks_file>,
            .file = true,
            .reloads = true},
    Setting{.section = "auth", .key = "issuer", .target = auth<&Auth::issuer>, .reloads = true},
    Setting{.section = "auth", .key = "audience", .target = auth<&Auth::audience>, .reloads = true},
    Setting{.section = "auth",
            .key = "leeway_ms",
            .target = auth<&Auth::leeway>,
            .range = {0, kHour},
            .reloads = true},
    Setting{.section = "auth", .key = "require_exp", .target = auth<&Auth::require_exp>, .reloads = true},
    Setting{.section = "auth",
            .key = "max_token_age_ms",
            .target = auth<&Auth::max_token_age>,
            .range = {0, 3650 * kDay},
            .reloads = true},

    Setting{.section = "presence",
            .key = "offline_grace_ms",
            .target = presence<&Presence::offline_grace>,
            .range = {0, kHour}},
    Setting{.section = "presence",
            .key = "settling_ms",
            .target = presence<&Presence::settling>,
            .range = {0, kHour}},
    Setting{.section = "presence",
            .key = "broadcast",
            .target = presence<&Presence::broadcast>,
            .allowed = "everyone or watchers",
            .accepts = is_broadcast},
    Setting{.section = "presence",
            .key = "max_batch_ids",
            .target = presence<&Presence::max_batch_ids>,
            .range = {1, 100'000}},
    Setting{.section = "presence",
            .key = "max_online_list",
            .target = presence<&Presence::max_online_list>,
            .range = {1, 1'000'000}},
    Setting{.section = "presence",
            .key = "deliveries_per_second",
            .target = presence<&Presence::deliveries_per_second>,
            .range = {0, 1'000'000'000}},
    Setting{.section = "presence",
            .key = "flap_after",
            .target = presence<&Presence::flap_after>,
            .range = {0, 99}},
    Setting{.section = "presence",
            .key = "max_window_ms",
            .target = presence<&Presence::max_window>,
            .range = {100, 60'000}},

    Setting{.section = "limits",
            .key = "events_per_second",
            .target = limits<&Limits::events_per_second>,
            .range = {0, 1'000'000},
            .reloads = true},
    Setting{.section = "limits",
            .key = "event_burst",
            .target = limits<&Limits::event_burst>,
            .range = {1, 1'000'000},
            .reloads = true},
    Setting{.section = "limits",
            .key = "user_events_per_second",
            .target = limits<&Limits::user_events_per_second>,
            .range = {0, 1'000'000},
            .reloads = true},
    Setting{.section = "limits",
            .key = "user_event_burst",
            .target = limits<&Limits::user_event_burst>,
            .range = {1, 1'000'000},
            .reloads = true},
    Setting{.section = "limits",
            .key = "connections_per_user",
            .target = limits<&Limits::connections_per_user>,
            .range = {1, 1'000'000},
            .reloads = true},
    Setting{.section = "limits",
            .key = "backlog_bytes",
            .target = limits<&Limits::backlog_bytes>,
            .range = {1024, 1024 * kMebibyte},
            .reloads = true},
    Setting{.section = "limits",
            .key = "event_bytes",
            .target = limits<&Limits::event_bytes>,
            .range = {64, 64 * kMebibyte},
            .reloads = true},
    Setting{.section = "limits",
            .key = "header_bytes",
            .target = limits<&Limits::header_bytes>,
            .range = {1024, kMebibyte},
            .reloads = true},
    Setting{.section = "limits",
            .key = "per_address",
            .target = limits<&Limits::per_address>,
            .range = {0, 1'000'000},
            .reloads = true},
    Setting{.section = "limits",
            .key = "failures_per_address",
            .target = limits<&Limits::failures_per_address>,
            .range = {0, 1'000'000},
            .reloads = true},
    Setting{.section = "limits",
            .key = "pending_sessions",
            .target = limits<&Limits::pending_sessions>,
            .range = {0, 10'000'000},
            .reloads = true},
    Setting{.section = "limits",
            .key = "memory_bytes",
            .target = limits<&Limits::memory_bytes>,
            .range = {0, std::int64_t{1} << 50},
            .reloads = true},

    Setting{.section = "cors",
            .key = "origins",
            .target = cors<&Cors::origins>,
            .allowed =
                "* or an origin as browsers write it: scheme://host or scheme://host:port, in lower case, "
                "without a path or the scheme's own port; or null, which pages of files and sandboxes send",
            .accepts = is_origin,
            .reloads = true},
    Setting{.section = "cors", .key = "credentials", .target = cors<&Cors::credentials>, .reloads = true},

    Setting{.section = "api", .key = "keys", .target = api<&Api::keys>, .secret = true, .reloads = true},
    Setting{.section = "api",
            .key = "requests_per_second",
            .target = api<&Api::requests_per_second>,
            .range = {0, 1'000'000},
            .reloads = true},
    Setting{.section = "api",
            .key = "request_burst",
            .target = api<&Api::request_burst>,
            .range = {1, 1'000'000},
            .reloads = true},
    Setting{.section = "api",
            .key = "feed_changes",
            .target = api<&Api::feed_changes>,
            .range = {1000, 10'000'000}},
    Setting{.section = "api",
            .key = "metrics",
            .target = api<&Api::metrics>,
            .allowed = "open or key",
            .accepts = is_metrics},

    Setting{.section = "webhooks",
            .key = "urls",
            .target = webhooks<&Webhooks::urls>,
            .allowed = "a URL such as https://backend.example/presence, without user, password or #",
            .accepts = is_webhook_url,
            .reloads = true},
    Setting{.section = "webhooks",
            .key = "secret",
            .target = webhooks<&Webhooks::secret>,
            .secret = true,
            .reloads = true},
    Setting{.section = "webhooks",
            .key = "ca_file",
            .target = webhooks<&Webhooks::ca_file>,
            .file = true,
            .reloads = true},
    Setting{.section = "webhooks",
            .key = "timeout_ms",
            .target = webhooks<&Webhooks::timeout>,
            .range = {100, 300'000},
            .reloads = true},
    Setting{.section = "webhooks",
            .key = "batch",
            .target = webhooks<&Webhooks::batch>,
            .range = {1, 1000},
            .reloads = true},
    Setting{.section = "webhooks",
            .key = "batch_wait_ms",
            .target = webhooks<&Webhooks::batch_wait>,
            .range = {0, 60'000},
            .reloads = true},
};

}  // namespace

std::span<const Setting> settings() {
  return kSettings;
}

}  // namespace rollcall::app
