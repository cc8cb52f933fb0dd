// rollcall::Gateway, used as an embedder would: from threads of their own, over real connections.
#include "rollcall/gateway.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <fstream>
#include <future>
#include <map>
#include <stdexcept>
#include <thread>

#include "gateway/test_gateway.hpp"
#include "rollcall/log.hpp"

namespace rollcall {
namespace {

using gateway::test::By;
using gateway::test::Client;
using gateway::test::Host;
using gateway::test::NameVerifier;
using server::test::Notes;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr WallTime kLongAgo = wall_time(1'700'000'000'000);

GatewayOptions plain_options() {
  GatewayOptions options;
  options.namespaces = {"/"};
  options.offline_grace = milliseconds(20);
  return options;
}

class EmbeddingHost {
 public:
  explicit EmbeddingHost(const GatewayOptions& options = plain_options(), unsigned workers = 1)
      : host(options_for(workers)), gateway(host.server, std::make_shared<NameVerifier>(), options) {
    set_log_level(LogLevel::error);  // goodbyes end with a refusal
  }
  ~EmbeddingHost() {
    host.stop();
    set_log_level(LogLevel::info);
  }

  void start() { host.start(); }
  Client user(const std::string& name, By by = By::websocket, const std::string& nsp = "/") {
    Client client(host.address(), by);
    const std::string prefix = nsp == "/" ? "" : nsp + ",";
    EXPECT_THAT(client.connect(nsp, R"({"token":")" + name + R"("})"),
                StartsWith("40" + prefix + R"({"sid":)"));
    EXPECT_THAT(client.next(), StartsWith("42" + prefix + R"(["connected",{"userId":")"));
    client.send("42" + prefix + R"(0["heartbeat"])");  // answered when the user is known to be online
    client.until("43" + prefix + "0[");
    return client;
  }

 private:
  static ServerOptions options_for(unsigned workers) {
    ServerOptions options;
    options.workers = workers;
    return options;
  }

 public:
  Host host;
  Gateway gateway;
};

// Ends when the client's goodbye has been served.
void leave(Client& client) {
  client.send("41");
  client.send("40");  // refused, for want of a token: by then it is out
  client.until("44");
}

TEST(Gateway, TellsHowThingsAreWithAUser) {
  EmbeddingHost host;
  host.start();
  const UserStatus unknown = host.gateway.user_online_status("anna");
  EXPECT_FALSE(unknown.online || unknown.last_active || unknown.connected_at);

  Client anna = host.user("anna");
  const UserStatus online = host.gateway.user_online_status("anna");
  EXPECT_TRUE(online.online);
  ASSERT_TRUE(online.connected_at && online.last_active);
  EXPECT_GT(*online.connected_at, kLongAgo);
  EXPECT_GE(*online.last_active, *online.connected_at);

  leave(anna);
  const UserStatus offline = host.gateway.user_online_status("anna");
  EXPECT_FALSE(offline.online || offline.connected_at);
  EXPECT_EQ(offline.last_active, online.last_active);
}

TEST(Gateway, TellsOfManyInTheOrderAsked) {
  EmbeddingHost host;
  host.start();
  Client anna = host.user("anna");
  Client bert = host.user("bert", By::polling);
  Client again = host.user("anna");
  const auto statuses = host.gateway.users_online_status({"bert", "nobody", "anna", "bert"});
  std::vector<bool> online;
  for (const UserStatus& status : statuses) online.push_back(status.online);
  EXPECT_THAT(online, ElementsAre(true, false, true, true));
  EXPECT_THAT(host.gateway.online_users(), ElementsAre("anna", "bert"));
  EXPECT_EQ(host.gateway.online_user_count(), 2U);
}

TEST(Gateway, AnswersBeforeTheServerRunsAndAfterIt) {
  EmbeddingHost host;
  EXPECT_EQ(host.gateway.online_user_count(), 0U);
  EXPECT_THAT(host.gateway.online_users(), IsEmpty());
  host.gateway.emit("nobody-hears");
  host.start();
  Client anna = host.user("anna");
  host.host.stop();
  EXPECT_TRUE(host.gateway.user_online_status("anna").online);
  host.gateway.to("anna").emit("nobody-hears");
}

TEST(Gateway, EmitsToAllConnectionsOfAUserAndToNobodyElse) {
  EmbeddingHost host;
  host.start();
  Client anna = host.user("anna");
  Client bert = host.user("bert");
  Client again = host.user("anna", By::polling);
  host.gateway.to("anna").emit("notification", R"({"message":"hello"})");
  host.gateway.emit("all");
  EXPECT_EQ(anna.until(R"(42["all"])").back(), R"(42["notification",{"message":"hello"}])");
  EXPECT_THAT(again.until(R"(42["all"])"), ElementsAre(R"(42["notification",{"message":"hello"}])"));
  for (const std::string& packet : bert.until(R"(42["all"])"))
    EXPECT_THAT(packet, Not(HasSubstr("notification")));
}

TEST(Gateway, EmitsToSeveralRoomsOnceEachAndToAllButSome) {
  EmbeddingHost host;
  host.host.server.of("/").on("join", [](Socket& socket, const Payload&, Ack ack) {
    socket.join("team");
    ack({});
  });
  host.start();
  Client anna = host.user("anna");
  Client bert = host.user("bert");
  anna.send(R"(421["join"])");
  anna.until("431");
  host.gateway.to("anna").to("team").to("bert").except("bert").emit("one", "[1]");
  host.gateway.except("anna").emit("two");
  host.gateway.emit("end");
  const auto without_presence = [](std::vector<std::string> packets) {
    std::erase_if(packets, [](const std::string& packet) { return packet.starts_with(R"(42["user-)"); });
    return packets;
  };
  EXPECT_THAT(without_presence(anna.until(R"(42["end"])")), ElementsAre(R"(42["one",[1]])"));
  EXPECT_THAT(without_presence(bert.until(R"(42["end"])")), ElementsAre(R"(42["two"])"));
}

TEST(Gateway, EmitsInEveryNamespaceItServes) {
  GatewayOptions options = plain_options();
  options.namespaces = {"/", "/other"};
  EmbeddingHost host(options);
  host.start();
  Client here = host.user("anna");
  Client there = host.user("anna", By::websocket, "/other");
  host.gateway.to("anna").emit("hello", json_quote("\"\xC3\xA4\n"));
  EXPECT_EQ(here.next(), "42[\"hello\",\"\\\"\xC3\xA4\\n\"]");
  EXPECT_EQ(there.next(), "42/other,[\"hello\",\"\\\"\xC3\xA4\\n\"]");
}

TEST(Gateway, ServesEventsOfTheApplicationAsItsOwn) {
  GatewayOptions options = plain_options();
  options.event_burst = 2;
  options.events_per_second = 1;
  EmbeddingHost host(options);
  host.gateway.on("chat", [&](Socket& socket, const Payload& payload, Ack ack) {
    EXPECT_EQ(payload.args, R"("hello")");
    ack({json_quote(socket.owner()), {}});
  });
  host.start();
  Client anna = host.user("anna");
  const WallTime before = *host.gateway.user_online_status("anna").last_active;
  while (host.host.server.wall_now() <= before) std::this_thread::yield();  // time is told in milliseconds
  anna.send(R"(421["chat","hello"])");
  EXPECT_EQ(anna.next(), R"(431["anna"])");
  EXPECT_GT(host.gateway.user_online_status("anna").last_active, before);
  const std::string again = server::test::packet_frame(R"(422["chat","hello"])");
  anna.websocket().write(again + again + again);  // at once, for a second later there is room for another
  EXPECT_THAT(anna.next(3).back(), HasSubstr("RATE_LIMITED"));
  EXPECT_THROW(host.gateway.on("heartbeat", {}), std::invalid_argument);
  EXPECT_THROW(host.gateway.on("subscribe-presence", {}), std::invalid_argument);
}

TEST(Gateway, RefusesToEmitWhatClientsCannotRead) {
  EmbeddingHost host;
  host.start();
  Client anna = host.user("anna");
  const std::string deep = std::string(65, '[') + std::string(65, ']');
  for (const std::string& json :
       {std::string("{"), std::string("{} {}"), std::string("1,"), std::string(",1"), std::string(" "),
        std::string("hello"), std::string("\"\xFF\""), std::string("\"\0\"", 3), std::string("]"), deep}) {
    EXPECT_THROW(host.gateway.to("anna").emit("event", json), std::invalid_argument) << json;
  }
  for (const char* event : {"connect", "disconnect", "connect_error", "newListener", "user-online",
                            "connected", "exception", "user-status", "\xFF"}) {
    EXPECT_THROW(host.gateway.emit(event, "{}"), std::invalid_argument) << event;
  }
  host.gateway.to("anna").emit("several", "1 , [2]");
  host.gateway.to("anna").emit("end", " {} ");
  EXPECT_EQ(anna.next(), R"(42["several",1 , [2]])");
  EXPECT_EQ(anna.next(), R"(42["end", {} ])");
}

TEST(Gateway, CallsBackOnceForEachChangeInOrder) {
  EmbeddingHost host;
  Notes notes;
  host.gateway.on_user_online([&](const CameOnline& user) {
    EXPECT_GT(user.at, kLongAgo);
    notes.add("+" + user.user_id);
  });
  host.gateway.on_user_offline([&](const WentOffline& user) {
    EXPECT_GE(user.at, user.last_active);
    EXPECT_GT(user.last_active, kLongAgo);
    notes.add("-" + user.user_id);
  });
  host.start();
  Client anna = host.user("anna");
  Client again = host.user("anna");
  Client bert = host.user("bert");
  leave(anna);
  bert.lose();
  leave(again);
  EXPECT_THAT(notes.await(4), testing::UnorderedElementsAre("+anna", "+bert", "-anna", "-bert"));
  EXPECT_THAT(notes.all().front(), "+anna");
}

TEST(Gateway, CallbacksMayCallAnythingAndRegisterOthers) {
  EmbeddingHost host;
  Notes notes;
  host.gateway.on_user_online([&](const CameOnline& user) {
    notes.add(user.user_id + (host.gateway.user_online_status(user.user_id).online ? " is" : " is not"));
    notes.add(std::to_string(host.gateway.online_users().size()) +
              std::to_string(host.gateway.online_user_count()));
    host.gateway.to(user.user_id).emit("welcome");
    host.gateway.on_user_offline([&](const WentOffline& left) { notes.add(left.user_id + " left"); });
  });
  host.start();
  Client anna(host.host.address(), By::websocket);
  EXPECT_THAT(anna.connect("/", R"({"token":"anna"})"), StartsWith("40{"));
  EXPECT_THAT(anna.until(R"(42["welcome"])"), ElementsAre(StartsWith(R"(42["connected")")));
  EXPECT_THAT(notes.await(2), ElementsAre("anna is", "11"));
  // By now the other one is registered: it was so before the callback returned.
  leave(anna);
  EXPECT_EQ(notes.await(3).back(), "anna left");
}

TEST(Gateway, ASlowCallbackHoldsUpNobodyElse) {
  EmbeddingHost host;
  std::promise<void> go_on;
  Notes notes;
  host.gateway.on_user_online([&, may_go_on = go_on.get_future().share()](const CameOnline& user) {
    may_go_on.wait();
    notes.add(user.user_id);
  });
  host.start();
  Client anna = host.user("anna");
  Client bert = host.user("bert");
  EXPECT_EQ(host.gateway.online_user_count(), 2U);
  EXPECT_THAT(notes.all(), IsEmpty());
  go_on.set_value();
  EXPECT_THAT(notes.await(2), ElementsAre("anna", "bert"));
}

TEST(Gateway, WhatACallbackThrowsIsLoggedAndTheNextIsCalled) {
  EmbeddingHost host;
  Notes notes;
  Notes log;
  set_log_sink([&](LogLevel, std::string_view line) { log.add(std::string(line)); });
  host.gateway.on_user_online([](const CameOnline& user) {
    if (user.user_id == "anna") throw std::runtime_error("no database");
    throw 42;
  });
  host.gateway.on_user_online([&](const CameOnline& user) { notes.add(user.user_id); });
  host.start();
  Client anna = host.user("anna");
  Client bert = host.user("bert");
  EXPECT_THAT(notes.await(2), ElementsAre("anna", "bert"));
  set_log_sink(nullptr);
  EXPECT_THAT(log.all(), ElementsAre(R"(a callback of the gateway threw  what="no database")",
                                     R"(a callback of the gateway threw  what="not a std::exception")"));
}

TEST(Gateway, EndsWhileChangesWaitAndACallbackRuns) {
  Notes notes;
  std::promise<void> entered;
  {
    EmbeddingHost host;
    std::atomic<bool> first{true};
    host.gateway.on_user_online([&](const CameOnline& user) {
      if (first.exchange(false)) entered.set_value();
      std::this_thread::yield();
      notes.add(user.user_id);
    });
    host.start();
    std::vector<Client> clients;
    for (int i = 0; i < 20; ++i) clients.push_back(host.user("user-" + std::to_string(i)));
    entered.get_future().wait();
    host.host.stop();
  }
  EXPECT_EQ(notes.all().front(), "user-0");
}

TEST(Gateway, AVerifierIsMadeOfTheFilesThatTheSettingsName) {
  const std::string path = testing::TempDir() + "rollcall_gateway_test.pem";
  std::ofstream(path) << "-----BEGIN PUBLIC KEY-----\n"
                         "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEVs/o5+uQbTjL3chynL4wXgUg2R9\n"
                         "q9UU8I5mEovUf86QZ7kOBIjJwqnzD1omageEHWwHdBO6B+dFabmdT9POxg==\n"
                         "-----END PUBLIC KEY-----\n";
  AuthSettings auth;
  auth.algorithms = {"ES256"};
  auth.public_keys = {path};
  EXPECT_TRUE(load_verifier(auth)) << load_verifier(auth).error();
  auth.public_keys = {"/no/such.pem"};
  auth.jwks_file = "/no/jwks.json";
  EXPECT_EQ(
      load_verifier(auth).error(),
      "/no/such.pem cannot be read: No such file or directory; /no/jwks.json cannot be read: No such file "
      "or directory");
  std::vector<std::string> warnings;
  AuthSettings weak;
  weak.jwt_secret = "short";
  EXPECT_TRUE(load_verifier(weak, &warnings));
  EXPECT_EQ(warnings.size(), 1U);
}

// Every method at once, from several threads, while users come and go on several workers.
TEST(Gateway, IsUsedByManyThreadsAtOnce) {
  EmbeddingHost host(plain_options(), 3);
  std::mutex mutex;
  std::map<std::string, std::vector<bool>> told;
  const auto note = [&](const std::string& user, bool online) {
    const std::lock_guard lock(mutex);
    told[user].push_back(online);
  };
  host.gateway.on_user_online([&](const CameOnline& user) { note(user.user_id, true); });
  host.gateway.on_user_offline([&](const WentOffline& user) { note(user.user_id, false); });
  host.start();
  std::atomic<bool> over{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      while (!over) {
        const auto users = host.gateway.online_users();
        EXPECT_LE(users.size(), 4U);
        for (const UserStatus& status : host.gateway.users_online_status(users))
          EXPECT_TRUE(!status.online || status.connected_at);
        host.gateway.to("user-1").emit("tick", std::to_string(host.gateway.online_user_count()));
        host.gateway.except("user-2").emit("tock");
      }
    });
  }
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, name = "user-" + std::to_string(i)] {
      for (int round = 0; round < 5; ++round) {
        Client client = host.user(name, round % 2 == 0 ? By::websocket : By::polling);
        EXPECT_TRUE(host.gateway.user_online_status(name).online);
        leave(client);
        EXPECT_FALSE(host.gateway.user_online_status(name).online);
      }
      over = true;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(host.gateway.online_user_count(), 0U);
  Notes last;
  host.gateway.on_user_online([&](const CameOnline& user) { last.add(user.user_id); });
  Client end = host.user("end");
  last.await(1);  // so all before it were told
  const std::lock_guard lock(mutex);
  for (int i = 0; i < 4; ++i) {
    const auto& changes = told["user-" + std::to_string(i)];
    ASSERT_EQ(changes.size(), 10U);
    for (std::size_t at = 0; at < changes.size(); ++at) EXPECT_EQ(changes[at], at % 2 == 0);
  }
}

TEST(Gateway, WarnsOfASecretThatIsTooShortAsTheProgramDoes) {
  Notes lines;
  set_log_sink([&](LogLevel, std::string_view line) { lines.add(std::string(line)); });
  Host host;
  { const Gateway gateway(host.server, hs256("x").value(), plain_options()); }
  set_log_sink(nullptr);
  EXPECT_THAT(lines.all(), testing::Contains(StartsWith(
                               "key  warning=\"The secret has 1 bytes; HS256 should have at least 32\"")));
}

}  // namespace
}  // namespace rollcall
