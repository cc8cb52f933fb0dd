// The Socket.IO state of one Engine.IO session: which namespaces it has joined, and the attachments it
// still owes. Messages in, what they mean out; a Fault closes the connection. Driven by
// server::SocketServer (Socket.IO protocol, revision 5).
//
// Bounds: kMaxNamespaces, and the attachments of one packet together. Heap memory is held only for the
// namespaces, and while attachments are due. Not thread-safe.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "socketio/packet.hpp"

namespace rollcall::socketio {

// The views point into the text that was given to the client; where attachments followed it, into `kept`.
struct ConnectRequested {
  std::string_view nsp;
  std::string_view auth_json;  // an object, or empty
};
struct EventReceived {
  std::string_view name() const { return unescaped_name.empty() ? plain_name : unescaped_name; }

  std::string_view nsp;
  std::string_view plain_name;
  std::string unescaped_name;  // if it has escapes
  std::string_view args_json;  // raw, comma-joined, without the name
  std::optional<std::uint64_t> ack_id;
  bool named = true;  // false for a packet without JSON
  std::vector<std::string> attachments;
  std::shared_ptr<const std::string> kept;
};
struct AckReceived {
  std::string_view nsp;
  std::uint64_t id = 0;
  std::string_view args_json;
  std::vector<std::string> attachments;
  std::shared_ptr<const std::string> kept;
};
struct DisconnectReceived {
  std::string_view nsp;
};
using Incoming = std::variant<ConnectRequested, EventReceived, AckReceived, DisconnectReceived>;

class Client {
 public:
  static constexpr std::size_t kMaxNamespaces = 100;

  // nullopt: nothing to do (yet).
  Result<std::optional<Incoming>, Fault> on_text(std::string_view text);
  // `max_bytes`: of all attachments of a packet together.
  Result<std::optional<Incoming>, Fault> on_binary(std::string_view bytes, std::size_t max_bytes);

  // What became of a ConnectRequested, which is pending until then.
  void accept(std::string_view nsp);
  void refuse(std::string_view nsp);
  // The server has left the namespace. What the client sent before it knew is ignored, not a fault.
  void disconnected(std::string_view nsp);

  bool connected(std::string_view nsp) const;

 private:
  enum class State : unsigned char { pending, connected, left };
  struct Membership {
    std::string nsp;
    State state;
  };
  struct Partial {
    std::shared_ptr<const std::string> text;
    std::vector<std::string> attachments;
    std::uint32_t due = 0;
    std::size_t bytes = 0;
  };

  const Membership* find(std::string_view nsp) const;
  Result<std::optional<Incoming>, Fault> take_connect(const Packet& packet);
  Result<std::optional<Incoming>, Fault> take_disconnect(const Packet& packet);
  Result<std::optional<Incoming>, Fault> take_message(const Packet& packet, std::string_view text);
  std::optional<Incoming> message_of(const Packet& packet, std::unique_ptr<Partial> partial) const;
  void set(std::string_view nsp, State state);

  std::vector<Membership> memberships_;
  std::unique_ptr<Partial> partial_;
};

}  // namespace rollcall::socketio
