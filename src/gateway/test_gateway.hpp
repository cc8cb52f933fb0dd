// A presence server on loopback, and users of it whose token is their name.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <regex>
#include <string>

#include "gateway/presence_gateway.hpp"
#include "server/test_client.hpp"
#include "server/test_host.hpp"

namespace rollcall::gateway::test {

using server::test::By;
using server::test::Client;
using server::test::Host;

// `name` is a token of that user, `name@1234` one that expires at that time, `bad` is none.
struct NameVerifier final : Verifier {
  Result<Claims, AuthFault> verify(std::string_view token, WallTime now) const override {
    if (token.starts_with("Bearer ")) token.remove_prefix(7);
    if (token == "bad") return fail(AuthFault{AuthCode::invalid_token, "not a name"});
    Claims claims;
    const std::size_t at = token.find('@');
    claims.subject = token.substr(0, at);
    claims.email = claims.subject + "@example.com";
    if (at != std::string_view::npos)
      claims.expires_at = wall_time(std::stoll(std::string(token.substr(at + 1))));
    if (claims.expires_at && *claims.expires_at <= now)
      return fail(AuthFault{AuthCode::token_expired, "too late"});
    return claims;
  }
};

inline Config plain_config() {
  Config config;
  config.socketio.namespaces = {"/"};
  config.presence.offline_grace = milliseconds(20);
  config.presence.settling = milliseconds(0);
  return config;
}

class PresenceHost {
 public:
  explicit PresenceHost(const Config& config = plain_config(), const ServerOptions& options = {},
                        const std::function<std::shared_ptr<void>(Server&, PresenceGateway&)>& more = {})
      : host(options), gateway(host.server, config, std::make_shared<NameVerifier>()) {
    if (more) more_ = more(host.server, gateway);
    host.start();
  }
  ~PresenceHost() { host.stop(); }

  // A client that was let in and greeted.
  Client user(const std::string& token, By by = By::websocket) {
    Client client(host.address(), by);
    EXPECT_THAT(client.connect("/", "{\"token\":\"" + token + "\"}"), testing::StartsWith(R"(40{"sid":)"));
    EXPECT_THAT(client.next(), testing::StartsWith(R"(42["connected",{"userId":")"));
    return client;
  }
  // The same with a token that runs out as soon as this machine is quick enough to let it in before.
  Client brief_user(const std::string& name, By by = By::websocket) {
    for (milliseconds life{50};; life *= 2) {
      const WallTime end = host.call([&] { return host.server.wall_now(); }) + life;
      Client client(host.address(), by);
      const std::string answer =
          client.connect("/", "{\"token\":\"" + name + "@" + std::to_string(unix_ms(end)) + "\"}");
      if (answer.find("TOKEN_EXPIRED") != std::string::npos && life < server::test::kPatience) continue;
      EXPECT_THAT(answer, testing::StartsWith(R"(40{"sid":)"));
      EXPECT_THAT(client.next(), testing::StartsWith(R"(42["connected",{"userId":")"));
      return client;
    }
  }
  std::size_t online_count() {
    return host.call(
        [&] { return gateway.presence().read([](const auto& view) { return view.online_count(); }); });
  }

  Host host;
  PresenceGateway gateway;

 private:
  std::shared_ptr<void> more_;  // what else the server has
};

// Without what differs from run to run.
inline std::string plain(const std::string& packet) {
  static const std::regex kTime(R"("\d{4}-\d\d-\d\dT[^"]*Z")"), kId(R"re("socketId":"[^"]*")re");
  return std::regex_replace(std::regex_replace(packet, kTime, "TIME"), kId, "\"socketId\":ID");
}

inline std::string online(const std::string& user) {
  return R"(42["user-online",{"userId":")" + user + R"(","online":true,"timestamp":TIME}])";
}
inline std::string offline(const std::string& user) {
  return R"(42["user-offline",{"userId":")" + user +
         R"(","online":false,"timestamp":TIME,"lastActive":TIME}])";
}

// What has come to the client so far.
inline std::vector<std::string> heard(Client& client) {
  client.send(R"(4299["heartbeat"])");
  std::vector<std::string> packets = client.until("4399[");
  for (std::string& packet : packets) packet = plain(packet);
  return packets;
}

}  // namespace rollcall::gateway::test
