// One worker's part of a namespace: its sockets and their rooms. NamespaceSpec holds what the parts share,
// and messages to several sockets go through the bus. Everything but emitting belongs to the worker's thread.
#pragma once

#include <boost/unordered/unordered_flat_set.hpp>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/frame.hpp"
#include "base/spare.hpp"
#include "net/loop.hpp"
#include "rollcall/server.hpp"
#include "server/shared/deadline.hpp"
#include "server/sockets/bus_port.hpp"
#include "server/sockets/namespace_setup.hpp"
#include "server/sockets/session_transfer.hpp"
#include "server/sockets/socket.hpp"
#include "socketio/client.hpp"
#include "socketio/rooms.hpp"

namespace rollcall::server {

struct Peer;

class NamespaceImpl final : public NamespaceSetup, public BroadcastReceiver {
 public:
  NamespaceImpl(NamespaceSpec& spec, BusPort& port);
  ~NamespaceImpl() override;

  using NamespaceSetup::size;
  std::size_t size(Room room) const override;
  std::vector<SocketRef> members(const std::vector<RoomKey>& rooms) const override;
  void publish(Emitter to, std::string_view event, const Payload& payload) override;

  // A CONNECT packet: runs the middleware, then accepts or refuses.
  void connect(Peer& peer, std::string auth_json);
  void receive(SocketImpl& socket, socketio::EventReceived& event);
  // The only way to end a socket: tells the client if it is still there and does not know, tells the
  // application, and parks or forgets the session.
  void leave(SocketImpl& socket, EndReason reason);

  void emit_to(SocketImpl& socket, std::string_view event, const Payload& payload);
  void emit_transient(SocketImpl& socket, std::string_view event, const Payload& payload);
  // Tells the client that it has everything up to that number.
  void send_mark(SocketImpl& socket, std::uint64_t number);
  void emit_with_id(SocketImpl& socket, std::string_view event, const Payload& payload, std::uint64_t ack_id);
  socketio::Rooms& rooms() { return rooms_; }
  BusPort& port() { return port_; }
  net::Loop& loop() { return port_.loop(); }
  void acknowledge(Socket& socket, std::uint64_t id, const Payload& payload) override;
  NamespaceIndex index() const { return spec_.index; }
  template <class Use>
  void each_connected(Use&& use) const {
    for (SocketImpl* socket : connected_) use(*socket);
  }

  // From the bus, to the sockets here.
  void deliver(const Broadcast& broadcast) override;
  void drop_parked(std::uint32_t slot, std::uint32_t generation) override;

 protected:
  Socket* find(std::uint32_t slot, std::uint32_t generation) override;

 private:
  struct Slot {
    std::unique_ptr<SocketImpl> socket;
    std::uint32_t generation = 0;
  };

  // Sockets by id, which is also a room of their own (Room::socket).
  struct IdHash {
    using is_transparent = void;
    const std::vector<Slot>* slots;
    std::size_t operator()(std::string_view id) const { return std::hash<std::string_view>{}(id); }
    std::size_t operator()(std::uint32_t slot) const { return (*this)((*slots)[slot].socket->id()); }
  };
  struct IdEqual {
    using is_transparent = void;
    const std::vector<Slot>* slots;
    bool operator()(std::uint32_t a, std::uint32_t b) const { return a == b; }
    bool operator()(std::string_view id, std::uint32_t slot) const {
      return id == (*slots)[slot].socket->id();
    }
    bool operator()(std::uint32_t slot, std::string_view id) const { return (*this)(id, slot); }
  };

  template <class Use>
  void each_receiver(const socketio::Message& message, Use&& use);
  // Sets `out` to the members of the rooms, each once.
  void find_members(std::span<const RoomKey> rooms, std::vector<std::uint32_t>& out) const;
  SocketImpl& make_socket(Peer& peer, std::string auth_json);
  void free_slot(std::uint32_t slot);
  void run_middleware(SocketRef ref, std::size_t index);
  void refuse(SocketImpl& socket, const ConnectError& error);
  // The middleware admitted it: connects it, with the session that it asks for if it may have that.
  void accept(SocketImpl& socket);
  std::optional<RecoveryTicket> ticket_of(const SocketImpl& socket) const;
  void fetch(SocketImpl& socket, SessionPlace place, RecoveryTicket ticket);
  // Takes the session that a socket asks for from the socket in that slot; `end_predecessor` must follow.
  struct Claim {
    std::string pid;
    std::string owner;
    bool connected_only = false;  // not a parked one
    bool from_other_worker = false;
  };
  static Claim claim_of(const SocketImpl& socket, const RecoveryTicket& ticket, bool from_other_worker);
  std::optional<SessionTransfer> release(std::uint32_t slot, const Claim& claim);
  void supersede(SocketImpl& socket);
  void end_predecessor(const SessionTransfer& session);
  void let_in(SocketImpl& socket, const std::optional<SessionTransfer>& session,
              const std::optional<std::string>& offset);
  std::optional<Bus::Missed> resume(SocketImpl& socket, const SessionTransfer& session,
                                    const std::optional<std::string>& offset);
  void begin_session(SocketImpl& socket);
  void send_missed(SocketImpl& socket, const Bus::Missed& missed);
  void park(SocketImpl& socket, bool closed_by_client);
  socketio::ParkPlace park_place(const SocketImpl& socket) const;
  void forget_pid(const SocketImpl& socket);
  void free_slot_later(std::uint32_t slot);
  void tell_ended(SocketImpl& socket, EndReason reason);
  void enter(SocketImpl& socket);
  void take_out(SocketImpl& socket);
  Peer& part(SocketImpl& socket, EndReason reason);
  void send(SocketImpl& socket, const socketio::Message& message);
  void send(SocketImpl& socket, base::FrameRef text, std::span<const std::string> attachments);

  BusPort& port_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::vector<SocketImpl*> connected_;
  boost::unordered_flat_set<std::uint32_t, IdHash, IdEqual> by_id_{0, IdHash{&slots_}, IdEqual{&slots_}};
  socketio::Rooms rooms_;                                        // all but those of kind socket
  std::map<std::uint32_t, std::unique_ptr<Deadline>> fetching_;  // slots waiting for another worker
  base::Spare<std::string> spare_args_, spare_ack_begin_;
  base::Spare<std::vector<std::uint32_t>> spare_receivers_, spare_excluded_;
};

}  // namespace rollcall::server
