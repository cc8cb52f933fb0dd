// What the server counts of itself, each thing provoked; and whether its workers still turn.
#include "server/crew/figures.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <future>

#include "server/crew/readiness.hpp"
#include "server/test_client.hpp"
#include "server/test_host.hpp"
#include "server/test_workers.hpp"

namespace rollcall::server {
namespace {

using namespace test;
using testing::IsSupersetOf;
using testing::StartsWith;

std::uint64_t of(const std::vector<NamedCount>& row, std::string_view name) {
  const auto found =
      std::find_if(row.begin(), row.end(), [&](const NamedCount& count) { return count.name == name; });
  EXPECT_NE(found, row.end()) << name;
  return found == row.end() ? 0 : found->count;
}

std::uint64_t all_of(const std::vector<NamedCount>& row) {
  std::uint64_t sum = 0;
  for (const NamedCount& count : row) sum += count.count;
  return sum;
}

class FiguresTest : public testing::Test {
 protected:
  explicit FiguresTest(ServerOptions options = with_recovery()) : host(std::move(options)) {
    answer_sync(nsp);
    nsp.on_disconnect([this](Socket&, std::string_view reason) { host.notes.add(std::string(reason)); });
    host.server.handle_http("GET", "/page/{name}", [](const HttpRequest&) { return HttpAnswer{}; });
    host.start();
  }
  Client member(By by = By::websocket) {
    Client client(host.address(), by);
    EXPECT_THAT(client.connect(), StartsWith("40{"));
    return client;
  }
  // Once all that was written before has been read, and has had its consequences.
  Figures figures() {
    host.settle();
    return figures_of(host.server);
  }

