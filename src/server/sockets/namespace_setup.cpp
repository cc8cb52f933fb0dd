#include "server/sockets/namespace_setup.hpp"

namespace rollcall::server {

Namespace& NamespaceSetup::use(Middleware middleware) {
  spec_.middleware.push_back(std::move(middleware));
  return *this;
}

Namespace& NamespaceSetup::on_connection(ConnectionHandler handler) {
  spec_.on_connection.push_back(std::move(handler));
  return *this;
}

Namespace& NamespaceSetup::on(std::string event, EventHandler handler) {
  spec_.handlers[std::move(event)] = std::move(handler);
  return *this;
}

Namespace& NamespaceSetup::on_any(AnyEventHandler handler) {
  spec_.on_any.push_back(std::move(handler));
  return *this;
}

Namespace& NamespaceSetup::on_end(EndHandler handler) {
  spec_.on_end.push_back(std::move(handler));
  return *this;
}

void NamespaceSetup::emit(std::string_view event, const Payload& payload) {
  Emitter(*this).emit(event, payload);
}

void limit_users(Namespace& nsp, UserLimit limit) {
  static_cast<NamespaceSetup&>(nsp).limit_users(std::move(limit));
}

}  // namespace rollcall::server
