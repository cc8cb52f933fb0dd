// A server on a thread of its own, for the tests of server and gateway, and what its handlers note.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "rollcall/server.hpp"

namespace rollcall::server::test {

// What happened, in order; written by handlers, read by the test.
class Notes {
 public:
  void add(std::string what) {
    const std::lock_guard lock(mutex_);
    notes_.push_back(std::move(what));
    changed_.notify_all();
  }
  // Waits until there are so many: then all of them.
  std::vector<std::string> await(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(30), [&] { return notes_.size() >= count; });
    return notes_;
  }
  std::vector<std::string> all() { return await(0); }
  void clear() {
    const std::lock_guard lock(mutex_);
    notes_.clear();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> notes_;
};

inline ServerOptions on_loopback(ServerOptions options = {}) {
  options.listen = "127.0.0.1:0";
  return options;
}

inline ServerOptions with_recovery() {
  ServerOptions options;
  options.recovery = seconds(60);
  return options;
}

// Set up `server` first, then start().
class Host {
 public:
  explicit Host(ServerOptions options = {}) : server(on_loopback(std::move(options))) {}
  ~Host() { stop(); }

  void start() {
    const auto opened = server.open();
    ASSERT_TRUE(opened.ok()) << opened.error();
    thread_ = std::thread([this] { server.run(); });
  }
  void stop() {
    server.stop();
    join();
  }
  // Until run() has ended by itself.
  void join() {
    if (thread_.joinable()) thread_.join();
  }
  std::string address() const { return server.address(); }

  // Does it on the server's thread, and waits for the result.
  template <class Function>
  auto call(Function function) {
    // Shared: the result is there a moment before the task is over.
    const auto task = std::make_shared<std::packaged_task<decltype(function())()>>(std::move(function));
    auto result = task->get_future();
    server.post([task] { (*task)(); });
    return result.get();
  }
  // All that was written to the server before has been read: a turn that had begun before may have missed
  // it, the next one does not.
  void settle() {
    for (int i = 0; i < 2; ++i) call([] {});
  }

  Server server;
  Notes notes;

 private:
  std::thread thread_;
};

// For until_sync() of a client.
inline void answer_sync(Namespace& nsp) {
  nsp.on("sync", [](Socket&, const Payload&, Ack ack) { ack({}); });
}

}  // namespace rollcall::server::test
