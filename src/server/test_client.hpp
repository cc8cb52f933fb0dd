// A Socket.IO client for the tests of server and gateway: it does what it is told, one thing at a time,
// and nothing by itself but answer pings. Packets are written as in the protocol's documents
// (`42["hello"]`); binary as polling writes it (`b` and base64) on either transport.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/base64.hpp"
#include "server/test_http.hpp"
#include "websocket/test_client.hpp"

namespace rollcall::server::test {

inline std::string binary_packet(std::string_view bytes) {
  return "b" + base::base64_encode(bytes);
}

// A frame that a client sends with this packet in it.
inline std::string packet_frame(std::string_view packet) {
  if (packet.starts_with('b'))
    return websocket::test::client_frame(0x82, *base::base64_decode(packet.substr(1)));
  return websocket::test::client_frame(0x81, packet);
}

// Takes one frame of the server's from the front of `bytes`, as a packet; a close frame as "close <code>".
inline std::optional<std::string> take_frame(std::string& bytes) {
  if (bytes.size() < 2) return std::nullopt;
  const auto byte = [&](std::size_t at) {
    return static_cast<std::size_t>(static_cast<unsigned char>(bytes[at]));
  };
  const std::size_t extended = byte(1) == 127 ? 8 : byte(1) == 126 ? 2 : 0;
  if (bytes.size() < 2 + extended) return std::nullopt;
  std::size_t size = extended ? 0 : byte(1);
  for (std::size_t i = 0; i < extended; ++i) size = size * 256 + byte(2 + i);
  if (bytes.size() < 2 + extended + size) return std::nullopt;
  const std::string payload = bytes.substr(2 + extended, size);
  const std::size_t opcode = byte(0) & 0x0F;
  bytes.erase(0, 2 + extended + size);
  if (opcode == 2) return binary_packet(payload);
  if (opcode != 8) return payload;
  std::size_t code = 0;
  for (const char c : payload.substr(0, 2)) code = code * 256 + static_cast<unsigned char>(c);
  return "close " + std::to_string(code);
}

// What next() gives when nothing more will come.
inline constexpr const char* kEnd = "the end";

// How bytes leave: at once, unless a test wants them cut.
using WriteBytes = std::function<void(Wire&, const std::string&)>;
inline void write_whole(Wire& wire, const std::string& bytes) {
  wire.write(bytes);
}

enum class By { polling, websocket };

struct ClientOptions {
  std::string path = "/socket.io/";
  std::string query;    // "&token=x"
  std::string headers;  // "cookie: jwt=x\r\n"
  int receive_buffer = 0;
};

class Client {
 public:
  // Opens the session.
  Client(const std::string& address, By transport, ClientOptions options = {})
      : address_(address), options_(std::move(options)), transport_(transport) {
    if (transport == By::websocket) {
      socket_ = open_websocket();
      open_packet_ = read_frame(*socket_);
    } else {
      poll_ = std::make_unique<Wire>(address, options_.receive_buffer);
      post_ = std::make_unique<Wire>(address);
      poll_->write(get_request(target("polling"), options_.headers));
      open_packet_ = await_http_answer(*poll_).body;
    }
    constexpr std::size_t kSidAt = std::string_view(R"(0{"sid":")").size();
    const auto quote = open_packet_.find('"', kSidAt);
    if (quote != std::string::npos) sid_ = open_packet_.substr(kSidAt, quote - kSidAt);
  }

  const std::string& open_packet() const { return open_packet_; }
  const std::string& sid() const { return sid_; }
  By transport() const { return transport_; }
  // Where the session's requests go, and on which connections.
  std::string target(const std::string& transport) const {
    return options_.path + "?EIO=4&transport=" + transport + (sid_.empty() ? "" : "&sid=" + sid_) +
           options_.query;
  }
  Wire& poll_wire() { return *poll_; }
  Wire& post_wire() { return *post_; }
  Wire& websocket() { return *socket_; }

  // Sends packets, and by polling waits for the "ok".
  void send_all(const std::vector<std::string>& packets, const WriteBytes& write = write_whole) {
    if (transport_ == By::websocket) {
      for (const std::string& packet : packets) write(*socket_, packet_frame(packet));
      return;
    }
    write(*post_, post_request(target("polling"), payload(packets)));
    post_answer_ = await_http_answer(*post_);
  }
  void send(const std::string& packet) { send_all({packet}); }
  // To the latest POST.
  const HttpAnswerText& post_answer() const { return post_answer_; }

