// A Socket.IO v5 server (on Engine.IO v4) to embed: namespaces, rooms, middleware, events,
// acknowledgements both ways, binary, connection state recovery. It knows nothing of presence.
//
//   rollcall::Server server({.listen = "127.0.0.1:3000"});
//   server.of("/chat").on("hello", [](rollcall::Socket& socket, const rollcall::Payload& payload,
//   rollcall::Ack ack) {
//     socket.to("room").emit("hello", payload);
//     ack({R"("fine")"});
//   });
//   if (auto opened = server.open(); !opened) { ... opened.error() says why ... }
//   server.run();
//
// Threads: with one worker (the default) everything is called on the thread that runs `run()`, handlers
// too; from another thread use `Server::post`. With several, each socket belongs to one of them and its
// handlers are called on that worker's thread, those of different sockets at the same time: what they share
// is yours to guard. Broadcasts (`emit` of a Namespace or an Emitter) may be made from any thread, reach
// the sockets of all workers, and reach every socket in the same order. A Socket& is valid inside the
// handler that got it; keep a SocketRef for later, and use it on the thread it came from.
//
// Arguments travel as JSON text, comma-joined ("1,\"two\",{\"three\":3}"), and pass through byte by
// byte; `{"_placeholder":true,"num":N}` in them stands for attachment N. What emits or acknowledges throws
// std::invalid_argument, and sends nothing, if the arguments are no JSON in UTF-8 (or nested deeper than 64),
// if attachments are too many or missing, or if socket.io keeps the event's name for itself ("connect",
// "disconnect", ...): clients close their connection on any of these.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rollcall/end_reason.hpp"
#include "rollcall/http.hpp"
#include "rollcall/result.hpp"
#include "rollcall/room.hpp"
#include "rollcall/time.hpp"

namespace rollcall {

class Socket;
class Namespace;

struct Payload {
  std::string args;                      // JSON values, comma-joined
  std::vector<std::string> attachments;  // at most 10, what clients accept
  // The rest is known to be right, as in what a handler gets, and is not looked at before it is sent. Clear
  // it in a copy that you change.
  bool verified = false;
};

// The HTTP request that opened the connection, in one block of memory: there is one for every connection.
class Handshake {
 public:
  using Headers = std::vector<std::pair<std::string, std::string>>;

  Handshake() = default;
  // `headers`: names in lower case.
  Handshake(std::string_view address, bool secure, std::string_view query, const Headers& headers,
            bool address_certain = true);

  // Of the client: of the peer, or what a trusted proxy says of it.
  std::string_view address() const { return field(0); }
  // False: many may share the address. It is that of a proxy that ServerOptions::trusted_proxies does not
  // name, or a private one that no trusted proxy vouches for.
  bool address_certain() const { return address_certain_; }
  bool secure() const { return secure_; }
  std::size_t bytes() const { return fields_.size(); }  // that it takes
  std::string_view query() const { return field(1); }   // raw, after the '?'
  Headers headers() const;

  std::optional<std::string> header(std::string_view lower_name) const;
  std::optional<std::string> query_parameter(std::string_view name) const;
  std::optional<std::string> cookie(std::string_view name) const;

 private:
  std::string_view field(std::size_t index) const;

  // Address, query, then names and values in turn, each behind its length.
  std::string fields_;
  bool secure_ = false;
  bool address_certain_ = true;
};

// A socket to be found again later: null once it has disconnected.
class SocketRef {
 public:
  SocketRef() = default;
  SocketRef(Namespace* owner, std::uint32_t slot, std::uint32_t generation)
      : owner_(owner), slot_(slot), generation_(generation) {}
  Socket* get() const;

 private:
  Namespace* owner_ = nullptr;
  std::uint32_t slot_ = 0;
  std::uint32_t generation_ = 0;
};

// Answers an event. False if the sender asked for no acknowledgement; calls after the first do nothing.
class Ack {
 public:
  Ack() = default;
  Ack(SocketRef socket, std::uint64_t id) : socket_(socket), id_(id) {}
  explicit operator bool() const { return id_.has_value(); }
  void operator()(const Payload& payload);

