// One Engine.IO session on a worker: connects its machine (engineio::Session) to the connections that serve
// it. Owned by Engine.
//
// Every step of the machine goes through `drive`, which then carries out the machine's actions and sets the
// timer.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/frame.hpp"
#include "base/recent_count.hpp"
#include "base/short_text.hpp"
#include "base/timing_wheel.hpp"
#include "engineio/session.hpp"
#include "rollcall/server.hpp"
#include "server/http/pipe_port.hpp"

namespace rollcall::server {

class Engine;
class Stranger;

// The layer above derives from it to keep its own state in the same allocation.
class EngineSession : public base::Timer, public PipeSession {
 public:
  EngineSession(Engine& engine, std::string_view sid, engineio::Transport transport, Handshake handshake,
                Instant opened);
  ~EngineSession() override;

  std::string_view sid() const { return sid_; }
  const Handshake& handshake() const { return handshake_; }
  const engineio::Session& machine() const { return machine_; }

  // Messages for the client, in order.
  void send(base::FrameRef message);
  void send_text(std::string_view message);
  void close(engineio::CloseReason reason);
  // Whether volatile messages may be sent: a poll waits, or the websocket is not congested.
  bool writable() const;
  void set_known(bool known);
  // Called while a message is handled: its request was refused, or served. See Pipe::count_refusal.
  void count_refusal();
  void count_service();
  // Whether the client ended it explicitly, by a close frame or packet; otherwise the connection broke.
  bool closed_by_client() const { return closed_by_client_; }

 private:
  friend class Engine;

  // A step of the machine: `take(machine, actions)`.
  template <class Step>
  std::invoke_result_t<Step, engineio::Session&, engineio::Actions&> drive(Step&& take);
  void carry_out(engineio::Actions& actions);
  void carry_out_for_polling(engineio::Actions::Kinds todo, std::string body,
                             std::vector<base::FrameRef> waiting);
  void close_websocket(PipeRole role);
  void probe_becomes_transport(std::vector<base::FrameRef> waiting);
  void send_ping();
  void on_timer(Instant now) override;

  // Incoming requests. False: answer 400; the connection is not attached.
  bool take_poll(Pipe& pipe);
  bool take_post(Pipe& pipe);
  bool take_probe();
  void end_post();
  void take_probe_packet(const std::optional<engineio::Packet>& packet);
  engineio::Received receive(const std::optional<engineio::Packet>& packet);
  void lose(PipeRole role, PipeLoss loss);
  void flush();

  // Attaches a connection in that role, or detaches it. Null: there was none.
  void attach(Pipe& pipe, PipeRole role);
  Pipe* detach(PipeRole role);
  Pipe*& place_of(PipeRole role) { return pipes_[static_cast<std::size_t>(role) - 1]; }
  Pipe* websocket() const { return pipes_[static_cast<std::size_t>(PipeRole::transport) - 1]; }

  void leave_strangers();
  void give_back_place();  // among the sessions of its address
  Pipe* sender() const;    // the connection whose message is being handled
  // Sets the timer, or reports the end. Part of `drive`; also called for a session that begins.
  void set_timer_or_reap(Instant now);

  // Small members first, in the tail padding of base::Timer.
 protected:
  base::RecentCount connects_;  // CONNECTs: of the layer above

 private:
  Engine& engine_;
  base::ShortText<22> sid_;
  engineio::Session machine_;
  std::array<Pipe*, 4> pipes_{};  // its connections, by PipeRole
  Stranger* stranger_ = nullptr;  // null once it is known, or closed
  engineio::CloseReason close_reason_ = engineio::CloseReason::transport_close;
  bool flush_queued_ = false;
  bool reap_queued_ = false;
  bool close_reported_ = false;

 protected:
  std::uint8_t refused_connects_ = 0;  // in a row; belongs to the layer above, stored here in padding

 private:
  bool closed_by_client_ = false;
  bool counted_ = false;  // among the sessions of its address
  Handshake handshake_;
};

// Messages for clients. A text may be given in up to three parts.
base::FrameRef message_frame(std::initializer_list<std::string_view> text);
base::FrameRef binary_frame(std::string_view bytes);

}  // namespace rollcall::server
