#include "server/engine/engine_session.hpp"

#include "base/assert.hpp"
#include "server/engine/engine.hpp"
#include "server/engine/engine_answers.hpp"
#include "server/http/pipe.hpp"
#include "websocket/encoder.hpp"

namespace rollcall::server {

base::FrameRef message_frame(std::initializer_list<std::string_view> text) {
  ROLLCALL_ASSERT(text.size() <= 3);
  const auto part = [&](std::size_t i) { return i < text.size() ? text.begin()[i] : std::string_view(); };
  return websocket::make_frame(websocket::Opcode::text, {"4", part(0), part(1), part(2)});
}

base::FrameRef binary_frame(std::string_view bytes) {
  return websocket::make_frame(websocket::Opcode::binary, {bytes});
}

EngineSession::EngineSession(Engine& engine, std::string_view sid, engineio::Transport transport,
                             Handshake handshake, Instant opened)
    : engine_(engine),
      sid_(sid),
      machine_(engine.settings(), transport, opened),
      handshake_(std::move(handshake)) {}

EngineSession::~EngineSession() {
  give_back_place();
  for (Pipe* pipe : pipes_) {
    if (pipe) pipe->unbind();
  }
}

void EngineSession::attach(Pipe& pipe, PipeRole role) {
  place_of(role) = &pipe;
  pipe.bind(*this, role);
}

Pipe* EngineSession::detach(PipeRole role) {
  Pipe* pipe = std::exchange(place_of(role), nullptr);
  if (pipe) pipe->unbind();
  return pipe;
}

void EngineSession::set_known(bool known) {
  known_ = known;
  machine_.limit_silence(known);
  if (known) leave_strangers();
}

void EngineSession::leave_strangers() {
  if (Stranger* stranger = std::exchange(stranger_, nullptr)) engine_.forget(*stranger);
}

void EngineSession::give_back_place() {
  if (!std::exchange(counted_, false)) return;
  engine_.admission().remove_session(
      net::PeerAddress::parse(handshake_.address()).value_or(net::PeerAddress()));
}

// Carrying out the actions may cause another step, even of this session.
template <class Step>
std::invoke_result_t<Step, engineio::Session&, engineio::Actions&> EngineSession::drive(Step&& take) {
  struct AfterTheStep {
    EngineSession& session;
    ~AfterTheStep() {
      engineio::Actions& actions = session.engine_.actions_;
      if (!actions.none()) session.carry_out(actions);
      session.set_timer_or_reap(session.engine_.loop().now());
    }
  } after{*this};
  return take(machine_, engine_.actions_);
}

void EngineSession::send(base::FrameRef message) {
  if (machine_.sends_at_once()) {
    if (Pipe* pipe = websocket()) pipe->send(std::move(message));
    return;
  }
  drive([&](auto& machine, auto& out) { machine.keep(std::move(message), out); });
  if (machine_.transport() == engineio::Transport::polling) engine_.queue_flush(*this);
}

void EngineSession::send_text(std::string_view message) {
  send(message_frame({message}));
}

bool EngineSession::writable() const {
  return machine_.writable() && !(websocket() && websocket()->connection().congested());
}

Pipe* EngineSession::sender() const {
  return websocket() ? websocket() : engine_.posting_;
}

void EngineSession::count_refusal() {
  if (Pipe* pipe = sender()) pipe->count_refusal();
}

void EngineSession::count_service() {
  if (Pipe* pipe = sender()) pipe->count_service();
}

void EngineSession::close(engineio::CloseReason reason) {
  drive([&](auto& machine, auto& out) { machine.close(reason, out); });
}

void EngineSession::set_timer_or_reap(Instant now) {
  machine_.look(now);
  if (machine_.finished()) {
    engine_.loop().timers().disarm(*this);
    engine_.queue_reap(*this);
  } else if (!armed() || deadline() != machine_.deadline()) {
    engine_.loop().timers().arm(*this, machine_.deadline());
  }
}

void EngineSession::on_timer(Instant now) {
  drive([&](auto& machine, auto& out) { machine.tick(now, out); });
  if (machine_.transport() == engineio::Transport::polling) engine_.queue_flush(*this);
}

bool EngineSession::take_poll(Pipe& pipe) {
  const Instant now = engine_.loop().now();
  if (!drive([&](auto& machine, auto& out) { return machine.poll_arrived(now, out); })) return false;
  attach(pipe, PipeRole::poll);
  engine_.queue_flush(*this);
  return true;
}

bool EngineSession::take_post(Pipe& pipe) {
  const Instant now = engine_.loop().now();
  if (!drive([&](auto& machine, auto& out) { return machine.post_arrived(now, out); })) return false;
  attach(pipe, PipeRole::post);
  return true;
}

void EngineSession::end_post() {
  drive([](auto& machine, auto&) { machine.post_finished(); });
}

bool EngineSession::take_probe() {
  return drive([&](auto& machine, auto&) { return machine.probe_arrived(engine_.loop().now()); });
}

void EngineSession::take_probe_packet(const std::optional<engineio::Packet>& packet) {
  drive([&](auto& machine, auto& out) { machine.probe_packet(packet, out); });
}

engineio::Received EngineSession::receive(const std::optional<engineio::Packet>& packet) {
  return drive([&](auto& machine, auto& out) { return machine.receive(packet, engine_.loop().now(), out); });
}

void EngineSession::flush() {
  drive([](auto& machine, auto& out) { machine.flush(out); });
}

void EngineSession::lose(PipeRole role, PipeLoss loss) {
  using engineio::CloseReason;
  detach(role);
  drive([&](auto& machine, auto& out) {
    switch (role) {
      case PipeRole::none:
        break;
      case PipeRole::poll:
        machine.poll_lost(out);
        break;
      case PipeRole::post:
        machine.post_finished();
        break;
      case PipeRole::probe:
        machine.probe_lost();
        break;
      case PipeRole::transport:
        closed_by_client_ |= loss == PipeLoss::close_frame;
        machine.websocket_lost(
            loss == PipeLoss::overflow ? CloseReason::slow_consumer : CloseReason::transport_close, out);
        break;
    }
  });
}

void EngineSession::carry_out(engineio::Actions& actions) {
  using engineio::Actions;
  constexpr Actions::Kinds kForPolling =
      Actions::confirm_probe | Actions::answer_poll | Actions::close_probe | Actions::probe_becomes_transport;
  const engineio::CloseReason reason = actions.reason;
  const Actions::Kinds todo = actions.take();
  if (todo & kForPolling) {
    carry_out_for_polling(todo, std::move(actions.body), std::move(actions.waiting));
  }
  if (todo & Actions::send_ping) send_ping();
  if (todo & Actions::close_websocket) close_websocket(PipeRole::transport);
  if (todo & Actions::close) {
    close_reason_ = reason;
    leave_strangers();
    give_back_place();
    engine_.queue_reap(*this);
  }
}

void EngineSession::carry_out_for_polling(engineio::Actions::Kinds todo, std::string body,
                                          std::vector<base::FrameRef> waiting) {
  using engineio::Actions;
  if (todo & Actions::confirm_probe) {
    if (Pipe* pipe = place_of(PipeRole::probe)) pipe->send(engine_.control_frame("3probe"));
  }
  if (todo & Actions::answer_poll) {
    if (Pipe* pipe = detach(PipeRole::poll)) pipe->respond(poll_response(std::move(body)));
  }
  if (todo & Actions::close_probe) close_websocket(PipeRole::probe);
  if (todo & Actions::probe_becomes_transport) probe_becomes_transport(std::move(waiting));
}

void EngineSession::probe_becomes_transport(std::vector<base::FrameRef> waiting) {
  engine_.counters().subtract<Count::open>(engineio::Transport::polling);
  engine_.counters().add<Count::open>(engineio::Transport::websocket);
  engine_.counters().add(Count::upgraded);
  Pipe* pipe = detach(PipeRole::probe);
  if (!pipe) return;
  attach(*pipe, PipeRole::transport);
  for (base::FrameRef& frame : waiting) pipe->send(std::move(frame));
}

void EngineSession::send_ping() {
  base::FrameRef ping = engine_.control_frame("2");
  if (Pipe* pipe = websocket()) {
    pipe->send(std::move(ping));
  } else {
    send(std::move(ping));
  }
}

void EngineSession::close_websocket(PipeRole role) {
  if (Pipe* pipe = detach(role)) pipe->close_websocket(Pipe::kNormalClosure);
}

}  // namespace rollcall::server
