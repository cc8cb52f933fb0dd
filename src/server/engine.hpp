// The Engine.IO sessions of one event loop: opens them, finds them by `sid`, joins their machines
// (engineio::Session) to connections (Pipe), and gives their messages to the layer above (EngineApp).
//
// Called by Pipe with complete HTTP requests and WebSocket messages. One thread.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/frame.hpp"
#include "base/timing_wheel.hpp"
#include "engineio/session.hpp"
#include "http/cors.hpp"
#include "http/request.hpp"
#include "net/loop.hpp"
#include "rollcall/server.hpp"
#include "websocket/decoder.hpp"

namespace rollcall::server {

class Engine;
class Pipe;

// What the layer above keeps with a session.
struct EngineAppState {
  virtual ~EngineAppState() = default;
};

class EngineSession final : public engineio::SessionIo, public base::Timer {
 public:
  EngineSession(Engine& engine, std::string sid, engineio::Transport transport, Handshake handshake);
  ~EngineSession();

  const std::string& sid() const { return sid_; }
  const Handshake& handshake() const { return handshake_; }
  engineio::Session& machine() { return machine_; }

  // Messages for the client, in order.
  void send(base::FrameRef message);
  void send_text(std::string_view message);
  void close(engineio::CloseReason reason);

  std::unique_ptr<EngineAppState> app_state;

 private:
  friend class Engine;
  friend class Pipe;

  void answer_poll(std::string body) override;
  base::FrameRef text_frame(std::string_view packet) override;
  void send_websocket(base::FrameRef frame) override;
  void send_probe(base::FrameRef frame) override;
  void close_probe() override;
  void probe_becomes_transport() override;
  void close_websocket() override;
  void closed(engineio::CloseReason reason) override;
  void on_timer(Instant now) override;

  // After anything that may have moved the next deadline, or ended the session.
  void settle();

  Engine& engine_;
  std::string sid_;
  engineio::Session machine_;
  Pipe* poll_ = nullptr;  // the connection whose GET waits
  Pipe* post_ = nullptr;  // the connection whose POST is being read
  Pipe* probe_ = nullptr;
  Pipe* websocket_ = nullptr;
  engineio::CloseReason close_reason_ = engineio::CloseReason::transport_close;
  bool flush_queued_ = false;
  bool reap_queued_ = false;
  bool close_reported_ = false;
  Handshake handshake_;
};

struct EngineApp {
  virtual void on_open(EngineSession& session) = 0;
  virtual void on_message(EngineSession& session, std::string_view data, bool binary) = 0;
  virtual void on_close(EngineSession& session, engineio::CloseReason reason) = 0;

 protected:
  ~EngineApp() = default;
};

base::FrameRef message_frame(std::string_view text);
base::FrameRef binary_frame(std::string_view bytes);

class Engine {
 public:
  Engine(net::Loop& loop, const ServerOptions& options, EngineApp& app);
  ~Engine();

  const std::string& path() const { return path_; }
  const http::CorsPolicy& cors() const { return cors_; }
  const engineio::Settings& settings() const { return settings_; }
  net::Loop& loop() { return loop_; }
  std::size_t sessions() const { return sessions_.size(); }

  // A request to the Engine.IO path. `post_started` as soon as the header of a POST is there, then
  // `handle` when the request is complete; the pipe is answered now or later, exactly once.
  void post_started(Pipe& pipe, const http::Request& head);
  void handle(Pipe& pipe, const http::Request& request);
  // A message from a websocket that carries or probes a session.
  void websocket_message(Pipe& pipe, std::string_view data, bool binary);
  // The connection is gone, or its websocket is.
  void pipe_lost(Pipe& pipe, engineio::CloseReason reason = engineio::CloseReason::transport_close);

  void close_all(engineio::CloseReason reason);

 private:
  friend class EngineSession;

  EngineSession* find(std::string_view sid);
  bool origin_allowed(const http::Request& request) const;
  engineio::RequestFacts facts_of(const http::Request& request, bool upgrade, const EngineSession* session,
                                  std::string_view transport, std::string_view version, bool has_sid) const;
  EngineSession& open(engineio::Transport transport, const Pipe& pipe, const http::Request& request);
  void open_polling(Pipe& pipe, const http::Request& request);
  void open_websocket(Pipe& pipe, const http::Request& request, EngineSession* upgrading);
  void poll(Pipe& pipe, EngineSession& session);
  void post(Pipe& pipe, EngineSession& session, const http::Request& request);
  void refuse(Pipe& pipe, engineio::Refusal refusal, bool upgrade);
  void queue_flush(EngineSession& session);
  void queue_reap(EngineSession& session);
  void end_of_turn();

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  net::Loop& loop_;
  EngineApp& app_;
  engineio::Settings settings_;
  std::string path_;
  http::CorsPolicy cors_;
  bool polling_;
  bool websocket_;
  boost::unordered_flat_map<std::string, std::unique_ptr<EngineSession>, Hash, std::equal_to<>> sessions_;
  std::vector<EngineSession*> to_flush_;
  std::vector<EngineSession*> to_reap_;
  bool end_of_turn_queued_ = false;
};

}  // namespace rollcall::server
