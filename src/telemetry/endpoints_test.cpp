// /healthz, /readyz and /metrics, asked of a server.
#include "telemetry/endpoints.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "gateway/http/test_api.hpp"
#include "server/crew/readiness.hpp"

namespace rollcall::telemetry {
namespace {

using namespace gateway::test;
using server::test::get;
using server::test::get_request;
using server::test::kPatience;
using testing::HasSubstr;
using testing::Not;

class EndpointsHost {
 public:
  explicit EndpointsHost(bool key_needed = false, const ServerOptions& options = {})
      : config(api_config()),
        host(options),
        gateway(host.server, config, std::make_shared<NameVerifier>()),
        api(host.server, gateway, config.api, {"1.2.3", kStartedAt, {}}),
        endpoints(
            host.server, gateway, api,
            [] {
              return feed::WebhookCounts{7, 1, 2, 3};
            },
            [] {
              return ReloadFigures{5, 6, false, wall_time(1'800'000'000'000)};
            },
            key_needed) {}
  ~EndpointsHost() { host.stop(); }

  HttpAnswerText ask(const std::string& path, const std::string& key = "") const {
    return get(host.address(), path, ApiHost::authorization(key));
  }

  Config config;
  server::test::Host host;
  gateway::PresenceGateway gateway;
  gateway::HttpApi api;
  Endpoints endpoints;
};

// Asks /readyz until the answer has that status.
HttpAnswerText await(Wire& wire, int status) {
  HttpAnswerText answer;
  const auto end = std::chrono::steady_clock::now() + kPatience;
  do {
    wire.write(get_request("/readyz"));
    answer = await_http_answer(wire);
  } while (answer.status != status && std::chrono::steady_clock::now() < end);
  EXPECT_EQ(answer.status, status);
  return answer;
}

TEST(Endpoints, SaysThatItLivesAndIsReady) {
  EndpointsHost host;
  host.host.start();
  EXPECT_EQ(host.ask("/healthz").body, "ok\n");
  const HttpAnswerText ready = host.ask("/readyz");
  EXPECT_EQ(ready.status, 200);
  EXPECT_EQ(ready.body, R"({"ready":true})");
  EXPECT_THAT(ready.head, HasSubstr("cache-control: no-store"));
}

TEST(Endpoints, GivesItsMetricsToAnyone) {
  EndpointsHost host;
  host.host.start();
  const HttpAnswerText metrics = host.ask("/metrics");
  EXPECT_EQ(metrics.status, 200);
  EXPECT_THAT(metrics.head, HasSubstr("content-type: text/plain; version=0.0.4; charset=utf-8\r\n"));
  for (const char* line :
       {"rollcall_build_info{version=\"1.2.3\"} 1\n", "rollcall_ready 1\n", "rollcall_tcp_connections 1\n",
        "rollcall_webhook_requests_total{outcome=\"accepted\"} 7\n",
        "rollcall_webhook_requests_total{outcome=\"failed\"} 1\n", "rollcall_webhook_retries_total 2\n",
        "rollcall_webhook_dropped_changes_total 3\n"}) {
    EXPECT_THAT(metrics.body, HasSubstr(line));
  }
  EXPECT_THAT(host.ask("/metrics").body,
              HasSubstr("rollcall_http_requests_total{method=\"GET\",path=\"/metrics\",status=\"200\"} 1\n"));
}

TEST(Endpoints, GivesItsMetricsOnlyToThoseWithAKeyWhereOneIsWanted) {
  EndpointsHost host(true);
  host.host.start();
  EXPECT_EQ(host.ask("/metrics").status, 401);
  EXPECT_EQ(host.ask("/metrics", "rck_emit").status, 403);
  EXPECT_EQ(host.ask("/metrics", "rck_read").status, 200);
  EXPECT_EQ(host.ask("/healthz").status, 200);
  EXPECT_EQ(host.ask("/readyz").status, 200);
}

TEST(Endpoints, AnswersAllWhoAskAtTheSameTime) {
  EndpointsHost host;
  host.host.start();
  std::list<Wire> wires;
  for (int i = 0; i < 50; ++i) wires.emplace_back(host.host.address()).write(get_request("/metrics"));
  for (Wire& wire : wires) EXPECT_THAT(await_http_answer(wire).body, HasSubstr("rollcall_users_online 0\n"));
}

TEST(Endpoints, IsNotReadyWhileItDrains) {
  EndpointsHost host;
  host.host.start();
  Wire wire(host.host.address());
  wire.write(get_request("/readyz"));
  EXPECT_EQ(await_http_answer(wire).status, 200);
  Client polling(host.host.address(), By::polling);  // who has not fetched its farewell keeps the server
  host.host.call([&] { host.host.server.drain(kPatience); });
  wire.write(get_request("/readyz"));
  const HttpAnswerText answer = await_http_answer(wire);
  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(answer.head, HasSubstr("content-type: application/problem+json"));
  EXPECT_THAT(answer.body, HasSubstr(R"("code":"DRAINING")"));
}

// A worker that is stopped in the middle of a turn, and another that serves.
TEST(Endpoints, IsNotReadyWhileAWorkerHangsAndTheMetricsSayWhich) {
  ServerOptions options;
  options.workers = 2;
  options.hung_after = milliseconds(300);
  std::promise<void> entered, go_on;
  EndpointsHost host(false, options);
  host.host.server.handle_http("GET", "/hang", [&](const HttpRequest&) {
    entered.set_value();
    go_on.get_future().wait();
    return HttpAnswer{};
  });
  host.host.start();
  Wire first(host.host.address()), second(host.host.address());  // dealt to one each
  EXPECT_THAT(await(first, 200).body, R"({"ready":true})");      // both have begun
  second.write(get_request("/hang"));
  entered.get_future().wait();
  const HttpAnswerText answer = await(first, 503);
  EXPECT_THAT(answer.body, HasSubstr(R"("code":"WORKER_HUNG")"));
  EXPECT_THAT(answer.body, HasSubstr("1 of 2 workers hang"));
  first.write(get_request("/metrics"));
  const std::string metrics = await_http_answer(first).body;
  EXPECT_THAT(metrics, HasSubstr("rollcall_ready 0\n"));
  EXPECT_THAT(metrics, HasSubstr("rollcall_worker_hung{worker=\"1\"} 1\n"));
  go_on.set_value();
  EXPECT_EQ(await_http_answer(second).status, 200);
}

TEST(Endpoints, TellsThoseWhoWaitWhenItEnds) {
  std::promise<void> gathering, go_on;
  std::unique_ptr<Scraper> scraper;
  server::test::Host host;
  scraper = std::make_unique<Scraper>([&] {
    gathering.set_value();
    go_on.get_future().wait();
    return std::string("late");
  });
  host.server.handle_http("GET", "/metrics",
                          [&](HttpRequest&, HttpReply reply) { scraper->answer(std::move(reply)); });
  host.start();
  Wire first(host.address()), second(host.address());
  first.write(get_request("/metrics"));
  gathering.get_future().wait();
  second.write(get_request("/metrics"));
  host.settle();
  scraper->stop();
  go_on.set_value();
  EXPECT_EQ(await_http_answer(first).body, "late");
  scraper.reset();
  EXPECT_EQ(await_http_answer(second).status, 500);
}

TEST(Readiness, IsNotGivenWhileConnectionsAreTurnedAway) {
  server::Figures figures;
  figures.workers.resize(1);
  figures.workers[0].life = server::Life::running;
  EXPECT_TRUE(server::readiness_of(figures).ready);
  figures.turning_away = true;
  const auto readiness = server::readiness_of(figures);
  EXPECT_FALSE(readiness.ready);
  EXPECT_EQ(readiness.code, "NO_DESCRIPTORS");
  EXPECT_NE(readiness.detail.find("LimitNOFILE"), std::string::npos);
}

TEST(Readiness, HasAReasonForEachStateOfAWorker) {
  using server::Life;
  const auto code = [](Life one, Life two, bool draining = false) {
    server::Figures figures;
    figures.workers.resize(2);
    figures.workers[0].life = one;
    figures.workers[1].life = two;
    figures.draining = draining;
    return std::string(server::readiness_of(figures).code);
  };
  EXPECT_EQ(code(Life::running, Life::running), "");
  EXPECT_EQ(code(Life::running, Life::starting), "STARTING");
  EXPECT_EQ(code(Life::running, Life::hung), "WORKER_HUNG");
  EXPECT_EQ(code(Life::starting, Life::hung), "WORKER_HUNG");
  EXPECT_EQ(code(Life::running, Life::running, true), "DRAINING");
  EXPECT_EQ(code(Life::hung, Life::running, true), "DRAINING");
  EXPECT_EQ(code(Life::ended, Life::running), "DRAINING");
}

}  // namespace
}  // namespace rollcall::telemetry
