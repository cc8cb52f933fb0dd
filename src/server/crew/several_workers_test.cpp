// Several workers serve as one: what is broadcast on any of them reaches everybody once, in one order, and
// where a client's connection happens to be makes no difference.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

#include "base/json.hpp"
#include "server/test_workers.hpp"

namespace rollcall::server {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::StartsWith;

class SeveralWorkers : public testing::Test {
 protected:
  explicit SeveralWorkers(const ServerOptions& options = {}) : host(options) {
    nsp.on("say", [this](Socket&, const Payload& payload, Ack) { nsp.emit("said", payload); });
    nsp.on("join", [](Socket& socket, const Payload& payload, Ack ack) {
      socket.join(payload.args.substr(1, payload.args.size() - 2));
      ack({});
    });
  }
  static void join(Client& client, const std::string& room) {
    client.send(R"(420["join",")" + room + R"("])");
    EXPECT_EQ(client.next(), "430[]");
  }
  // One on each worker, by one transport or the other.
  std::vector<Client> one_a_worker(By by = By::websocket) {
    std::vector<Client> clients;
    for (WorkerIndex i = 0; i < kWorkers; ++i) clients.push_back(host.member_at(i, by));
    host.let_spares_go();
    return clients;
  }

  WorkersHost host;
  Namespace& nsp = host.server.of("/");
};

TEST_F(SeveralWorkers, EachAnswersForItsOwnSocketsHoweverItIsNamed) {
  nsp.on("count", [](Socket& socket, const Payload&, Ack ack) {
    ack({std::to_string(socket.nsp().size("den")) + "," + std::to_string(socket.nsp().size()), {}});
  });
  host.start();
  std::vector<Client> clients = one_a_worker();
  join(clients[0], "den");
  join(clients[2], "den");
  host.server.post_to_all([this](unsigned worker) {
    const Namespace& its = host.server.of("/", worker);
    const bool as_here = its.size("den") == nsp.size("den");
    host.notes.add(std::to_string(worker) + ":" + std::to_string(its.size("den")) + (as_here ? "" : "?"));
  });
  EXPECT_THAT(host.notes.await(kWorkers), testing::UnorderedElementsAre("0:1", "1:0", "2:1"));
  clients[1].send(R"(421["count"])");
  EXPECT_EQ(clients[1].next(), "431[0,3]");
}

TEST_F(SeveralWorkers, AWorkersPartEmitsToAllFromAnyThread) {
  host.start();
  std::vector<Client> clients = one_a_worker();
  Namespace& part = host.server.of("/", 1);
  part.emit("said", {"1", {}});
  host.server.post_to_all([&](unsigned worker) {
    if (worker == 2) part.emit("said", {"2", {}});
  });
  for (Client& client : clients) {
    EXPECT_THAT(client.next(2), ElementsAre(R"(42["said",1])", R"(42["said",2])"));
  }
}

TEST_F(SeveralWorkers, AllHearTheSameInTheSameOrderWhoeverSpeaks) {
  constexpr int kEach = 150;
  host.start();
  std::vector<Client> clients = one_a_worker();
  for (Client& polling : one_a_worker(By::polling)) clients.push_back(std::move(polling));
  for (std::size_t i = 0; i < clients.size(); ++i) {
    std::vector<std::string> words;
    for (int k = 0; k < kEach; ++k) {
      words.push_back(R"(42["say",")" + std::to_string(i) + "." + std::to_string(k) + R"("])");
    }
    clients[i].send_all(words);
  }
  std::thread stranger([this] {
    for (int k = 0; k < kEach; ++k) nsp.emit("said", {"\"s." + std::to_string(k) + "\"", {}});
  });
  const std::size_t total = kEach * (clients.size() + 1);
  const auto heard = clients[0].next(total);
  stranger.join();
  EXPECT_EQ(std::set<std::string>(heard.begin(), heard.end()).size(), total);
  for (std::size_t i = 1; i < clients.size(); ++i) EXPECT_EQ(clients[i].next(total), heard) << i;
  // Each speaker's own words in the order in which he said them.
  std::map<char, int> next;
  for (const std::string& packet : heard) {
    const std::size_t dot = packet.find('.');
    EXPECT_EQ(std::stoi(packet.substr(dot + 1)), next[packet[dot - 1]]++) << packet;
  }
}

TEST_F(SeveralWorkers, RoomsAndExceptionsHoldOnAllOfThem) {
  nsp.on("tell", [this](Socket& socket, const Payload&, Ack ack) {
    nsp.to("a").emit("to a", {});
    nsp.to("a").to("b").emit("to a or b", {});
    nsp.to("a").except("b").emit("to a, not b", {});
    nsp.except("a").emit("not a", {});
    socket.to("b").emit("others in b", {});
    nsp.to(Room::socket(socket.id())).emit("me", {});
    ack({});
  });
  host.start();
  std::vector<Client> clients = one_a_worker();
  join(clients[0], "a");
  join(clients[1], "b");
  join(clients[2], "a");
  join(clients[2], "b");
  clients[1].send(R"(421["tell"])");
  EXPECT_THAT(clients[1].until("431[]"), ElementsAre(R"(42["to a or b"])", R"(42["not a"])", R"(42["me"])"));
  nsp.emit("end", {});
  EXPECT_THAT(clients[0].until(R"(42["end"])"),
              ElementsAre(R"(42["to a"])", R"(42["to a or b"])", R"(42["to a, not b"])"));
  EXPECT_THAT(clients[2].until(R"(42["end"])"),
              ElementsAre(R"(42["to a"])", R"(42["to a or b"])", R"(42["others in b"])"));
}

// As if each broadcast were delivered at once.
TEST_F(SeveralWorkers, AHandlerSeesItsOwnBroadcastsInPlace) {
  nsp.on("act", [this](Socket& socket, const Payload&, Ack ack) {
    nsp.emit("1", {});
    socket.emit("2", {});
    nsp.to("room").emit("before it joined", {});
    socket.join("room");
    nsp.to("room").emit("3", {});
    socket.leave("room");
    nsp.to("room").emit("after it left", {});
    nsp.emit("4", {});
    socket.emit_with_ack("5", {}, kPatience, [this](const Result<Payload, AckTimeout>& answer) {
      host.notes.add(answer ? answer->args : "none");
    });
    nsp.emit("6", {});
    ack({});
    nsp.emit("7", {});
  });
  host.start();
  std::vector<Client> clients = one_a_worker();
  for (std::size_t i = 0; i < clients.size(); ++i) {
    Client& client = clients[i];
    EXPECT_THAT(client.next(4 * i), testing::SizeIs(4 * i));  // what those before have told all
    client.send(R"(429["act"])");
    EXPECT_THAT(client.next(8), ElementsAre(R"(42["1"])", R"(42["2"])", R"(42["3"])", R"(42["4"])",
                                            R"(420["5"])", R"(42["6"])", "439[]", R"(42["7"])"));
    client.send("430[\"yes\"]");
  }
  EXPECT_THAT(host.notes.await(kWorkers), ElementsAre("\"yes\"", "\"yes\"", "\"yes\""));
}

TEST_F(SeveralWorkers, SizesAreOfAllAndSocketsOfThisWorker) {
  std::atomic<std::size_t> here = 0;
  nsp.on("count", [&](Socket&, const Payload&, Ack ack) {
    here += nsp.sockets("room").size();
    ack({std::to_string(nsp.size()) + "," + std::to_string(nsp.size("room")), {}});
  });
  host.start();
  std::vector<Client> clients = one_a_worker();
  for (Client& client : clients) {
    join(client, "room");
    client.send(R"(421["count"])");
    EXPECT_EQ(client.next(), "431[3,1]");
  }
  EXPECT_EQ(here, kWorkers);
}

TEST_F(SeveralWorkers, StopEndsThemAll) {
  host.start();
  std::vector<Client> clients = one_a_worker();
  std::thread stranger([this] { host.server.stop(); });
  stranger.join();
  host.join();
  nsp.emit("to nobody", {});
}

TEST_F(SeveralWorkers, DrainTellsTheClientsOfAllAndEnds) {
  host.start();
  std::vector<Client> clients = one_a_worker(), polling = one_a_worker(By::polling);
  host.call([this] {
    nsp.emit("last", {});
    host.server.drain(kPatience * 2);
  });
  for (Client& client : clients) {
    EXPECT_THAT(client.next(2), ElementsAre(R"(42["last"])", "close 1000"));
    client.lose();
  }
  for (Client& client : polling) {
    EXPECT_THAT(client.next(2), ElementsAre(R"(42["last"])", "1"));
    client.lose();
  }
  host.join();
}

struct RecoveryOfWorkers : SeveralWorkers {
  RecoveryOfWorkers() : SeveralWorkers(with_recovery()) {
    nsp.on_disconnect([this](Socket&, std::string_view) { ++gone; });
  }
  ~RecoveryOfWorkers() override { host.stop(); }  // sessions end then, too, and are counted
  std::atomic<int> gone = 0;
};

// While one thread and every worker broadcast, a client loses its connection again and again, and comes
// back to whatever worker: it hears every number, once, in order.
TEST_F(RecoveryOfWorkers, NothingIsLostDoubledOrReorderedWhereverAClientComesBack) {
  constexpr int kReturns = 30;
  host.start();
  std::vector<Client> speakers = one_a_worker();
  std::atomic<bool> done = false;
  std::atomic<int> heard = 0;
  std::thread stranger([&] {
    for (int said = 0; !done; ++said) {
      while (!done && said > heard + 300) std::this_thread::yield();  // else the client is too slow
      nsp.to("room").emit("n", {std::to_string(said), {}});
      nsp.to("elsewhere").emit("not for it", {});
      std::this_thread::yield();
    }
  });
  std::optional<Client> client(host.client_at(0));
  const auto first = base::json::parse(client->connect().substr(2));
  join(*client, "room");
  const std::string sid(first->at("sid").as_string()), pid(first->at("pid").as_string());
  std::string offset;
  int expected = -1, recovered = 0;
  const auto hear = [&](int count) {
    for (int i = 0; i < count; ++i) {
      const auto event = base::json::parse(client->next().substr(2));
      ASSERT_TRUE(event.ok());
      const int number = static_cast<int>(event->as_array()[1].as_int64());
      if (expected >= 0) {
        ASSERT_EQ(number, expected);
      }
      heard = expected = number + 1;
      offset = client->next_offset();
    }
  };
  for (int i = 0; i < kReturns && !HasFatalFailure(); ++i) {
    hear(1 + i % 7);
    const int before = gone;
    if (client->transport() == By::websocket) {
      client->lose();
    } else {
      client->send("1");  // a GET that is given up may have been answered before
    }
    while (gone == before) host.settle();
    client.emplace(
        host.client_at(static_cast<WorkerIndex>(i) % kWorkers, i % 2 ? By::polling : By::websocket));
    const std::string answer =
        client->connect("/", R"({"pid":")" + pid + R"(","offset":")" + offset + R"("})");
    recovered += answer.find(sid) != std::string::npos;
    host.let_spares_go();
  }
  if (!HasFatalFailure()) hear(50);
  done = true;
  stranger.join();
  EXPECT_EQ(recovered, kReturns);
}

// The old connection is another worker's, and nobody has noticed yet that it is dead.
TEST_F(RecoveryOfWorkers, AClientTakesItsLivingSessionOverFromAnyWorker) {
  host.start();
  Client first = host.client_at(0);
  const std::string answer = first.connect();
  const auto session = base::json::parse(answer.substr(2));
  join(first, "room");
  const std::string pid(session->at("pid").as_string());
  std::string offset;
  for (const WorkerIndex worker : {1U, 2U, 1U, 0U, 0U}) {
    nsp.to("room").emit("news", {std::to_string(worker), {}});
    const int before = gone;
    Client next = host.client_at(worker);
    const std::string shown = offset.empty() ? "" : R"(,"offset":")" + offset + R"(")";
    EXPECT_EQ(next.connect("/", R"({"pid":")" + pid + R"(")" + shown + "}"), answer);
    EXPECT_EQ(next.next(), R"(42["news",)" + std::to_string(worker) + "]");
    offset = next.next_offset();
    while (gone == before) host.settle();
    first = std::move(next);
    host.let_spares_go();
  }
}

}  // namespace
}  // namespace rollcall::server