 private:
  SocketRef socket_;
  std::optional<std::uint64_t> id_;
};

// Chooses receivers, then emits: `to(a).to(b).except(c).emit(...)`. No room: everyone in the namespace.
// A plain name means the application's room of that name and the user with that id; a Room, that room alone:
// `to(Room::socket(id))` is one socket.
class Emitter {
 public:
  explicit Emitter(Namespace& target) : target_(&target) {}
  Emitter& to(std::string_view name);
  Emitter& to(Room room);
  Emitter& except(std::string_view name);
  Emitter& except(Room room);
  // These say what a client gets that recovers its session; by default every event that it has missed.
  // Nothing: it can ask for that again.
  Emitter& transient();
  // Nothing, and the event is dropped where the transport cannot take it now.
  Emitter& volatile_();
  // Events of one subject tell of two states in turn (online, offline): the newest, if it is another one than
  // that which the client has seen last.
  Emitter& edge_of(std::string subject);
  // Of the missed events of one subject the newest, whatever was seen: edges among them do not cancel out.
  Emitter& newest_of(std::string subject);
  void emit(std::string_view event, const Payload& payload) const&;
  void emit(std::string_view event, const Payload& payload) &&;

 private:
  friend class Namespace;
  Namespace* target_;
  std::vector<RoomKey> rooms_;
  std::vector<RoomKey> except_;
  enum class Kept : unsigned char { every, edge, newest, none, none_volatile };
  Kept kept_ = Kept::every;
  std::string subject_;
};

struct AckTimeout {};
using AckHandler = std::function<void(Result<Payload, AckTimeout>)>;

class Socket {
 public:
  virtual ~Socket() = default;
  virtual std::string_view id() const = 0;
  virtual Namespace& nsp() = 0;
  virtual const Handshake& handshake() const = 0;
  // What the client passed as `auth`, a JSON object; "{}" if nothing. Only until it is connected.
  virtual const std::string& auth() const = 0;
  virtual const char* transport() const = 0;
  // When its transport last proved to work: the last pong, or the opening, to about a ping's lateness.
  virtual Instant last_heard() const = 0;
  virtual bool connected() const = 0;
  // True if this is an earlier session going on: same id, same rooms, missed events delivered.
  virtual bool recovered() const = 0;
  virtual SocketRef ref() = 0;

  // A room of any kind but a socket's. Whether that made a difference: false if the socket was in the room
  // already; if it was not.
  virtual bool join(Room room) = 0;
  virtual bool leave(Room room) = 0;
  // The application's room of that name.
  bool join(std::string_view name) { return join(Room::application(name)); }
  bool leave(std::string_view name) { return leave(Room::application(name)); }
  // Once it is connected, Room::socket(id()) is among them.
  virtual std::vector<RoomKey> rooms() const = 0;

  virtual void emit(std::string_view event, const Payload& payload) = 0;
  // Not kept for recovery: for what the client can ask for again.
  virtual void emit_transient(std::string_view event, const Payload& payload) = 0;
  virtual void emit_with_ack(std::string_view event, const Payload& payload, milliseconds timeout,
                             AckHandler handler) = 0;
  // Everyone else in the room, or in the namespace.
  Emitter to(std::string_view name);
  Emitter to(Room room);
  virtual Emitter broadcast() = 0;

  // Leaves the namespace: the client reports "io server disconnect" and does not come back by itself.
  virtual void disconnect(bool close_transport = false) = 0;
  // Closes the connection, all its namespaces: the client reports "transport close" and reconnects.
  virtual void close_transport() = 0;

  // Who this is, for recovery: only a socket with the same owner may take a session over. Set it in a
  // middleware; without an owner the secret session id alone decides.
  virtual std::string_view owner() const = 0;
  virtual void set_owner(std::string_view owner) = 0;

  std::shared_ptr<void> data;  // the application's
};

struct ConnectError {
  std::string message;
  std::string data_json;  // empty = none; passed on as it stands, if it is JSON
};
// Passes the connection on, or refuses it. May be called later, but on the server's thread.
using Next = std::function<void(std::optional<ConnectError>)>;
using Middleware = std::function<void(Socket&, Next)>;
using ConnectionHandler = std::function<void(Socket&)>;
using EventHandler = std::function<void(Socket&, const Payload&, Ack)>;
using AnyEventHandler = std::function<void(Socket&, std::string_view event, const Payload&, Ack)>;
using EndHandler = std::function<void(Socket&, EndReason)>;
using DisconnectHandler = std::function<void(Socket&, std::string_view reason)>;

class Namespace {
 public:
  virtual ~Namespace() = default;
  virtual const std::string& name() const = 0;

