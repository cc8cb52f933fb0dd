// The client's end of a loopback connection, for the tests of server and gateway: it waits for what it
// is told to await, with a limit that only a broken server reaches, and reads HTTP answers.
#pragma once

#include <gtest/gtest.h>
#include <poll.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/test_peer.hpp"

namespace rollcall::server::test {

inline constexpr seconds kPatience{30};

class Wire {
 public:
  explicit Wire(const std::string& address, int receive_buffer = 0)
      : peer_(net::test::Peer::connect(address, receive_buffer)) {
    EXPECT_NE(peer_, nullptr) << "nobody listens on " << address;
  }

  bool open() const { return peer_ && !peer_->eof && !peer_->reset; }
  // All of it, however long the server takes to read.
  void write(std::string_view bytes) {
    while (!bytes.empty() && wait(POLLOUT)) {
      const std::size_t sent = peer_->write(bytes);
      if (sent == 0) return;  // the server has closed; what it said can still be read
      bytes.remove_prefix(sent);
    }
  }
  // Reads until `done`; false when the server has closed, or after kPatience.
  bool await(const std::function<bool()>& done) {
    while (!done()) {
      if (!open() || !wait(POLLIN)) return false;
      peer_->read(kReadBytes);
    }
    return true;
  }
  bool await_close() {
    await([] { return false; });
    return !open();
  }
  std::string& received() { return peer_->received; }
  void half_close() { peer_->half_close(); }
  void close() { peer_->close(); }
  void close_with_reset() { peer_->close_with_reset(); }

 private:
  static constexpr std::size_t kReadBytes = 64 * 1024;

  bool wait(short events) {
    if (!peer_) return false;
    pollfd what{peer_->descriptor(), events, 0};
    return ::poll(&what, 1, static_cast<int>(milliseconds(kPatience).count())) > 0;
  }

  std::unique_ptr<net::test::Peer> peer_;
};

struct HttpAnswerText {
  int status = 0;
  std::string head;
  std::string body;
};

// The bytes of all complete chunks, up to the end of `text` or the last chunk, which is left out.
inline std::string take_chunks(std::string& text, bool& complete) {
  std::string bytes;
  for (complete = false; !complete;) {
    const std::size_t line_end = text.find("\r\n");
    if (line_end == std::string::npos) break;
    const std::size_t size = std::stoul(text.substr(0, line_end), nullptr, 16);
    if (text.size() < line_end + 4 + size) break;
    bytes += text.substr(line_end + 2, size);
    text.erase(0, line_end + 4 + size);
    complete = size == 0;
  }
  return bytes;
}

// Takes one complete answer from the front of `bytes`.
inline std::optional<HttpAnswerText> take_http_answer(std::string& bytes) {
  const std::size_t end = bytes.find("\r\n\r\n");
  if (end == std::string::npos) return std::nullopt;
  HttpAnswerText answer;
  answer.head = bytes.substr(0, end + 2);
  answer.status = std::stoi(answer.head.substr(answer.head.find(' ') + 1));
  std::size_t size = 0;
  if (const auto length = answer.head.find("content-length: "); length != std::string::npos)
    size = std::stoul(answer.head.substr(length + 16));
  if (bytes.size() < end + 4 + size) return std::nullopt;
  answer.body = bytes.substr(end + 4, size);
  bytes.erase(0, end + 4 + size);
  return answer;
}

// Status 0: the server has closed, or does not answer.
inline HttpAnswerText await_http_answer(Wire& wire) {
  std::optional<HttpAnswerText> answer;
  wire.await([&] { return answer = take_http_answer(wire.received()), answer.has_value(); });
  return answer.value_or(HttpAnswerText{});
}

inline std::string get_request(const std::string& target, const std::string& headers = "") {
  return "GET " + target + " HTTP/1.1\r\nhost: test\r\n" + headers + "\r\n";
}

inline std::string post_request(const std::string& target, std::string_view body) {
  std::string request = "POST " + target + " HTTP/1.1\r\nhost: test\r\ncontent-length: ";
  return request.append(std::to_string(body.size())).append("\r\n\r\n").append(body);
}

inline std::string upgrade_request(const std::string& target, const std::string& headers = "") {
  return get_request(target,
                     "upgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-version: 13\r\n"
                     "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
                         headers);
}

inline HttpAnswerText get(const std::string& address, const std::string& target,
                          const std::string& headers = "") {
  Wire wire(address);
  wire.write(get_request(target, headers));
  return await_http_answer(wire);
}

}  // namespace rollcall::server::test
