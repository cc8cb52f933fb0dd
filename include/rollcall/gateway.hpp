// Presence in your own program: who is online, told to socket.io clients as `rollcall serve` does it, and
// asked and used from C++.
//
//   rollcall::Server server(rollcall::presence_server_options("0.0.0.0:3000"));
//   rollcall::Gateway gateway(server, rollcall::hs256(secret).value());
//   gateway.on_user_offline([](const rollcall::WentOffline& user) { ... });
//   if (auto opened = server.open(); !opened) { ... opened.error() says why ... }
//   std::thread serving([&] { server.run(); });
//   if (gateway.user_online_status("user-1").online)
//     gateway.to("user-1").emit("notification", R"({"message":"hello"})");
//
// Thread safety: everything but construction, destruction and `on` may be called from any thread at any time,
// handlers of the server and the callbacks below included. Nothing blocks for longer than it takes to copy
// the answer.
//
// Lifetime: a Gateway is made before its Server runs, and destroyed after `run` has returned and before the
// Server is. Times are UTC with milliseconds, by this machine's clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rollcall/config.hpp"
#include "rollcall/json.hpp"
#include "rollcall/result.hpp"
#include "rollcall/server.hpp"
#include "rollcall/time.hpp"
#include "rollcall/tokens.hpp"
#include "rollcall/verifier.hpp"

namespace rollcall {

// What `rollcall serve` runs with: a worker for each core, sending through io_uring where the kernel allows
// it, sessions recovered for two minutes, and of the clients' headers only those kept that can hold a token.
ServerOptions presence_server_options(std::string listen);

// The verifier that `[auth]` of a configuration asks for: a secret, PEM files, a JWKS file, and the rules.
// Files are read once, now, each of at most 1 MiB. What is accepted but unwise is appended to `warnings`.
Result<VerifierPtr, std::string> load_verifier(const AuthSettings& auth,
                                               std::vector<std::string>* warnings = nullptr);

// As the settings of the same names in config/rollcall.toml, with the same defaults.
struct GatewayOptions {
  std::vector<std::string> namespaces = SocketIoSettings{}.namespaces;
  milliseconds offline_grace = PresenceSettings{}.offline_grace;
  milliseconds settling = PresenceSettings{}.settling;
  bool watchers_only = false;  // changes are told to those who subscribed to the user, not to everyone
  std::size_t max_batch_ids = PresenceSettings{}.max_batch_ids;
  std::size_t max_online_list = PresenceSettings{}.max_online_list;
  std::size_t deliveries_per_second = PresenceSettings{}.deliveries_per_second;
  milliseconds max_window = PresenceSettings{}.max_window;
  std::uint32_t events_per_second = LimitSettings{}.events_per_second;  // a connection; 0 = no limit
  std::uint32_t event_burst = LimitSettings{}.event_burst;
  std::uint32_t connections_per_user = LimitSettings{}.connections_per_user;
  std::size_t event_bytes = LimitSettings{}.event_bytes;
};

struct UserStatus {
  bool online = false;
  std::optional<WallTime> last_active;   // the latest activity; absent: never seen, or long forgotten
  std::optional<WallTime> connected_at;  // when this session began; absent when offline
};

struct CameOnline {
  std::string user_id;
  WallTime at;
};
struct WentOffline {
  std::string user_id;
  WallTime at;
  WallTime last_active;
};

class Gateway {
 public:
  // Serves presence in the namespaces of the options, of which no other Gateway may have one. `verifier` must
  // not be null.
  Gateway(Server& server, VerifierPtr verifier, const GatewayOptions& options = {});
  ~Gateway();
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  // Of a user who was never seen: offline, and the rest unknown.
  UserStatus user_online_status(std::string_view user_id) const;
  // The same for many, all at one moment, in the order of the ids.
  std::vector<UserStatus> users_online_status(const std::vector<std::string>& user_ids) const;
  // Sorted, each once. Where there are very many it is put together from parts: who is online throughout the
  // call is listed, who comes or goes meanwhile may be.
  std::vector<std::string> online_users() const;
  std::size_t online_user_count() const;

  // Events of your own, from clients in the gateway's namespaces; `socket.owner()` is the user. They are
  // limited by events_per_second and count as signs of life, as presence's own do (those of `Namespace::on`
  // do not). To be set before the server runs. Throws std::invalid_argument if the event is one of presence's
  // own.
  void on(const std::string& event, EventHandler handler);

  // Whom an event goes to.
  class Receivers {
   public:
    Receivers& to(std::string_view name);
    Receivers& to(Room room);
    Receivers& except(std::string_view name);
    Receivers& except(Room room);
    // To every connection in any of the rooms (to all connections if none are given), on all workers, each
    // once. `json`: the event's argument, which clients get as it stands; empty = none; several are
    // comma-joined, as in Payload::args, which may be passed on. Throws std::invalid_argument, and sends
    // nothing, if `json` is no JSON (or nested deeper than 64), if it or the event's name is not UTF-8, or if
    // the name is one that socket.io keeps for itself ("connect", "disconnect", ...) or that presence alone
    // sends
    // ("user-online", "connected", ...: docs/protocol.md). Events for one connection arrive in the order of
    // their calls.
    void emit(std::string_view event, std::string_view json = {}) const;

   private:
    friend class Gateway;
    explicit Receivers(const Gateway& gateway) : gateway_(&gateway) {}
    const Gateway* gateway_;
    std::vector<RoomKey> rooms_;
    std::vector<RoomKey> except_;
  };
  // A plain name means all connections of the user with that id, and everyone in the room of that name that
  // handlers `join`. Where names of rooms could be somebody's user id, say which: to(Room::user(id)),
  // to(Room::application(name)); one connection is to(Room::socket(id)).
  Receivers to(std::string_view name) const;
  Receivers to(Room room) const;
  Receivers except(std::string_view name) const;
  Receivers except(Room room) const;
  // To everyone.
  void emit(std::string_view event, std::string_view json = {}) const;

  // Called for each change from then on, also of users whom nobody is told of: once when a user's first
  // connection is up, once when the last is gone (after the grace, if it broke). For any one user they
  // alternate, and the last is the truth once it is called.
  //
  // All callbacks are called one at a time, in the order of the changes, on a thread of the Gateway's own. So
  // they may take their time and call anything of the Gateway and the Server; by the time they are called,
  // the status may be another again. Should 10,000 changes be waiting for them, users that come and go are
  // skipped until they catch up. Exceptions are logged and end there. Callbacks stay for as long as the
  // Gateway lives, whose destructor waits for the one that is being called and drops what is waiting: it must
  // not be called by one.
  void on_user_online(std::function<void(const CameOnline&)> callback);
  void on_user_offline(std::function<void(const WentOffline&)> callback);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rollcall
