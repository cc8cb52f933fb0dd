// Whatever a client does with its transports, and however its bytes are cut: nothing that either side sends
// is lost, doubled or put out of order.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <array>
#include <ostream>

#include "server/test_client.hpp"
#include "server/test_host.hpp"

namespace rollcall::server {

enum class Step { push, push_binary, send, receive, start_poll, upgrade };

struct Move {
  Step step;
  unsigned count;  // of messages
  unsigned cut;    // where its bytes are cut
};

std::ostream& operator<<(std::ostream& out, const Move& move) {
  static constexpr std::array kNames = {"push", "push binary", "send", "receive", "start poll", "upgrade"};
  return out << kNames[static_cast<std::size_t>(move.step)] << " x" << move.count << " cut " << move.cut;
}

namespace {

using namespace test;

rc::Gen<std::vector<Move>> moves() {
  using rc::gen::element;
  using rc::gen::inRange;
  const auto move = rc::gen::build<Move>(
      rc::gen::set(&Move::step, element(Step::push, Step::push_binary, Step::send, Step::send, Step::receive,
                                        Step::start_poll, Step::upgrade)),
      rc::gen::set(&Move::count, inRange(1U, 5U)), rc::gen::set(&Move::cut, inRange(1U, 400U)));
  return rc::gen::resize(25, rc::gen::container<std::vector<Move>>(move));
}

class World {
 public:
  explicit World(By transport) {
    host_.server.of("/")
        .on("up",
            [this](Socket& socket, const Payload& payload, Ack) {
              host_.notes.add(payload.args + (payload.attachments.empty() ? "" : payload.attachments[0]));
              if (up_++ % 3 == 0) push(socket, false);  // some are answered in their turn
            })
        .on("sync", [](Socket&, const Payload&, Ack ack) { ack({}); })
        .on_connection([this](Socket& socket) { socket_ = socket.ref(); });
    host_.start();
    client_.emplace(host_.address(), transport);
    RC_ASSERT(client_->connect().starts_with("40"));
  }

  void play(const Move& move) {
    switch (move.step) {
      case Step::push:
      case Step::push_binary:
        host_.call([&] {
          for (unsigned i = 0; i < move.count; ++i) push(*socket_.get(), move.step == Step::push_binary);
        });
        break;
      case Step::send:
        send(move);
        break;
      case Step::receive:
        sync();
        break;
      case Step::start_poll:
        client_->start_poll();
        break;
      case Step::upgrade:
        upgrade(move);
        break;
    }
  }
  void check() {
    if (upgrading_) client_->finish_upgrade();
    sync();
    const int pushed = host_.call([&] { return down_; });
    RC_ASSERT(static_cast<int>(received_.size()) == pushed);
    for (int i = 0; i < pushed; ++i) RC_ASSERT(received_[static_cast<std::size_t>(i)] == std::to_string(i));
    const auto heard = host_.notes.all();
    RC_ASSERT(static_cast<int>(heard.size()) == sent_);
    for (int i = 0; i < sent_; ++i) RC_ASSERT(heard[static_cast<std::size_t>(i)] == std::to_string(i));
  }

 private:
  // With binary, the number is the attachment.
  void push(Socket& socket, bool binary) {
    const std::string number = std::to_string(down_++);
    if (binary) {
      socket.emit("down", {"", {number}});
    } else {
      socket.emit("down", {number, {}});
    }
  }
  void send(const Move& move) {
    std::vector<std::string> packets;
    for (unsigned i = 0; i < move.count; ++i) {
      const std::string number = std::to_string(sent_++);
      if (number.size() % 2 == 0 || move.cut % 3 != 0) {
        packets.push_back("42[\"up\"," + number + "]");
      } else {
        packets.insert(packets.end(), {R"(451-["up"])", binary_packet(number)});
      }
    }
    client_->send_all(packets,
                      [&](Wire& wire, const std::string& bytes) { write_cut(wire, bytes, move.cut); });
  }
  void write_cut(Wire& wire, std::string_view bytes, std::size_t cut) {
    cut %= bytes.size();
    wire.write(bytes.substr(0, cut));
    if (cut % 2 == 0) host_.settle();
    wire.write(bytes.substr(cut, 1));
    host_.settle();
    wire.write(bytes.substr(cut + 1));
  }
  void sync() {
    client_->send(R"(420["sync"])");
    for (const std::string& packet : client_->until("430[]")) take(packet);
  }
  void take(const std::string& packet) {
    if (packet.starts_with(R"(451-["down")")) {
      binary_due_ = true;
      return;
    }
    RC_ASSERT(packet.starts_with('b') == binary_due_);
    received_.push_back(binary_due_ ? *base::base64_decode(packet.substr(1))
                                    : packet.substr(10, packet.size() - 11));
    binary_due_ = false;
  }
  // The first time begins it, the second finishes it.
  void upgrade(const Move& move) {
    if (client_->transport() == By::websocket) return;
    if (!std::exchange(upgrading_, !upgrading_)) {
      client_->begin_upgrade([&](Wire& wire, const std::string& bytes) { write_cut(wire, bytes, move.cut); });
    } else {
      client_->finish_upgrade();
    }
  }

  Host host_;
  SocketRef socket_;
  std::optional<Client> client_;
  std::vector<std::string> received_;
  int down_ = 0;  // the server's: messages for the client so far
  int up_ = 0;    // the server's
  int sent_ = 0;
  bool upgrading_ = false;
  bool binary_due_ = false;
};

TEST(EngineProperty, NothingIsLostDoubledOrReorderedByPollingAndThroughTheUpgrade) {
  EXPECT_TRUE(rc::check([] {
    World world(By::polling);
    for (const Move& move : *moves()) world.play(move);
    world.check();
  }));
}

TEST(EngineProperty, NothingIsLostDoubledOrReorderedByWebsocket) {
  EXPECT_TRUE(rc::check([] {
    World world(By::websocket);
    for (const Move& move : *moves()) world.play(move);
    world.check();
  }));
}

}  // namespace
}  // namespace rollcall::server