  // Set these up before the server runs. Middleware runs in order, for every connection, recovered ones too.
  virtual Namespace& use(Middleware middleware) = 0;
  virtual Namespace& on_connection(ConnectionHandler handler) = 0;
  virtual Namespace& on(std::string event, EventHandler handler) = 0;
  // Events that no `on` takes.
  virtual Namespace& on_any(AnyEventHandler handler) = 0;
  // Not called for sockets that a middleware refused.
  virtual Namespace& on_end(EndHandler handler) = 0;
  // The same, with the reason as text.
  Namespace& on_disconnect(DisconnectHandler handler);

  virtual void emit(std::string_view event, const Payload& payload) = 0;
  Emitter to(std::string_view name);
  Emitter to(Room room);
  Emitter except(std::string_view name);
  Emitter except(Room room);
  virtual std::size_t size() const = 0;  // connected sockets, of all workers
  // These cover one worker's sockets. `socket.nsp()` and Server::of(name, worker) belong to a worker: call
  // them on its thread. Server::of(name) answers for the worker that runs on the calling thread. Plain names
  // as Emitter takes them.
  std::size_t size(std::string_view name) const { return sockets(name).size(); }
  virtual std::size_t size(Room room) const = 0;
  std::vector<SocketRef> sockets(std::string_view name) const;
  std::vector<SocketRef> sockets(Room room) const;

 protected:
  friend class Emitter;
  friend class SocketRef;
  friend class Ack;
  virtual std::vector<SocketRef> members(const std::vector<RoomKey>& rooms) const = 0;
  virtual void publish(Emitter to, std::string_view event, const Payload& payload) = 0;
  virtual Socket* find(std::uint32_t slot, std::uint32_t generation) = 0;
  virtual void acknowledge(Socket& socket, std::uint64_t id, const Payload& payload) = 0;
  static std::vector<RoomKey>& rooms_of(Emitter& e) { return e.rooms_; }
  static std::vector<RoomKey>& except_of(Emitter& e) { return e.except_; }
  using Kept = Emitter::Kept;
  static Kept kept_of(const Emitter& e) { return e.kept_; }
  static std::string& subject_of(Emitter& e) { return e.subject_; }
};

struct ServerOptions {
  // HOST:PORT, or a comma-separated list: "0.0.0.0:3000,[::]:3000". [::] is IPv6 alone, and is left out,
  // beside others, where there is none. Port 0 picks a free one, the same for all that have it.
  std::string listen = "127.0.0.1:3000";
  unsigned workers = 1;   // event loops, each on its thread, at most 1024; 0 = one a core
  bool io_uring = false;  // for sending, where the kernel allows it
  std::string path = "/socket.io/";
  milliseconds ping_interval{25000};
  milliseconds ping_timeout{20000};
  milliseconds upgrade_timeout{10000};
  milliseconds connect_timeout{45000};
  milliseconds hung_after{5000};  // a worker whose turn takes longer is given no new connections meanwhile
  std::size_t max_payload_bytes = 1'000'000;
  bool polling = true;
  bool websocket = true;
  milliseconds recovery{0};  // connection state recovery for this long; 0 = off
  std::size_t backlog_bytes = 1 << 20;
  std::size_t header_bytes = 16 * 1024;
  // Names, in lower case, of the headers that Handshake keeps; all if not set. Browsers send a kilobyte.
  std::optional<std::vector<std::string>> kept_headers;
  // The same for the cookies in a kept Cookie header, and for the parameters of the query.
  std::optional<std::vector<std::string>> kept_cookies;
  std::optional<std::vector<std::string>> kept_parameters;
  // Proxies whose X-Forwarded-For or Forwarded says where a client is: addresses ("192.0.2.1") and networks
  // ("10.0.0.0/8"). Anything else is a bug of the caller.
  std::vector<std::string> trusted_proxies;
  std::size_t per_address = 0;  // sessions of one client address (IPv6: /64) at a time; 0 = no limit
  // Sessions that have joined no namespace yet, at a time: beyond it the oldest are closed; 0 = no limit.
  std::size_t pending_sessions = 20'000;
  // Of the process. Above it newcomers are refused with 503. 0: four fifths of what the machine, the cgroup
  // or RLIMIT_AS allows.
  std::size_t memory_bytes = 0;
  // What may be buffered of requests and messages that have not come whole, of all senders together that have
  // joined no namespace and passed no HttpGuard. Beyond it, the oldest are given up with 503. 0: a
  // sixteenth of the memory budget.
  std::size_t unfinished_bytes = 0;
  std::vector<std::string> cors_origins;  // exact origins or "*"; none = same origin only
  bool cors_credentials = false;
  std::string tls_cert, tls_key;  // PEM files
};

struct TransportCounts {
  std::size_t polling = 0;
  std::size_t websocket = 0;
};

class Server {
 public:
  explicit Server(ServerOptions options);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // The namespace, made at its first mention, which must come before `run`. Clients get "Invalid
  // namespace" for all others.
  Namespace& of(const std::string& name);
  // The part of it on one worker, from 0: its rooms are that worker's. What it emits reaches all workers.
  Namespace& of(const std::string& name, unsigned worker);
  // Answers requests of this method to paths that match: "/a/b" exactly, "{name}" any one segment that is
  // not empty. An exact path comes before patterns, and of those the one that was given first. GET answers
  // HEAD, too. Other methods get 405 with Allow, other paths 404. Before the server runs.
  void handle_http(std::string_view method, std::string_view pattern, HttpHandler handler,
                   HttpGuard guard = nullptr);
  void handle_http(std::string_view method, std::string_view pattern, HttpPage page);
  void on_http_error(HttpErrorPage page);