  // Joins a namespace: the answer.
  std::string connect(const std::string& nsp = "/", const std::string& auth = "") {
    send("40" + (nsp == "/" ? "" : nsp + ",") + auth);
    return next();
  }
  // The next packet that is neither the heartbeat's nor a mark; kEnd if there will be none.
  std::string next() {
    for (;;) {
      std::string packet = next_or_mark();
      if (!note_mark(packet)) return packet;
    }
  }
  // The mark that comes next: its offset. Empty if something else comes.
  std::string next_offset() { return note_mark(next_or_mark()) ? offset_ : std::string(); }
  // Of the latest mark that was read, on the way to others too.
  const std::string& offset() const { return offset_; }
  // What comes before the first packet that begins so; that one is taken too.
  std::vector<std::string> until(std::string_view beginning) {
    std::vector<std::string> before;
    for (;;) {
      std::string packet = next();
      if (packet.starts_with(beginning)) return before;
      before.push_back(std::move(packet));
      if (before.back() != kEnd) continue;
      ADD_FAILURE() << "the server ended before " << beginning;
      return before;
    }
  }
  std::vector<std::string> next(std::size_t count) {
    std::vector<std::string> packets;
    while (packets.size() < count) packets.push_back(next());
    return packets;
  }

  // The steps of the upgrade. A GET that waits is ended by the server between the two.
  void begin_upgrade(const WriteBytes& write = write_whole) {
    socket_ = open_websocket(write);
    write(*socket_, packet_frame("2probe"));
    EXPECT_EQ(read_frame(*socket_), "3probe");
  }
  void finish_upgrade() {
    if (polling_) take_poll_answer();
    socket_->write(packet_frame("5"));
    transport_ = By::websocket;
  }
  // Begins a GET that next() will await, if the transport is polling.
  void start_poll() {
    if (transport_ != By::polling || std::exchange(polling_, true)) return;
    poll_->write(get_request(target("polling")));
  }
  // Ends abruptly. By polling that shows only in a GET that waits: there must be nothing to answer it with.
  void lose() {
    start_poll();
    for (const auto& wire : {&poll_, &post_, &socket_}) {
      if (*wire) (*wire)->close();
    }
  }

  static std::string payload(const std::vector<std::string>& packets) {
    std::string body;
    for (const std::string& packet : packets) body.append(body.empty() ? "" : "\x1e").append(packet);
    return body;
  }

 private:
  std::string next_or_mark() {
    for (;;) {
      std::string packet = read_packet();
      if (packet == "2") {
        send("3");
      } else if (packet != "6") {
        return packet;
      }
    }
  }
  bool note_mark(const std::string& packet) {
    constexpr std::string_view kMark = R"(["recovery-offset",")";
    const std::size_t at = packet.starts_with("42") ? packet.find(kMark) : std::string::npos;
    if (at == std::string::npos) return false;
    offset_ = packet.substr(at + kMark.size());
    offset_.resize(offset_.size() - 2);
    return true;
  }

  std::unique_ptr<Wire> open_websocket(const WriteBytes& write = write_whole) {
    auto wire = std::make_unique<Wire>(address_, options_.receive_buffer);
    write(*wire, upgrade_request(target("websocket"), options_.headers));
    const HttpAnswerText answer = await_http_answer(*wire);
    EXPECT_EQ(answer.status, 101) << answer.head << answer.body;
    return wire;
  }
  static std::string read_frame(Wire& wire) {
    std::optional<std::string> packet;
    wire.await([&] { return packet = take_frame(wire.received()), packet.has_value(); });
    return packet.value_or(kEnd);
  }
  std::string read_packet() {
    if (transport_ == By::polling && packets_.empty()) {
      start_poll();
      take_poll_answer();
    }
    if (packets_.empty()) return transport_ == By::websocket ? read_frame(*socket_) : kEnd;
    std::string packet = packets_.front();
    packets_.pop_front();
    return packet;
  }
  void take_poll_answer() {
    polling_ = false;
    const HttpAnswerText answer = await_http_answer(*poll_);
    if (answer.status != 200) return;
    std::string_view body = answer.body;
    for (;;) {
      const std::size_t end = body.find('\x1e');
      packets_.emplace_back(body.substr(0, end));
      if (end == std::string_view::npos) return;
      body.remove_prefix(end + 1);
    }
  }

  std::string address_;
  ClientOptions options_;
  By transport_;
  std::string open_packet_;
  std::string sid_;
  std::string offset_;
  std::unique_ptr<Wire> poll_;
  std::unique_ptr<Wire> post_;
  std::unique_ptr<Wire> socket_;
  std::deque<std::string> packets_;
  HttpAnswerText post_answer_;
  bool polling_ = false;
};

// What has come to the client so far, by a question that answer_sync() answers.
inline std::vector<std::string> until_sync(Client& client) {
  client.send(R"(420["sync"])");
  return client.until("430[]");
}

}  // namespace rollcall::server::test
