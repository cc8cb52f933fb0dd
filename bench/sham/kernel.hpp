// A sham kernel: connections without sockets, and a clock that stands still until it is moved.
//
// In a program that links rollcall_sham, the server's system calls (listed in system_calls.cpp) about these
// connections are answered here. All of rollcall runs unchanged, including net, without descriptors or TCP: a
// million connections per process, and the same instructions in every run. Only the real kernel's cost is
// missing.
//
// Bounds: sent data is kept until taken, so take it every few turns. One per process, one thread.
#pragma once

#include <sys/epoll.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rollcall/time.hpp"

namespace rollcall::sham {

class Kernel {
 public:
  static Kernel& get();

  // The clients' side. A connection is a descriptor that the real kernel does not know.
  int dial();
  void write(int descriptor, std::string_view bytes);
  void hang_up(int descriptor);
  // Passes `use(descriptor, bytes)` what the server has sent since the last call, send by send.
  template <typename Use>
  void take_sent(Use&& use) {
    std::string_view left = sent_bytes_;
    for (const Sent& sent : sent_) {
      use(sent.descriptor, left.substr(0, sent.bytes));
      left.remove_prefix(sent.bytes);
    }
    sent_.clear();
    sent_bytes_.clear();
  }
  // Reserves memory for that many connections, so that later growth is the server's. Call before the first
  // one.
  void reserve(std::size_t connections);

  // Whether something is ready for the server.
  bool busy() const;
  // Called once, when the server next waits and nothing is ready.
  void at_next_wait(std::function<void()> task) { at_wait_ = std::move(task); }

  // Only this moves the clocks that the server reads.
  void advance(microseconds time) { elapsed_ += time; }
  microseconds elapsed() const { return elapsed_; }

  // The server's side: the system calls.
  static bool owns(int descriptor) { return descriptor >= kFirst; }
  void listens(int real_descriptor) { listener_ = real_descriptor; }
  bool is_listener(int real_descriptor) const { return real_descriptor == listener_; }
  void watch_listener(std::uint64_t data, bool wanted);
  int accept();
  void watch(int descriptor, int operation, const epoll_event* event);
  // Whether the real kernel must be asked too.
  int ready(std::span<epoll_event> events);
  long receive(int descriptor, char* out, std::size_t bytes);
  long send(int descriptor, std::string_view bytes);
  void shut_down(int descriptor);
  void close(int descriptor);

 private:
  static constexpr int kFirst = 1 << 24;  // above any real descriptor

  struct Connection {
    std::uint64_t data = 0;      // the server's epoll data
    std::uint32_t interest = 0;  // 0: not watched
    std::uint32_t input = 0;     // 1 + its index in inputs_; 0: nothing to read
    bool ended = false;          // the client has hung up
    bool queued = false;         // is in ready_
  };
  struct Sent {
    int descriptor;
    std::uint32_t bytes;
  };

  Connection& at(int descriptor) { return connections_[static_cast<std::size_t>(descriptor - kFirst)]; }
  const Connection& at(int descriptor) const {
    return connections_[static_cast<std::size_t>(descriptor - kFirst)];
  }
  static std::uint32_t events_of(const Connection& connection);
  void queue_if_ready(int descriptor);
  void drop_input(Connection& connection);

  std::vector<Connection> connections_;
  std::vector<int> free_;
  std::vector<std::string> inputs_;  // for the few connections with something to read
  std::vector<std::uint32_t> free_inputs_;
  std::deque<int> to_accept_;
  std::deque<int> ready_;
  std::vector<int> told_;  // reported by the last wait; reported again while still ready, like epoll
  std::vector<Sent> sent_;
  std::string sent_bytes_;
  int listener_ = -1;
  std::optional<std::uint64_t> listener_data_;
  microseconds elapsed_{0};
  std::function<void()> at_wait_;
};

}  // namespace rollcall::sham
