// The Engine.IO sessions of one worker: opens them, finds them by `sid`, joins their machines
// (engineio::Session) to connections (Pipe), and gives their messages to the layer above (EngineApp).
//
// Pipes call it by their port. One thread.
#pragma once

#include <algorithm>
#include <boost/unordered/unordered_flat_set.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engineio/session.hpp"
#include "http/request.hpp"
#include "http/response.hpp"
#include "net/loop.hpp"
#include "rollcall/server.hpp"
#include "server/engine/engine_session.hpp"
#include "server/engine/sid.hpp"
#include "server/engine/strangers.hpp"
#include "server/engine/upgrade_request.hpp"
#include "server/http/http_settings.hpp"
#include "server/http/pipe_port.hpp"
#include "server/shared/admission.hpp"
#include "server/shared/counters.hpp"
#include "server/shared/deadline.hpp"

namespace rollcall::server {

struct EngineApp {
  virtual std::unique_ptr<EngineSession> make_session(Engine& engine, std::string_view sid,
                                                      engineio::Transport transport, Handshake handshake,
                                                      Instant opened) = 0;
  virtual void on_message(EngineSession& session, std::string_view data, bool binary) = 0;
  virtual void on_close(EngineSession& session, engineio::CloseReason reason) = 0;
  virtual ~EngineApp() = default;
};

class Engine final : public PipePort {
 public:
  Engine(net::Loop& loop, const ServerOptions& options, const HttpSettings& http, EngineApp& app,
         SidScheme sids, Counters& counters, Admission& admission);
  ~Engine();

  // See Server::reconfigure.
  void reconfigure(const ServerOptions& options);

  const engineio::Settings& settings() const { return settings_; }
  net::Loop& loop() { return loop_; }
  Counters& counters() { return counters_; }
  std::size_t sessions() const { return sessions_.size(); }
  // From any thread: open sessions by transport.
  TransportCounts transports() const {
    return {counters_.value<Count::open>(engineio::Transport::polling),
            counters_.value<Count::open>(engineio::Transport::websocket)};
  }
  Admission& admission() { return admission_; }
  // The frame of a control packet. All pings share one.
  base::FrameRef control_frame(std::string_view packet);

  std::optional<WorkerIndex> other_owner(std::string_view sid) const override {
    return sids_.other_owner(sid);
  }
  void post_started(Pipe& pipe, const http::Request& head) override;
  std::optional<http::Response> refusal_of_body(const http::Request& head) override;
  std::size_t body_limit(const http::Request& head) override;
  void handle(Pipe& pipe, http::Request& request) override;
  void continue_post(Pipe& pipe, PostedPackets posted) override;
  void websocket_message(Pipe& pipe, std::string_view data, bool binary) override;
  void pipe_lost(Pipe& pipe, PipeLoss loss) override;

  // Also refuses new sessions: a client that returns on a kept-alive connection must go to another server.
  void close_all(engineio::CloseReason reason);

 private:
  friend class EngineSession;

  EngineSession* find(std::string_view sid);
  bool origin_allowed(const http::Request& request) const;
  void report_origin(const Pipe& pipe, const http::Request& request);
  engineio::RequestFacts facts_of(const http::Request& request, bool upgrade, const EngineSession* session,
                                  std::string_view transport, std::string_view version, bool has_sid) const;
  Admission::Client client_of(const Pipe& pipe, const http::Request& request) const;
  EngineSession* open_session(Pipe& pipe, const http::Request& request);
  EngineSession& keep(std::unique_ptr<EngineSession> session);
  void count_opened(engineio::Transport transport);
  // Creates the session for a Stranger opened by polling. Null for an unknown id.
  EngineSession* claim(std::string_view sid);
  EngineSession& claim(Stranger& stranger);
  // Closes sessions that did not join a namespace in time, or exceed the limit.
  void part_with_strangers(Instant now);
  milliseconds patience() const;
  void close(Stranger& stranger, engineio::CloseReason reason);
  void forget(Stranger& stranger);
  Admission::Entry admit(Pipe& pipe, const Admission::Client& client);
  void open_polling(Pipe& pipe, const http::Request& request);
  void open_websocket(Pipe& pipe, const http::Request& request, EngineSession* upgrading);
  void poll(Pipe& pipe, EngineSession& session);
  void post(Pipe& pipe, EngineSession& session, http::Request& request);
  void refuse(Pipe& pipe, engineio::Refusal refusal, bool upgrade);
  void queue_flush(EngineSession& session);
  void queue_reap(EngineSession& session);
  void end_of_turn();

  // Owns the sessions; indexed by the ids that they hold.
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view sid) const { return std::hash<std::string_view>{}(sid); }
    std::size_t operator()(const EngineSession* session) const { return (*this)(session->sid()); }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const EngineSession* a, const EngineSession* b) const { return a == b; }
    bool operator()(std::string_view sid, const EngineSession* session) const {
      return sid == session->sid();
    }
    bool operator()(const EngineSession* session, std::string_view sid) const {
      return sid == session->sid();
    }
  };

  net::Loop& loop_;
  Counters& counters_;
  EngineApp& app_;
  engineio::Settings settings_;
  const HttpSettings& http_;
  KeptOfHandshake kept_;
  Admission& admission_;
  SidScheme sids_;
  bool polling_;
  bool websocket_;
  milliseconds connect_timeout_;
  Strangers strangers_;
  Deadline strangers_timer_;
  boost::unordered_flat_set<EngineSession*, Hash, Equal> sessions_;
  engineio::Actions actions_;  // of the step in progress
  base::FrameRef ping_frame_;
  std::vector<EngineSession*> to_flush_;
  std::vector<EngineSession*> to_reap_;
  Pipe* posting_ = nullptr;  // the one whose POST is being handled
  bool end_of_turn_queued_ = false;
  bool closing_ = false;
};

}  // namespace rollcall::server
