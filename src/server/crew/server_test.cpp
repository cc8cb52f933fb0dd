// The server as a whole: opening, other threads, time, pages beside Socket.IO, and its end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "server/test_client.hpp"
#include "server/test_host.hpp"

namespace rollcall {
namespace {

using namespace server::test;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

TEST(Server, SaysWhyItCannotListen) {
  Host host;
  host.start();
  ServerOptions taken;
  taken.listen = host.address();
  Server second(taken);
  const auto opened = second.open();
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error(), "cannot listen on " + host.address() +
                                ": Address already in use (another program has this port: stop it, or choose "
                                "another port)");
}

// Without a word of the options of the rollcall program, which an embedder's does not have.
TEST(Server, SaysWhoMayListenOnALowPort) {
  int first_free = 0;
  std::ifstream("/proc/sys/net/ipv4/ip_unprivileged_port_start") >> first_free;
  if (first_free < 2) GTEST_SKIP() << "everybody may, on this machine";
  ServerOptions low;
  low.listen = "127.0.0.1:1";
  Server server(low);
  const bool root = geteuid() == 0;
  if (root) {
    ASSERT_EQ(seteuid(65534), 0);
  }
  const auto opened = server.open();
  if (root) {
    ASSERT_EQ(seteuid(0), 0);
  }
  ASSERT_FALSE(opened.ok());
  EXPECT_THAT(opened.error(),
              StartsWith("cannot listen on 127.0.0.1:1: Permission denied (ports below 1024 need root or the "
                         "capability CAP_NET_BIND_SERVICE: "));
  EXPECT_THAT(opened.error(), EndsWith("choose a port from 1024 on)"));
}

TEST(Server, SaysWhyItCannotReadItsCertificate) {
  ServerOptions options;
  options.tls_cert = options.tls_key = "/no/such/file.pem";
  Server server(on_loopback(options));
  const auto opened = server.open();
  ASSERT_FALSE(opened.ok());
  EXPECT_THAT(opened.error(), HasSubstr("/no/such/file.pem"));
}

TEST(Server, ServesPagesBesideSocketIo) {
  Host host;
  host.server.handle_http("GET", "/page", [](const HttpRequest& request) {
    HttpAnswer answer;
    answer.status = 201;
    answer.content_type = "text/x";
    answer.body = request.method + " " + request.path;
    answer.headers = {{"x-one", "1"}};
    return answer;
  });
  host.start();
  const auto page = get(host.address(), "/page?x=1");
  EXPECT_EQ(page.status, 201);
  EXPECT_EQ(page.body, "GET /page");
  EXPECT_THAT(page.head, HasSubstr("content-type: text/x\r\n"));
  EXPECT_THAT(page.head, HasSubstr("x-one: 1\r\n"));
  EXPECT_EQ(get(host.address(), "/page/").status, 404);
  EXPECT_EQ(get(host.address(), "/").status, 404);
  Wire wire(host.address());
  wire.write(post_request("/page", "x"));
  const auto refused = await_http_answer(wire);
  EXPECT_EQ(refused.status, 405);
  EXPECT_THAT(refused.head, HasSubstr("allow: GET, HEAD\r\n"));
}

TEST(Server, OffersOnlyTheTransportsItHas) {
  ServerOptions no_polling, no_websocket;
  no_polling.polling = false;
  no_websocket.websocket = false;
  Host one(no_polling), two(no_websocket);
  one.start();
  two.start();
  const std::string unknown = R"({"code":0,"message":"Transport unknown"})";
  EXPECT_EQ(get(one.address(), "/socket.io/?EIO=4&transport=polling").body, unknown);
  EXPECT_THAT(Client(one.address(), By::websocket).open_packet(), HasSubstr(R"("upgrades":[])"));
  EXPECT_EQ(get(two.address(), "/socket.io/?EIO=4&transport=websocket").body, unknown);
  EXPECT_THAT(Client(two.address(), By::polling).open_packet(), HasSubstr(R"("upgrades":[])"));
}

TEST(Server, ServesAtThePathItIsGiven) {
  ServerOptions options;
  options.path = "/elsewhere/";
  Host host(options);
  host.server.of("/");
  host.start();
  EXPECT_EQ(get(host.address(), "/socket.io/?EIO=4&transport=polling").status, 404);
  Client client(host.address(), By::polling, {"/elsewhere/", "", ""});
  EXPECT_THAT(client.connect(), StartsWith("40{"));
}

TEST(Server, RunsWhatOtherThreadsPostInTheirOrderOnItsOwn) {
  Host host;
  host.start();
  constexpr int kTasks = 200;
  const auto home = host.call([] { return std::this_thread::get_id(); });
  std::vector<int> seen[2];
  bool strange = false;
  std::thread threads[2];
  for (int t = 0; t < 2; ++t) {
    threads[t] = std::thread([&, t] {
      for (int i = 0; i < kTasks; ++i) {
        host.server.post([&, t, i] {
          strange |= std::this_thread::get_id() != home;
          seen[t].push_back(i);
        });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  host.settle();
  EXPECT_FALSE(host.call([&] { return strange; }));
  for (const auto& order : seen) {
    EXPECT_EQ(order.size(), static_cast<std::size_t>(kTasks));
    EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
  }
}

TEST(Server, RunsATaskThatWasPostedBeforeItRan) {
  Host host;
  host.server.post([&] { host.notes.add("ran"); });
  host.start();
  EXPECT_THAT(host.notes.await(1), ElementsAre("ran"));
}

TEST(Server, StopsAtOnceAndEndsItsConnections) {
  std::optional<Client> client;
  {
    Host host;
    host.server.of("/").on("ask", [](Socket&, const Payload&, Ack) {});
    host.start();
    client.emplace(host.address(), By::websocket);
    client->connect();
    host.stop();
  }
  EXPECT_TRUE(client->websocket().await_close());
}

TEST(Server, DoesNotBeginToRunOnceStopped) {
  Server server(on_loopback());
  ASSERT_TRUE(server.open().ok());
  server.stop();
  server.run();
}

TEST(Server, CallsAScheduledTaskOnceAndNotBeforeItsTime) {
  Host host;
  host.start();
  std::shared_ptr<void> kept, cancelled;
  std::optional<Instant> rang;
  const Instant due = host.call([&] {
    const Instant at = host.server.now() + milliseconds(10);
    cancelled = host.server.schedule(at, [&] { host.notes.add("cancelled"); });
    kept = host.server.schedule(at, [&] {
      rang = host.server.now();
      host.notes.add("rang");
      kept.reset();  // it may end itself
    });
    cancelled.reset();
    return at;
  });
  EXPECT_THAT(host.notes.await(1), ElementsAre("rang"));
  EXPECT_TRUE(host.call([&] { return rang && *rang >= due; }));
}

}  // namespace
}  // namespace rollcall
