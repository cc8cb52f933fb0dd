// Whom the server lets in: by address, by memory, and how much of strangers it keeps.
#include "server/shared/admission.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/test_client.hpp"
#include "server/test_host.hpp"

namespace rollcall::server {
namespace {

using namespace test;
using testing::HasSubstr;

constexpr const char* kOpening = "/socket.io/?EIO=4&transport=polling";

net::PeerAddress at(std::string_view text) {
  return net::PeerAddress::parse(text).value_or(net::PeerAddress());
}

struct Seen {
  std::string address;
  bool certain;
};

Seen client_of(const std::vector<std::string>& proxies, std::string_view peer, const std::string& forwarded) {
  ServerOptions options;
  options.trusted_proxies = proxies;
  http::Request request;
  if (!forwarded.empty()) request.headers.push_back({"x-forwarded-for", forwarded});
  const Admission::Client client = Admission(options).client_of(at(peer), request);
  return {client.address.text(), client.certain};
}

TEST(Admission, BelievesTrustedProxiesAndNobodyElse) {
  EXPECT_EQ(client_of({}, "192.0.2.1", "8.8.8.8").address, "192.0.2.1");
  EXPECT_EQ(client_of({"10.0.0.0/8"}, "192.0.2.1", "8.8.8.8").address, "192.0.2.1");
  EXPECT_EQ(client_of({"10.0.0.0/8"}, "10.0.0.1", "8.8.8.8").address, "8.8.8.8");
  EXPECT_EQ(client_of({"10.0.0.0/8"}, "10.0.0.1", "1.1.1.1, 8.8.8.8, 10.0.0.2").address, "8.8.8.8")
      << "what the client wrote itself comes before what the proxies added";
  EXPECT_EQ(client_of({"10.0.0.0/8"}, "10.0.0.1", "8.8.8.8, unknown").address, "10.0.0.1");
  EXPECT_EQ(client_of({"10.0.0.0/8"}, "10.0.0.1", "").address, "10.0.0.1");
}

TEST(Admission, KnowsWhichAddressMayBeAProxys) {
  EXPECT_TRUE(client_of({}, "192.0.2.1", "").certain);
  EXPECT_FALSE(client_of({}, "192.0.2.1", "8.8.8.8").certain);
  EXPECT_TRUE(client_of({"10.0.0.1"}, "10.0.0.1", "8.8.8.8").certain);
  EXPECT_FALSE(client_of({"10.0.0.1"}, "10.0.0.1", "").certain);
}

TEST(Admission, DoesNotTakeAPrivateAddressForOneClientUnlessATrustedProxyNamesIt) {
  for (const char* shared : {"127.0.0.1", "10.1.2.3", "172.17.0.1", "192.168.65.1", "100.64.0.9",
                             "169.254.1.1", "::1", "fd00::1", "fe80::1"}) {
    EXPECT_FALSE(client_of({}, shared, "").certain) << shared;
    EXPECT_TRUE(client_of({"10.0.0.1"}, "10.0.0.1", shared).certain) << shared;
  }
  for (const char* own : {"172.32.0.1", "100.128.0.1", "11.0.0.1", "2001:db8::1"})
    EXPECT_TRUE(client_of({}, own, "").certain) << own;
}

TEST(Admission, CountsFromTheReloadThatSetsALimitOn) {
  using Entry = Admission::Entry;
  ServerOptions options;
  Admission admission(options);
  EXPECT_EQ(admission.add_session(at("192.0.2.1")), Entry::uncounted);
  options.per_address = 1;
  admission.reconfigure(options).reset();
  EXPECT_EQ(admission.add_session(at("192.0.2.1")), Entry::counted) << "the one from before does not count";
  EXPECT_EQ(admission.add_session(at("192.0.2.1")), Entry::refused);
  options.per_address = 2;
  admission.reconfigure(options).reset();
  EXPECT_EQ(admission.add_session(at("192.0.2.1")), Entry::counted);
  options.per_address = 0;
  admission.reconfigure(options).reset();
  EXPECT_EQ(admission.add_session(at("192.0.2.1")), Entry::uncounted);
  admission.remove_session(at("192.0.2.1"));
  options.per_address = 2;
  admission.reconfigure(options).reset();
  EXPECT_EQ(admission.add_session(at("192.0.2.1")), Entry::counted);
  EXPECT_EQ(admission.add_session(at("192.0.2.1")), Entry::refused);
}

TEST(Admission, BelievesTheProxiesOfTheLastReload) {
  ServerOptions options;
  Admission admission(options);
  http::Request request;
  request.headers.push_back({"x-forwarded-for", "8.8.8.8"});
  EXPECT_EQ(admission.client_of(at("10.0.0.1"), request).address.text(), "10.0.0.1");
  options.trusted_proxies = {"10.0.0.0/8"};
  const auto former = admission.reconfigure(options);
  EXPECT_EQ(admission.client_of(at("10.0.0.1"), request).address.text(), "8.8.8.8");
  options.per_address = 1;
  const auto second = admission.reconfigure(options);
  EXPECT_EQ(admission.add_connection(at("10.0.0.1")), Admission::Entry::uncounted);
}

// A session that came while nothing was counted takes nobody's place when it goes.
TEST(Admission, KeepsItsCountsRightWhileTheLimitChanges) {
  ServerOptions options;
  options.workers = 2;
  Host host(options);
  host.server.of("/");
  host.start();
  {
    Client before(host.address(), By::polling);
    options.per_address = 1;
    host.server.reconfigure(options);
    host.settle();
    Wire(host.address()).write(get_request("/"));
  }
  Client first(host.address(), By::polling);
  Wire second(host.address());
  second.write(get_request(kOpening));
  EXPECT_EQ(await_http_answer(second).status, 429);
}

TEST(Admission, TakesANewLimitOfStrangersIntoUse) {
  ServerOptions options;
  options.workers = 1;
  Host host(options);
  host.server.of("/");
  host.start();
  Client one(host.address(), By::websocket), two(host.address(), By::websocket);
  options.pending_sessions = 1;
  host.server.reconfigure(options);
  EXPECT_THAT(one.next(), testing::StartsWith("close"));
  EXPECT_THAT(two.connect(), testing::StartsWith("40{"));
}

TEST(Admission, LimitsTheSessionsOfAnAddress) {
  ServerOptions options;
  options.per_address = 2;
  options.trusted_proxies = {"127.0.0.1"};
  Host host(options);
  host.server.of("/");
  host.start();
  const auto open = [&](const std::string& address) {
    return get(host.address(), kOpening, "x-forwarded-for: " + address + "\r\n").status;
  };
  EXPECT_EQ(open("192.0.2.1"), 200);
  EXPECT_EQ(open("192.0.2.1"), 200);
  EXPECT_EQ(open("192.0.2.1"), 429);
  EXPECT_EQ(open("192.0.2.2"), 200);
}

TEST(Admission, GivesAPlaceBackWhenItsSessionEnds) {
  ServerOptions options;
  options.per_address = 1;
  Host host(options);
  host.server.of("/").on_disconnect([&](Socket&, std::string_view) { host.notes.add("gone"); });
  host.start();
  {
    Client client(host.address(), By::websocket);
    client.connect();
    EXPECT_EQ(get(host.address(), kOpening).status, 429);
    client.send("1");
    EXPECT_TRUE(client.websocket().await_close());
  }
  host.notes.await(1);
  host.settle();
  EXPECT_EQ(get(host.address(), kOpening).status, 200);
}

TEST(Admission, GivesAPlaceBackAtOnceWhenAPollingClientLeaves) {
  ServerOptions options;
  options.per_address = 1;
  Host host(options);
  host.server.of("/").on_disconnect([&](Socket&, std::string_view) { host.notes.add("gone"); });
  host.start();
  Client client(host.address(), By::polling);
  client.connect();
  client.send("1");  // with no GET waiting, which may still be on its way
  host.notes.await(1);
  EXPECT_EQ(get(host.address(), kOpening).status, 200);
}

TEST(Admission, GivesAPlaceBackWhenASessionIsDroppedThatNobodyUsed) {
  ServerOptions options;
  options.per_address = 1;
  options.pending_sessions = 1;
  options.trusted_proxies = {"127.0.0.1"};
  Host host(options);
  host.server.of("/");
  host.start();
  for (const std::string address : {"192.0.2.1", "192.0.2.2", "192.0.2.1", "192.0.2.2"})
    EXPECT_EQ(get(host.address(), kOpening, "x-forwarded-for: " + address + "\r\n").status, 200);
}

TEST(Admission, RefusesNewcomersAboveTheMemoryBudget) {
  ServerOptions options;
  options.memory_bytes = 1;
  Host host(options);
  host.server.of("/");
  host.server.handle_http("GET", "/page", [](const HttpRequest&) { return HttpAnswer{}; });
  host.start();
  const HttpAnswerText refused = get(host.address(), kOpening);
  EXPECT_EQ(refused.status, 503);
  EXPECT_THAT(refused.head, HasSubstr("retry-after: 5"));
  EXPECT_EQ(get(host.address(), "/page").status, 200);
}

TEST(Admission, ClosesTheOldestSessionsThatHaveNotJoined) {
  ServerOptions options;
  options.pending_sessions = 2;
  Host host(options);
  host.server.of("/");
  host.start();
  Client joined(host.address(), By::websocket);
  joined.connect();
  Client oldest(host.address(), By::websocket);
  Client second(host.address(), By::websocket);
  Client third(host.address(), By::websocket);
  EXPECT_TRUE(oldest.websocket().await_close());
  EXPECT_THAT(second.connect(), HasSubstr("40{"));
  EXPECT_THAT(third.connect(), HasSubstr("40{"));
}

TEST(Admission, TakesOnlySmallMessagesOfStrangers) {
  Host host;
  host.server.of("/").on("big", [](Socket&, const Payload&, Ack ack) { ack({}); });
  host.start();
  const std::string big = R"(420["big",")" + std::string(100'000, 'x') + "\"]";
  Client client(host.address(), By::websocket);
  client.connect();
  client.send(big);
  EXPECT_EQ(client.next(), "430[]");
  Client stranger(host.address(), By::websocket);
  stranger.send(big);
  EXPECT_EQ(stranger.next(), "close 1009");
}

TEST(Admission, RefusesABodyBeforeItIsSent) {
  Host host;
  host.server.of("/");
  host.server.handle_http(
      "POST", "/guarded", [](HttpRequest&, HttpReply reply) { reply.answer({}); },
      [](const HttpRequest& head) -> std::optional<HttpAnswer> {
        if (head.header("key")) return std::nullopt;
        return HttpAnswer{401, "text/plain", "no key", {}};
      });
  host.start();
  const auto begun = [&](const std::string& target, const std::string& header) {
    Wire wire(host.address());
    wire.write("POST " + target + " HTTP/1.1\r\nhost: t\r\n" + header + "content-length: 500000\r\n\r\n");
    const int status = await_http_answer(wire).status;
    EXPECT_TRUE(wire.await_close());
    return status;
  };
  EXPECT_EQ(begun("/guarded", ""), 401);
  EXPECT_EQ(begun("/nowhere", ""), 404);
  EXPECT_EQ(begun("/socket.io/?EIO=4&transport=polling&sid=unknown", ""), 400);
  Client stranger(host.address(), By::polling);
  EXPECT_EQ(begun(stranger.target("polling"), ""), 413);
  Wire wire(host.address());
  wire.write("POST /guarded HTTP/1.1\r\nhost: t\r\nkey: x\r\ncontent-length: 500000\r\n\r\n" +
             std::string(500'000, 'x'));
  EXPECT_EQ(await_http_answer(wire).status, 200);
}

}  // namespace
}  // namespace rollcall::server
