// The small value types of rollcall/server.hpp.
#include "http/request.hpp"
#include "rollcall/server.hpp"

namespace rollcall {

std::optional<std::string> Handshake::header(std::string_view lower_name) const {
  for (const auto& [name, value] : headers) {
    if (name == lower_name) return value;
  }
  return std::nullopt;
}

std::optional<std::string> Handshake::query_parameter(std::string_view name) const {
  return http::query_parameter(query, name);
}

std::optional<std::string> Handshake::cookie(std::string_view name) const {
  const auto cookies = header("cookie");
  return cookies ? http::cookie(*cookies, name) : std::nullopt;
}

Socket* SocketRef::get() const {
  return owner_ ? owner_->find(slot_, generation_) : nullptr;
}

void Ack::operator()(const Payload& payload) {
  if (!id_) return;
  const std::uint64_t id = *id_;
  id_.reset();
  if (Socket* socket = socket_.get()) socket->nsp().acknowledge(*socket, id, payload);
}

Emitter& Emitter::to(std::string room) {
  rooms_.push_back(std::move(room));
  return *this;
}

Emitter& Emitter::except(std::string room) {
  except_.push_back(std::move(room));
  return *this;
}

Emitter& Emitter::volatile_() {
  volatile_flag_ = true;
  return *this;
}

void Emitter::emit(std::string_view event, const Payload& payload) const {
  target_->publish(*this, event, payload);
}

}  // namespace rollcall
