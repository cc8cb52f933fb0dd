#include "server/engine_session.hpp"

#include "base/assert.hpp"
#include "server/answers.hpp"
#include "server/engine.hpp"
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
  for (Pipe* pipe : {poll_, post_, probe_, websocket_}) {
    if (!pipe) continue;
    pipe->session = nullptr;
    pipe->role = Pipe::Role::none;
  }
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
  return machine_.writable() && !(websocket_ && websocket_->connection().congested());
}

Pipe* EngineSession::sender() const {
  return websocket_ ? websocket_ : engine_.posting_;
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
  Pipe* pipe = std::exchange(poll_, nullptr);
  if (!pipe) return;
  pipe->session = nullptr;
  pipe->role = Pipe::Role::none;
  pipe->respond(poll_response(std::move(body)));
}

base::FrameRef EngineSession::text_frame(std::string_view packet) {
  return engine_.control_frame(packet);
}

void EngineSession::send_websocket(base::FrameRef frame) {
  if (websocket_) websocket_->send(std::move(frame));
}

void EngineSession::send_probe(base::FrameRef frame) {
  if (probe_) probe_->send(std::move(frame));
}

void EngineSession::close_probe() {
  Pipe* pipe = std::exchange(probe_, nullptr);
  if (!pipe) return;
  pipe->session = nullptr;
  pipe->role = Pipe::Role::none;
  pipe->close_websocket(1000);
}

void EngineSession::probe_becomes_transport() {
  engine_.counters().subtract<Count::open>(engineio::Transport::polling);
  engine_.counters().add<Count::open>(engineio::Transport::websocket);
  engine_.counters().add(Count::upgraded);
  websocket_ = std::exchange(probe_, nullptr);
  websocket_->role = Pipe::Role::transport;
}

void EngineSession::close_websocket() {
  Pipe* pipe = std::exchange(websocket_, nullptr);
  if (!pipe) return;
  pipe->session = nullptr;
  pipe->role = Pipe::Role::none;
  pipe->close_websocket(1000);
}

void EngineSession::closed(engineio::CloseReason reason) {
  close_reason_ = reason;
  leave_strangers();
  engine_.queue_reap(*this);
}

}  // namespace rollcall::server
