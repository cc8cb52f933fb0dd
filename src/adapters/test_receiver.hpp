// The webhook receiver of the tests: an HTTP server on loopback with a thread per connection. It records
// requests and answers as told.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace rollcall::adapters::test {

struct Received {
  std::string head;
  std::string body;

  // The value of a header field, by its name exactly as sent.
  std::string field(const std::string& name) const {
    const std::size_t at = head.find("\r\n" + name + ": ");
    if (at == std::string::npos) return "";
    const std::size_t begin = at + name.size() + 4;
    return head.substr(begin, head.find("\r\n", begin) - begin);
  }
};

inline std::string answer(int status, const std::string& more = "") {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Length: 0\r\n" + more + "\r\n";
}

class Receiver {
 public:
  // The answer to the n-th request (from 0); empty: never answer.
  using Answer = std::function<std::string(std::size_t number, const Received& request)>;

  explicit Receiver(Answer answer_with = [](std::size_t, const Received&) { return answer(204); })
      : answer_(std::move(answer_with)), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    ::listen(listener_, 16);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    threads_.emplace_back([this] { accept_all(); });
  }
  ~Receiver() {
    ::shutdown(listener_, SHUT_RDWR);
    threads_.front().join();
    {
      const std::lock_guard lock(mutex_);
      for (const int connection : connections_) ::shutdown(connection, SHUT_RDWR);
    }
    for (std::size_t i = 1; i < threads_.size(); ++i) threads_[i].join();
    for (const int connection : connections_) ::close(connection);
    ::close(listener_);
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/hook?key=hush"; }
  // Waits for `enough` requests.
  std::vector<Received> await(const std::function<bool(const std::vector<Received>&)>& enough) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(60), [&] { return enough(received_); });
    return received_;
  }
  std::vector<Received> await(std::size_t count) {
    return await([&](const auto& received) { return received.size() >= count; });
  }

 private:
  void accept_all() {
    for (;;) {
      const int connection = ::accept(listener_, nullptr, nullptr);
      if (connection < 0) return;
      const std::lock_guard lock(mutex_);
      connections_.push_back(connection);
      threads_.emplace_back([this, connection] { serve(connection); });
    }
  }
  void serve(int connection) {
    std::string bytes;
    char chunk[16 * 1024];
    for (;;) {
      const ssize_t got = ::recv(connection, chunk, sizeof chunk, 0);
      if (got <= 0) return;
      bytes.append(chunk, static_cast<std::size_t>(got));
      const std::size_t end = bytes.find("\r\n\r\n");
      if (end == std::string::npos) continue;
      Received request{bytes.substr(0, end + 2), ""};
      const std::size_t length = std::stoul("0" + request.field("Content-Length"));
      if (bytes.size() < end + 4 + length) continue;
      request.body = bytes.substr(end + 4, length);
      bytes.clear();
      const std::string text = note(request);
      ::send(connection, text.data(), text.size(), MSG_NOSIGNAL);
    }
  }
  std::string note(const Received& request) {
    const std::lock_guard lock(mutex_);
    received_.push_back(request);
    changed_.notify_all();
    return answer_(received_.size() - 1, request);
  }

  Answer answer_;
  int listener_;
  unsigned port_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Received> received_;
  std::vector<int> connections_;
  std::vector<std::thread> threads_;
};

}  // namespace rollcall::adapters::test
