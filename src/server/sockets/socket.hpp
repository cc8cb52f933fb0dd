// One client's membership of one namespace.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <memory>
#include <string>
#include <vector>

#include "base/compact_text.hpp"
#include "base/short_text.hpp"
#include "rollcall/server.hpp"
#include "server/shared/deadline.hpp"
#include "socketio/client.hpp"

namespace rollcall::server {

class NamespaceImpl;
struct Peer;

class SocketImpl final : public Socket {
 public:
  SocketImpl(NamespaceImpl& home, Peer& peer, std::uint32_t slot, std::uint32_t generation,
             std::string auth_json);

  std::string_view id() const override { return id_; }
  Namespace& nsp() override;
  const Handshake& handshake() const override;
  const std::string& auth() const override;
  std::string_view owner() const override { return owner_; }
  void set_owner(std::string_view owner) override { owner_ = base::CompactText(owner); }
  const char* transport() const override;
  Instant last_heard() const override;
  bool connected() const override { return state_ == State::connected; }
  bool recovered() const override { return recovered_; }
  SocketRef ref() override;
  using Socket::join;
  using Socket::leave;
  bool join(Room room) override;
  bool leave(Room room) override;
  std::vector<RoomKey> rooms() const override;
  void emit(std::string_view event, const Payload& payload) override;
  void emit_with_ack(std::string_view event, const Payload& payload, milliseconds timeout,
                     AckHandler handler) override;
  void emit_transient(std::string_view event, const Payload& payload) override;
  Emitter broadcast() override;
  void disconnect(bool close_transport) override;
  void close_transport() override;

  NamespaceImpl& home() { return home_; }
  Peer* peer() const { return peer_; }
  std::uint32_t slot() const { return slot_; }
  void take_ack(socketio::AckReceived& ack);
  void fail_acks();

  // Parked: its connection broke, and its client may resume it; for the application it is gone.
  enum class State : unsigned char { pending, connected, parked, gone };
  bool ended() const { return state_ >= State::parked; }

 private:
  friend class NamespaceImpl;
  static constexpr std::uint8_t kMaxVainReplays = 3;
  struct PendingAck {
    AckHandler handler;
    std::unique_ptr<Deadline> deadline;
  };
  struct PendingAcks {
    std::uint64_t next_id = 0;
    boost::unordered_flat_map<std::uint64_t, PendingAck> by_id;
  };
  void finish_ack(std::uint64_t id, Result<Payload, AckTimeout> result);

  NamespaceImpl& home_;
  Peer* peer_;  // null once gone
  base::ShortText<20> id_;
  base::ShortText<24> pid_;            // the secret for resuming the session
  std::unique_ptr<std::string> auth_;  // only until it is connected
  base::CompactText owner_;
  std::unique_ptr<PendingAcks> acks_;  // null until an acknowledgement is requested
  std::uint32_t slot_;
  std::uint32_t generation_;
  std::uint32_t connected_index_ = 0;
  State state_ = State::pending;
  bool recovered_ = false;
  bool wanted_recovery_ = false;
  bool must_take_over_ = false;    // see UserLimit
  std::uint8_t vain_replays_ = 0;  // in a row, without any confirmation by the client
  // The number after which its client may have missed something, if it has no later offset.
  std::uint64_t floor_ = 0;
};

}  // namespace rollcall::server
