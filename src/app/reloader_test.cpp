// The reloader on a running server: files that change by themselves. What SIGHUP does is in
// tests/e2e/reload.test.js.
#include "app/reloader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <thread>

#include "embed/keys.hpp"
#include "gateway/server_options.hpp"
#include "rollcall/tokens.hpp"

namespace rollcall::app {
namespace {

constexpr std::chrono::seconds kPatience{20};
const std::string kJwks = testing::TempDir() + "rollcall_reloader_keys.json";

// A key of the secret "0123...": as a JWKS has it.
void put(const std::string& keys) {
  std::ofstream(kJwks + ".new") << keys;
  ASSERT_EQ(std::rename((kJwks + ".new").c_str(), kJwks.c_str()), 0);
}
const std::string kGood =
    R"({"keys":[{"kty":"oct","kid":"1","k":"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"}]})";
const std::string kOther =
    R"({"keys":[{"kty":"oct","kid":"2","k":"ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA"}]})";

Config config_with_jwks() {
  Config config;
  config.server.listen = "127.0.0.1:0";
  config.server.workers = 2;
  config.auth.jwks_file = kJwks;
  return config;
}

class Running {
 public:
  explicit Running(Reloader::Read read = [] { return config_with_jwks(); })
      : config(config_with_jwks()),
        server(gateway::server_options(config)),
        gateway(server, config, *embed::load_keys(config.auth)),
        api(server, gateway, config.api, {"1", wall_time(0), {}}),
        webhooks(gateway),
        reloader({server, gateway, api, webhooks}, config, std::move(read), milliseconds(5)) {
    EXPECT_TRUE(server.open().ok());
    thread = std::thread([this] { server.run(); });
    reloader.start();
  }
  ~Running() {
    server.stop();
    thread.join();
  }
  telemetry::ReloadFigures await(const std::function<bool(const telemetry::ReloadFigures&)>& enough) {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (!enough(reloader.figures()) && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    EXPECT_TRUE(enough(reloader.figures()));
    return reloader.figures();
  }

  Config config;
  Server server;
  gateway::PresenceGateway gateway;
  gateway::HttpApi api;
  Webhooks webhooks;
  Reloader reloader;
  std::thread thread;
};

TEST(Reloader, TakesKeyFilesThatHaveChangedByItself) {
  put(kGood);
  Running running;
  put(kOther);
  const auto figures = running.await([](const auto& now) { return now.applied == 1; });
  EXPECT_TRUE(figures.good);
  EXPECT_EQ(figures.refused, 0u);
}

TEST(Reloader, KeepsTheKeysThatWorkUntilABrokenFileIsMended) {
  put(kGood);
  Running running;
  put("{");
  auto figures = running.await([](const auto& now) { return now.refused == 1; });
  EXPECT_FALSE(figures.good);
  EXPECT_EQ(figures.applied, 0u);
  put(kOther);
  figures = running.await([](const auto& now) { return now.applied == 1; });
  EXPECT_TRUE(figures.good);
  EXPECT_EQ(figures.refused, 1u) << "it is told once";
}

TEST(Reloader, RefusesAConfigurationWithAMistakeAndTakesTheNextOne) {
  put(kGood);
  std::atomic<bool> broken{true};
  Running running([&]() -> Result<Config, std::vector<ConfigError>> {
    if (broken) return fail(std::vector<ConfigError>{{"r.toml", 3, "server.workers", "is wrong"}});
    Config config = config_with_jwks();
    config.server.drain = milliseconds(77);
    config.limits.events_per_second = 5;
    return config;
  });
  running.reloader.reload();
  running.await([](const auto& now) { return now.refused == 1; });
  EXPECT_EQ(running.reloader.drain(), milliseconds(5000));
  broken = false;
  running.reloader.reload();
  running.await([](const auto& now) { return now.applied == 1; });
  EXPECT_EQ(running.reloader.drain(), milliseconds(77));
}

}  // namespace
}  // namespace rollcall::app
