// A presence server with its HTTP API on loopback, and keys for it, for the tests.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/http/http_api.hpp"
#include "gateway/test_gateway.hpp"
#include "server/test_http.hpp"

namespace rollcall::gateway::test {

using server::test::HttpAnswerText;
using server::test::Wire;

inline constexpr WallTime kStartedAt = wall_time(1'767'530'096'789);

inline std::string key_item(const std::string& name, std::string_view scopes) {
  return calls::to_text({name, *calls::parse_scopes(scopes, '+'), sha256("rck_" + name)});
}

// The keys are rck_read, rck_emit, rck_admin, each of the scope of that name.
inline Config api_config() {
  Config config = plain_config();
  for (const char* scope : {"read", "emit", "admin"}) config.api.keys.push_back(key_item(scope, scope));
  return config;
}

class ApiHost : public PresenceHost {
 public:
  explicit ApiHost(const Config& config = api_config(), const ServerOptions& options = {})
      : PresenceHost(config, options, [&](Server& server, PresenceGateway& presence) {
          return std::make_shared<HttpApi>(server, presence, config.api,
                                           About{"1.2.3", kStartedAt, "{\"openapi\":\"3.1.0\"}"});
        }) {}

  static std::string authorization(const std::string& key) {
    return key.empty() ? "" : "authorization: Bearer " + key + "\r\n";
  }
  HttpAnswerText get(const std::string& path, const std::string& key = "rck_read") const {
    return server::test::get(host.address(), path, authorization(key));
  }
  HttpAnswerText post(const std::string& path, const std::string& body,
                      const std::string& key = "rck_admin") const {
    Wire wire(host.address());
    wire.write("POST " + path + " HTTP/1.1\r\nhost: test\r\n" + authorization(key) +
               "content-length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    return await_http_answer(wire);
  }
};

}  // namespace rollcall::gateway::test
