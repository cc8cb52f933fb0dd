// The small value types of rollcall/server.hpp.
#include "base/varint.hpp"
#include "http/request.hpp"
#include "rollcall/server.hpp"

namespace rollcall {

Handshake::Handshake(std::string_view address, bool secure, std::string_view query, const Headers& headers,
                     bool address_certain)
    : secure_(secure), address_certain_(address_certain) {
  base::append_text(fields_, address);
  base::append_text(fields_, query);
  for (const auto& [name, value] : headers) {
    base::append_text(fields_, name);
    base::append_text(fields_, value);
  }
  fields_.shrink_to_fit();
}

std::string_view Handshake::field(std::size_t index) const {
  std::string_view rest = fields_;
  std::string_view found;
  for (std::size_t i = 0; i <= index && !rest.empty(); ++i) found = base::take_text(rest);
  return found;
}

Handshake::Headers Handshake::headers() const {
  Headers all;
  std::string_view rest = fields_;
  if (rest.empty()) return all;
  base::take_text(rest);
  base::take_text(rest);
  while (!rest.empty()) {
    std::string name(base::take_text(rest));
    all.emplace_back(std::move(name), base::take_text(rest));
  }
  return all;
}

std::optional<std::string> Handshake::header(std::string_view lower_name) const {
  for (auto& [name, value] : headers()) {
    if (name == lower_name) return std::move(value);
  }
  return std::nullopt;
}

std::optional<std::string> Handshake::query_parameter(std::string_view name) const {
  return http::query_parameter(query(), name);
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
  if (Socket* socket = socket_.get()) socket->nsp().acknowledge(*socket, *id_, payload);
  id_.reset();
}

Emitter& Emitter::to(std::string_view name) {
  return to(Room::application(name)).to(Room::user(name));
}

Emitter& Emitter::to(Room room) {
  rooms_.emplace_back(room);
  return *this;
}

Emitter& Emitter::except(std::string_view name) {
  return except(Room::application(name)).except(Room::user(name));
}

Emitter& Emitter::except(Room room) {
  except_.emplace_back(room);
  return *this;
}

Emitter& Emitter::transient() {
  kept_ = Kept::none;
  return *this;
}

Emitter& Emitter::volatile_() {
  kept_ = Kept::none_volatile;
  return *this;
}

Emitter& Emitter::edge_of(std::string subject) {
  kept_ = Kept::edge;
  subject_ = std::move(subject);
  return *this;
}

Emitter& Emitter::newest_of(std::string subject) {
  kept_ = Kept::newest;
  subject_ = std::move(subject);
  return *this;
}

void Emitter::emit(std::string_view event, const Payload& payload) const& {
  target_->publish(*this, event, payload);
}

void Emitter::emit(std::string_view event, const Payload& payload) && {
  target_->publish(std::move(*this), event, payload);
}

Emitter Socket::to(std::string_view name) {
  return std::move(broadcast().to(name));
}

Emitter Socket::to(Room room) {
  return std::move(broadcast().to(room));
}

Namespace& Namespace::on_disconnect(DisconnectHandler handler) {
  return on_end(
      [handler = std::move(handler)](Socket& socket, EndReason reason) { handler(socket, name_of(reason)); });
}

Emitter Namespace::to(std::string_view name) {
  return std::move(Emitter(*this).to(name));
}

Emitter Namespace::to(Room room) {
  return std::move(Emitter(*this).to(room));
}

Emitter Namespace::except(std::string_view name) {
  return std::move(Emitter(*this).except(name));
}

Emitter Namespace::except(Room room) {
  return std::move(Emitter(*this).except(room));
}

std::vector<SocketRef> Namespace::sockets(std::string_view name) const {
  return members({Room::application(name), Room::user(name)});
}

std::vector<SocketRef> Namespace::sockets(Room room) const {
  return members({room});
}

}  // namespace rollcall
