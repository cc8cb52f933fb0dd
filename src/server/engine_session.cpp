#include "server/engine_session.hpp"

#include "base/assert.hpp"
#include "server/engine.hpp"
#include "server/engine_answers.hpp"
#include "server/pipe.hpp"
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
      machine_(*this, engine.settings(), transport, opened),
      handshake_(std::move(handshake)) {}

EngineSession::~EngineSession() {
  if (counted_) {
    engine_.admission().remove_session(
        net::PeerAddress::parse(handshake_.address()).value_or(net::PeerAddress()));
  }
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

void EngineSession::send(base::FrameRef message) {
  machine_.send(std::move(message));
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
  machine_.close(reason);
  settle();
}

void EngineSession::settle() {
  machine_.look(engine_.loop().now());
  if (machine_.finished()) {
    engine_.loop().timers().disarm(*this);
    engine_.queue_reap(*this);
  } else if (!armed() || deadline() != machine_.deadline()) {
    engine_.loop().timers().arm(*this, machine_.deadline());
  }
}

void EngineSession::on_timer(Instant now) {
  machine_.tick(now);
  if (machine_.transport() == engineio::Transport::polling) engine_.queue_flush(*this);
  settle();
}

void EngineSession::answer_poll(std::string body) {
  if (Pipe* pipe = detach(PipeRole::poll)) pipe->respond(poll_response(std::move(body)));
}

base::FrameRef EngineSession::text_frame(std::string_view packet) {
  return engine_.control_frame(packet);
}

void EngineSession::send_websocket(base::FrameRef frame) {
  if (Pipe* pipe = websocket()) pipe->send(std::move(frame));
}

void EngineSession::send_probe(base::FrameRef frame) {
  if (Pipe* pipe = place_of(PipeRole::probe)) pipe->send(std::move(frame));
}

void EngineSession::close_probe() {
  if (Pipe* pipe = detach(PipeRole::probe)) pipe->close_websocket(Pipe::kNormalClosure);
}

void EngineSession::probe_becomes_transport() {
  engine_.counters().subtract_kind(Count::open, engineio::Transport::polling);
  engine_.counters().add_kind(Count::open, engineio::Transport::websocket);
  engine_.counters().add(Count::upgraded);
  attach(*detach(PipeRole::probe), PipeRole::transport);
}

void EngineSession::close_websocket() {
  if (Pipe* pipe = detach(PipeRole::transport)) pipe->close_websocket(Pipe::kNormalClosure);
}

void EngineSession::closed(engineio::CloseReason reason) {
  close_reason_ = reason;
  leave_strangers();
  engine_.queue_reap(*this);
}

}  // namespace rollcall::server