  // Binds and listens. The error is a sentence for the operator.
  Result<Unit, std::string> open();
  std::string address() const;  // HOST:PORT in fact listened on, the first of them
  std::vector<std::string> addresses() const;
  Result<Unit, std::string> reload_tls();
  // Takes cors_origins, cors_credentials, backlog_bytes, header_bytes, trusted_proxies, per_address,
  // pending_sessions and memory_bytes from these options, for what comes from now on (backlog_bytes and
  // header_bytes: for new connections; per_address: what came while it was 0 is not counted); everything else
  // stays as it was. From any thread, one at a time.
  void reconfigure(const ServerOptions& options);
  // Until `stop`, or until a drain is over. Throws std::system_error if a thread cannot be started; no worker
  // runs then, and this server cannot be run again.
  void run();
  // From any thread.
  void stop();
  void post(std::function<void()> task);
  // Calls `task` once on the thread of every worker that still runs.
  void post_to_all(const std::function<void()>& task);
  // The same; `task` is told which worker runs it, for `of(name, worker)`.
  void post_to_all(const std::function<void(unsigned worker)>& task);
  // Stops accepting, closes every connection's transport (clients reconnect elsewhere) and ends `run`
  // when all are gone or `limit` has passed. From any thread.
  void drain(milliseconds limit);
  // `handler` is called on the first worker's thread. The signals are blocked for this thread and those it
  // starts from now on: call it before there are others.
  void on_signal(const std::vector<int>& signals, std::function<void(int)> handler);

  // From any thread.
  std::size_t connections() const;     // of any kind, those on their way to a worker among them
  TransportCounts transports() const;  // Engine.IO sessions
  bool draining() const;

  // On a worker's thread, as of the beginning of its turn.
  Instant now() const;
  WallTime wall_now() const;
  unsigned workers() const;
  bool uses_io_uring() const;
  // Calls `task` once on this thread's worker, not before `at`. Returns a handle whose destruction, on the
  // same thread, cancels it.
  std::shared_ptr<void> schedule(Instant at, std::function<void()> task);

  class Impl;
  Impl& impl() { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

// Engine.IO alone: messages without Socket.IO.
class EngineServer {
 public:
  using Send = std::function<void(std::string_view data, bool binary)>;
  using MessageHandler = std::function<void(std::string_view data, bool binary, const Send& send)>;
  EngineServer(ServerOptions options, MessageHandler on_message);
  ~EngineServer();
  Result<Unit, std::string> open();
  std::string address() const;
  void run();
  void stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rollcall
