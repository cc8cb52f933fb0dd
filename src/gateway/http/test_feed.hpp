// A server with nothing but a feed, and readers of it, for the tests.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "feed/test_events.hpp"
#include "feed/test_shared_source.hpp"
#include "gateway/http/feed_streams.hpp"
#include "server/test_http.hpp"
#include "server/test_workers.hpp"

namespace rollcall::gateway::test {

using feed::test::Event;
using feed::test::SharedSource;
using feed::test::TestSource;
using server::test::get_request;
using server::test::kPatience;
using server::test::take_chunks;
using server::test::Wire;
using server::test::WorkersHost;

class FeedHost : public WorkersHost {
 public:
  explicit FeedHost(std::size_t limit = 1000) : source(limit), streams(server, source) {
    server.handle_http("GET", "/feed", [this](HttpRequest& request, const HttpReply& reply) {
      streams.serve(request, reply);
    });
    start();
  }
  ~FeedHost() { stop(); }

  template <typename Change>
  void change(Change&& change) {
    call([&] {
      source.with(change);
      streams.feed_grown();
    });
  }
  void await_readers(std::size_t count) {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (streams.readers() != count && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    EXPECT_EQ(streams.readers(), count);
  }

  SharedSource source;
  FeedStreams streams;
};

class FeedClient {
 public:
  explicit FeedClient(FeedHost& host, const std::string& query = "", const std::string& headers = "",
                      int receive_buffer = 0)
      : wire_(host.address(), receive_buffer) {
    ask(query, headers);
  }
  FeedClient(FeedHost& host, server::WorkerIndex worker) : wire_(host.wire_at(worker)) { ask("", ""); }

  const std::string& head() {
    wire_.await([&] { return has_head(); });
    return head_;
  }
  // All events up to one of that name, and it.
  std::vector<Event> until(const std::string& name) {
    std::vector<Event> events;
    wire_.await([&] {
      take();
      while (!events_.empty() && (events.empty() || events.back().name != name)) {
        events.push_back(std::move(events_.front()));
        events_.pop_front();
      }
      return !events.empty() && events.back().name == name;
    });
    EXPECT_TRUE(!events.empty() && events.back().name == name) << "no " << name;
    return events;
  }
  bool await_end() {
    return wire_.await([&] { return take(), complete_; });
  }
  Wire& wire() { return wire_; }

 private:
  void ask(const std::string& query, const std::string& headers) {
    wire_.write(get_request("/feed" + query, headers));
  }
  bool has_head() {
    if (!head_.empty()) return true;
    const std::size_t end = wire_.received().find("\r\n\r\n");
    if (end == std::string::npos) return false;
    head_ = wire_.received().substr(0, end + 2);
    wire_.received().erase(0, end + 4);
    return true;
  }
  void take() {
    if (!has_head() || complete_) return;
    text_ += take_chunks(wire_.received(), complete_);
    for (Event& event : feed::test::take_events(text_)) events_.push_back(std::move(event));
  }

  Wire wire_;
  std::string head_, text_;
  std::list<Event> events_;
  bool complete_ = false;
};

}  // namespace rollcall::gateway::test