  Host host;
  Namespace& nsp = host.server.of("/");
};

TEST(Counts, AreSummedAndNamedByKind) {
  Counters first, second;
  first.add<Count::left>(EndReason::slow_consumer);
  first.add<Count::left>(EndReason::client_left);
  second.add<Count::left>(EndReason::client_left);
  second.add<Count::left>(EndReason::server_left);
  second.add(Count::recovered, 3);
  CountSums sums;
  sums += first;
  sums += second;
  const auto left = sums.by_kind(Count::left);
  EXPECT_EQ(of(left, "slow consumer"), 1U);
  EXPECT_EQ(of(left, "client namespace disconnect"), 2U);
  EXPECT_EQ(of(left, "server namespace disconnect"), 1U);
  EXPECT_EQ(all_of(left), 4U);
  EXPECT_EQ(sums.value(Count::recovered), 3U);
  EXPECT_EQ(sums.value(Count::joined), 0U);
}

TEST_F(FiguresTest, SessionsAreCountedByTransportAsTheyComeAndGo) {
  Client polling = member(By::polling), websocket = member(By::websocket);
  Figures now = figures();
  EXPECT_EQ(of(now.counts.by_kind(Count::open), "polling"), 1U);
  EXPECT_EQ(of(now.counts.by_kind(Count::open), "websocket"), 1U);
  EXPECT_EQ(now.counts.value(Count::joined), 2U);
  polling.begin_upgrade();
  polling.finish_upgrade();
  until_sync(polling);
  now = figures();
  EXPECT_EQ(of(now.counts.by_kind(Count::open), "polling"), 0U);
  EXPECT_EQ(of(now.counts.by_kind(Count::open), "websocket"), 2U);
  EXPECT_EQ(now.counts.value(Count::upgraded), 1U);
  EXPECT_EQ(of(now.counts.by_kind(Count::opened), "polling"), 1U);
  EXPECT_EQ(of(now.counts.by_kind(Count::opened), "websocket"), 1U);
  polling.lose();
  websocket.lose();
  host.notes.await(2);
  now = figures();
  EXPECT_EQ(all_of(now.counts.by_kind(Count::open)), 0U);
  EXPECT_EQ(of(now.counts.by_kind(Count::closed), "transport close"), 2U);
  EXPECT_EQ(all_of(now.counts.by_kind(Count::closed)), 2U);
}

TEST_F(FiguresTest, SocketsAreCountedByHowTheyLeave) {
  Client polite = member(), broken = member(), rude = member();
  polite.send("41");
  host.notes.await(1);
  Client refused(host.address(), By::websocket);
  EXPECT_THAT(refused.connect("/nowhere"), StartsWith("44"));
  broken.lose();
  host.notes.await(2);
  rude.send("4what is this");
  host.notes.await(3);
  const Figures now = figures();
  EXPECT_EQ(of(now.counts.by_kind(Count::left), "client namespace disconnect"), 1U);
  EXPECT_EQ(of(now.counts.by_kind(Count::left), "transport close"), 1U);
  EXPECT_EQ(of(now.counts.by_kind(Count::left), "parse error"), 1U);
  EXPECT_EQ(all_of(now.counts.by_kind(Count::left)), 3U);
  EXPECT_EQ(now.counts.value(Count::joined), 3U);
}

TEST_F(FiguresTest, SocketsThatTheServerThrowsOutAreCountedApart) {
  Client client(host.address(), By::websocket);
  const std::string answer = client.connect();  // 40{"sid":"...
  const std::string id = answer.substr(10, answer.find('"', 10) - 10);
  host.call([&] { nsp.sockets(Room::socket(id)).at(0).get()->disconnect(); });
  host.notes.await(1);
  EXPECT_EQ(of(figures().counts.by_kind(Count::left), "server namespace disconnect"), 1U);
}

TEST_F(FiguresTest, RefusedHandshakesAreCountedByReason) {
  get(host.address(), "/socket.io/?EIO=3&transport=polling");
  get(host.address(), "/socket.io/?EIO=4&transport=pigeon");
  get(host.address(), "/socket.io/?EIO=4&transport=polling&sid=nobody");
  get(host.address(), "/socket.io/?EIO=4&transport=polling&sid=nobody");
  const Figures now = figures();
  EXPECT_EQ(of(now.counts.by_kind(Count::refused), "unsupported version"), 1U);
  EXPECT_EQ(of(now.counts.by_kind(Count::refused), "unknown transport"), 1U);
  EXPECT_EQ(of(now.counts.by_kind(Count::refused), "unknown session"), 2U);
  EXPECT_EQ(all_of(now.counts.by_kind(Count::refused)), 4U);
}

TEST_F(FiguresTest, MessagesAndDeliveriesAreCounted) {
  Client one = member(), two = member();
  const Figures before = figures();
  host.call([&] { nsp.emit("news", {R"({"_placeholder":true,"num":0})", {"binary"}}); });
  EXPECT_THAT(one.next(), StartsWith("451-[\"news\""));
  EXPECT_THAT(two.next(), StartsWith("451-[\"news\""));
  until_sync(one);
  const Figures now = figures();
  EXPECT_EQ(now.counts.value(Count::deliveries) - before.counts.value(Count::deliveries), 2U);
  // The event, its attachment and the offset behind them to each, and one acknowledgement.
  EXPECT_EQ(now.counts.value(Count::messages_sent) - before.counts.value(Count::messages_sent), 7U);
  EXPECT_EQ(now.counts.value(Count::messages_received) - before.counts.value(Count::messages_received), 1U);
  EXPECT_GT(now.bytes_received, before.bytes_received);
  EXPECT_GT(now.bytes_sent, before.bytes_sent);
  EXPECT_EQ(now.bytes_waiting, 0U);
}

TEST_F(FiguresTest, RecoveriesAreCountedByWhetherTheyWorked) {
  Client first(host.address(), By::websocket);
  const std::string answer = first.connect();
  const std::size_t at = answer.find(R"("pid":")") + 7;
  const std::string pid = answer.substr(at, answer.find('"', at) - at);
  host.call([&] { nsp.emit("seen", {}); });
  EXPECT_EQ(first.next(), R"(42["seen"])");
  const std::string offset = first.next_offset();
  first.lose();
  host.notes.await(1);
  const auto come_back = [&](const std::string& with) {
    Client again(host.address(), By::websocket);
    EXPECT_THAT(again.connect("/", R"({"pid":")" + with + R"(","offset":")" + offset + R"("})"),
                StartsWith("40{"));
  };
  come_back(pid);
  come_back("nobody");
  const Figures now = figures();
  EXPECT_EQ(now.counts.value(Count::recovered), 1U);
  EXPECT_EQ(now.counts.value(Count::not_recovered), 1U);
}

TEST_F(FiguresTest, HttpRequestsAreCountedByRouteAndStatus) {
  get(host.address(), "/page/a");
  get(host.address(), "/page/b");
  get(host.address(), "/none");
  Wire wire(host.address());
  wire.write("nonsense\r\n\r\n");
  wire.await_close();
  std::vector<std::string> seen;
  for (const RouteCount& route : figures().http) {
    seen.push_back(route.method + " " + route.pattern + " " + std::to_string(route.status) + " x" +
                   std::to_string(route.count));
  }
  EXPECT_THAT(seen, testing::UnorderedElementsAre("GET /page/{name} 200 x2", "  404 x1", "  400 x1"));
}

TEST_F(FiguresTest, ConnectionsAndTheirFramesAreCounted) {
  Wire wire(host.address());
  wire.write(upgrade_request("/socket.io/?EIO=4&transport=websocket"));
  EXPECT_EQ(await_http_answer(wire).status, 101);
  wire.write("\xFF\xFF\xFF");  // reserved bits
  wire.await_close();
  const Figures now = figures();
  EXPECT_EQ(now.counts.value(Count::accepted), 1U);
  EXPECT_EQ(now.counts.value(Count::broken_frames), 1U);
  EXPECT_EQ(all_of(now.counts.by_kind(Count::closed)), 1U);
  EXPECT_EQ(now.turned_away, 0U);
}

TEST_F(FiguresTest, OneWorkerThatTurnsIsRunning) {
  const Figures now = figures();
  ASSERT_EQ(now.workers.size(), 1U);
  EXPECT_EQ(now.workers[0].life, Life::running);
  EXPECT_GT(now.workers[0].turns.count(), 0U);
  EXPECT_EQ(now.workers[0].inbox, 0U);
  EXPECT_FALSE(now.draining);
}

ServerOptions impatient() {
  ServerOptions options;
  options.connect_timeout = milliseconds(1);
  return options;
}

struct ImpatientFigures : FiguresTest {
  ImpatientFigures() : FiguresTest(impatient()) {}
};

TEST_F(ImpatientFigures, SessionsThatJoinNothingInTimeAreCounted) {
  Client idle(host.address(), By::websocket);
  EXPECT_EQ(idle.next(), "close 1000");
  const Figures now = figures();
  EXPECT_EQ(now.counts.value(Count::connect_timeouts), 1U);
  EXPECT_EQ(of(now.counts.by_kind(Count::closed), "forced close"), 1U);
}

TEST_F(ImpatientFigures, SessionsThatNobodyUsesAreCountedLikeOthers) {
  EXPECT_EQ(get(host.address(), "/socket.io/?EIO=4&transport=polling").status, 200);
  Client later(host.address(), By::websocket);
  EXPECT_EQ(later.next(), "close 1000");
  const Figures now = figures();
  EXPECT_EQ(now.counts.value(Count::connect_timeouts), 2U);
  EXPECT_EQ(of(now.counts.by_kind(Count::opened), "polling"), 1U);
  EXPECT_EQ(of(now.counts.by_kind(Count::open), "polling"), 0U);
  EXPECT_EQ(of(now.counts.by_kind(Count::closed), "forced close"), 2U);
  EXPECT_EQ(now.counts.value(Count::pending), 0U);
}

ServerOptions with_small_backlog() {
  ServerOptions options;
  options.backlog_bytes = 10'000;
  return options;
}

struct SlowFigures : FiguresTest {
  SlowFigures() : FiguresTest(with_small_backlog()) {}
};

TEST_F(SlowFigures, WhoDoesNotReadIsCounted) {
  Client slow(host.address(), By::websocket, {"/socket.io/", "", "", 8 * 1024});
  EXPECT_THAT(slow.connect(), StartsWith("40{"));
  for (int i = 0; i < 200 && host.notes.all().empty(); ++i) {
    host.call([&] { nsp.emit("big", {"\"" + std::string(200'000, 'x') + "\"", {}}); });
  }
  host.notes.await(1);
  const Figures now = figures();
  EXPECT_EQ(of(now.counts.by_kind(Count::closed), "slow consumer"), 1U);
  EXPECT_EQ(of(now.counts.by_kind(Count::left), "slow consumer"), 1U);
  EXPECT_EQ(now.counts.value(Count::slow_readers), 0U);
  EXPECT_EQ(now.bytes_waiting, 0U);
}

// The server's streams are not waited for by anyone but their reader.
TEST(SlowReaders, AreCountedForHttpAnswers) {
  Host host(with_small_backlog());
  std::optional<HttpStream> stream;
  host.server.handle_http("GET", "/stream", [&](HttpRequest&, const HttpReply& reply) {
    stream = reply.stream({});
    stream->on_close([&] { host.notes.add("closed"); });
    host.notes.add("open");
  });
  host.start();
  Wire reader(host.address(), 8 * 1024);
  reader.write(get_request("/stream"));
  host.notes.await(1);
  for (int i = 0; i < 200 && host.notes.all().size() < 2; ++i) {
    host.call([&] { stream->write(std::string(200'000, 'x')); });
  }
  host.notes.await(2);
  host.settle();
  EXPECT_EQ(figures_of(host.server).counts.value(Count::slow_readers), 1U);
  host.call([&] { stream.reset(); });
}

ServerOptions easily_worried() {
  ServerOptions options;
  options.hung_after = milliseconds(300);
  return options;
}

// A server of several workers, of which one can be stopped in the middle of a turn.
class HungWorker : public testing::Test {
 protected:
  HungWorker() {
    host.server.handle_http("GET", "/hang", [this](const HttpRequest&) {
      entered.set_value();
      go_on.get_future().wait();
      return HttpAnswer{};
    });
    host.start();
  }
  void hang(WorkerIndex worker) {
    hanging = std::make_unique<Wire>(host.wire_at(worker));
    hanging->write(get_request("/hang"));
    entered.get_future().wait();
  }
  Life life_of(WorkerIndex worker) { return figures_of(host.server).workers[worker].life; }
  void await(WorkerIndex worker, Life life) {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (life_of(worker) != life && std::chrono::steady_clock::now() < end) {
    }
    EXPECT_EQ(life_of(worker), life);
  }

  WorkersHost host{easily_worried()};
  std::promise<void> entered, go_on;
  std::unique_ptr<Wire> hanging;
};

TEST_F(HungWorker, ShowsAndTheOthersDoNot) {
  hang(1);
  await(1, Life::hung);
  EXPECT_GT(figures_of(host.server).workers[1].turn_age, milliseconds(300));
  await(0, Life::running);
  await(2, Life::running);
  go_on.set_value();
  EXPECT_EQ(await_http_answer(*hanging).status, 200);
  await(1, Life::running);
}

TEST_F(HungWorker, GetsNoNewConnections) {
  hang(1);
  await(1, Life::hung);
  std::list<Wire> wires;
  for (int i = 0; i < 12; ++i) {
    wires.emplace_back(host.address());
    EXPECT_THAT(host.worker_of(wires.back()), testing::AnyOf(0, 2));
  }
  go_on.set_value();
}

TEST(WorkerFigures, BeginAndEndWithTheWorker) {
  Host host;
  EXPECT_EQ(figures_of(host.server).workers.at(0).life, Life::starting);
  host.start();
  host.call([] {});
  EXPECT_EQ(figures_of(host.server).workers.at(0).life, Life::running);
  host.stop();
  EXPECT_EQ(figures_of(host.server).workers.at(0).life, Life::ended);
}

// More workers than cores, so that some thread is late.
TEST(WorkerFigures, SayThatAllTurnBeforeTheFirstClientIsLetIn) {
  ServerOptions options;
  options.workers = 16;
  Host host(options);
  Readiness readiness{false, "", ""};
  host.server.post([&] { readiness = readiness_of(figures_of(host.server)); });
  host.start();
  host.call([] {});
  EXPECT_TRUE(readiness.ready) << readiness.detail;
}

// Stopped before they began, their loops make no turn.
TEST(WorkerFigures, SayThatAllEndedIfTheServerWasStoppedBeforeItRan) {
  ServerOptions options;
  options.workers = 3;
  Server server(on_loopback(options));
  server.stop();
  server.run();
  for (const WorkerFigures& worker : figures_of(server).workers) EXPECT_EQ(worker.life, Life::ended);
}

TEST(WorkerFigures, SayWhatWaitsInTheInbox) {
  WorkersHost host;
  Namespace& nsp = host.server.of("/");
  host.start();
  const std::size_t before = figures_of(host.server).workers[0].inbox;
  std::size_t inside = 0;
  host.call([&] {
    nsp.emit("one", {});
    nsp.emit("two", {});
    inside = figures_of(host.server).workers[0].inbox;
  });
  EXPECT_EQ(before, 0U);
  EXPECT_EQ(inside, 2U);
}

TEST(WorkerFigures, SayThatTheServerDrains) {
  Host host;
  host.start();
  Client client(host.address(), By::polling);
  EXPECT_TRUE(host.call([&] {
    host.server.drain(kPatience);
    return figures_of(host.server).draining;
  }));
}

TEST(TurnEnd, IsToldOnEachWorkersThread) {
  WorkersHost host;
  for (WorkerIndex worker = 0; worker < kWorkers; ++worker) {
    on_turn_end(host.server, worker, [&host, worker](microseconds) {
      EXPECT_EQ(BusPort::current()->index(), worker);
      host.notes.add(std::to_string(worker));
    });
  }
  host.start();
  for (WorkerIndex worker = 0; worker < kWorkers; ++worker) host.wire_at(worker);
  EXPECT_THAT(host.notes.all(), IsSupersetOf({"0", "1", "2"}));
}

}  // namespace
}  // namespace rollcall::server
