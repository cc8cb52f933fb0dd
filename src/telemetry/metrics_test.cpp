#include "telemetry/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <sstream>

namespace rollcall::telemetry {
namespace {

using engineio::CloseReason;
using engineio::Transport;
using testing::HasSubstr;

Sample sample() {
  Sample sample;
  sample.about = {"1.2.3", wall_time(1'767'530'096'789), {}};
  sample.server.workers.resize(2);
  sample.server.workers[0].life = server::Life::running;
  sample.server.workers[0].turns.counts[0] = 5;
  sample.server.workers[0].turns.total = milliseconds(1500);
  sample.server.workers[1].life = server::Life::running;
  sample.server.workers[1].turns.counts[1] = 1;
  sample.server.workers[1].connections = 3;
  sample.server.workers[1].inbox = 4;
  server::Counters counters;
  for (int i = 0; i < 2; ++i) counters.add<server::Count::open>(Transport::websocket);
  for (int i = 0; i < 3; ++i) counters.add<server::Count::closed>(CloseReason::slow_consumer);
  counters.add(server::Count::upgraded, 4);
  sample.server.counts += counters;
  sample.server.http = {{"GET", "/api/v1/users/{userId}/presence", 200, 6}};
  sample.presence.online = 11;
  sample.presence.denials = {{"INVALID_TOKEN", 12}};
  sample.presence.requests = {{"heartbeat", {}}};
  return sample;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST(Metrics, AreNamedAsPrometheusWantsThem) {
  std::set<std::string> names;
  std::string name;
  const std::regex kName("(rollcall|process)_[a-z0-9_]*[a-z0-9]");
  for (const std::string& line : lines_of(metrics_text(sample()))) {
    if (line.starts_with("# HELP ")) {
      name = line.substr(7, line.find(' ', 7) - 7);
      EXPECT_TRUE(std::regex_match(name, kName)) << name;
      EXPECT_TRUE(names.insert(name).second) << name << " twice";
      EXPECT_THAT(line, testing::EndsWith(".")) << "what it means is a sentence";
    } else if (line.starts_with("# TYPE ")) {
      EXPECT_EQ(line.ends_with(" counter"), name.ends_with("_total")) << line;
      EXPECT_EQ(line.ends_with(" histogram"),
                name.ends_with("duration_seconds") || name.ends_with("lag_seconds"))
          << line;
    }
  }
  EXPECT_GT(names.size(), 40U);
}

TEST(Metrics, SayWhatCameOfReloadsAndWhenTheCertificateEnds) {
  Sample renewed = sample();
  EXPECT_THAT(metrics_text(renewed), HasSubstr("rollcall_last_reload_successful 1\n"));
  EXPECT_THAT(metrics_text(renewed), testing::Not(HasSubstr("rollcall_tls_certificate"))) << "without TLS";
  renewed.reloads = {5, 6, false, wall_time(1'800'000'000'000)};
  const std::string text = metrics_text(renewed);
  EXPECT_THAT(text, HasSubstr("rollcall_reloads_total{outcome=\"applied\"} 5\n"));
  EXPECT_THAT(text, HasSubstr("rollcall_reloads_total{outcome=\"refused\"} 6\n"));
  EXPECT_THAT(text, HasSubstr("rollcall_last_reload_successful 0\n"));
  EXPECT_THAT(text, HasSubstr("rollcall_tls_certificate_not_after_timestamp_seconds 1800000000\n"));
}

TEST(Metrics, SayWhatTheSampleHolds) {
  const std::string text = metrics_text(sample());
  for (
      const char* line : {
          R"(rollcall_build_info{version="1.2.3"} 1)",
          "rollcall_ready 1",
          "process_start_time_seconds 1767530096.789",
          R"(rollcall_connections{transport="polling"} 0)",
          R"(rollcall_connections{transport="websocket"} 2)",
          R"(rollcall_connections_closed_total{reason="slow consumer"} 3)",
          R"(rollcall_slow_consumers_total{kind="socket"} 3)",
          "rollcall_connections_upgraded_total 4",
          "rollcall_tcp_connections 3",
          R"(rollcall_http_requests_total{method="GET",path="/api/v1/users/{userId}/presence",status="200"} 6)",
          "rollcall_loop_lag_seconds_count 6",
          "rollcall_loop_lag_seconds_sum 1.5",
          R"(rollcall_worker_busy_seconds_total{worker="0"} 1.5)",
          R"(rollcall_worker_turns_total{worker="1"} 1)",
          R"(rollcall_worker_inbox_messages{worker="1"} 4)",
          "rollcall_users_online 11",
          R"(rollcall_presence_mode{mode="live"} 1)",
          R"(rollcall_presence_mode{mode="batched"} 0)",
          R"(rollcall_auth_failures_total{code="INVALID_TOKEN"} 12)",
          R"(rollcall_request_duration_seconds_count{event="heartbeat"} 0)",
      }) {
    EXPECT_THAT(text, HasSubstr(std::string(line) + "\n"));
  }
}

TEST(Metrics, ShowEveryCountOfTheServer) {
  Sample numbered = sample();
  const auto cells = numbered.server.counts.cells();
  for (std::size_t i = 0; i < cells.size(); ++i) cells[i] = 1'000'000 + i;
  const std::string text = metrics_text(numbered);
  const std::size_t waiting =
      server::SingleCell(server::Count::waiting).index;  // what dealing out connections goes by
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i == waiting) continue;
    EXPECT_THAT(text, HasSubstr(" " + std::to_string(cells[i]) + "\n")) << "cell " << i;
  }
}

TEST(Metrics, ShowAWorkerThatHangs) {
  Sample hanging = sample();
  hanging.server.workers[1].life = server::Life::hung;
  hanging.server.workers[1].turn_age = seconds(9);
  const std::string text = metrics_text(hanging);
  EXPECT_THAT(text, HasSubstr("rollcall_ready 0\n"));
  EXPECT_THAT(text, HasSubstr("rollcall_worker_hung{worker=\"0\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("rollcall_worker_hung{worker=\"1\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("rollcall_worker_turn_age_seconds{worker=\"1\"} 9\n"));
}

TEST(Metrics, SayThatChangesAreToldInBatches) {
  Sample batched = sample();
  batched.presence.window = milliseconds(200);
  batched.presence.held = 5;
  const std::string text = metrics_text(batched);
  EXPECT_THAT(text, HasSubstr("rollcall_presence_mode{mode=\"batched\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("rollcall_presence_window_seconds 0.2\n"));
  EXPECT_THAT(text, HasSubstr("rollcall_presence_held_changes 5\n"));
}

}  // namespace
}  // namespace rollcall::telemetry
