// Events from backends by HTTP: byte by byte, to one user, to many, to everyone; and which names are refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/http/test_api.hpp"

namespace rollcall::gateway {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(EmitByHttp, ClientsGetTheDataAsTheTextThatCame) {
  ApiHost host;
  Client a = host.user("a");
  for (const char* data : {R"({"total":1e400,"pi":3.14,"big":18446744073709551616,"zero":-0})",
                           R"({"a":1,"a":2, "half":"\ud83d"})", R"([0.10,"\u00e4\u001e"])"}) {
    const std::string text = data;
    EXPECT_EQ(host.post("/api/v1/users/a/emit", R"({"event":"n","data":)" + text + "}").status, 200);
    EXPECT_EQ(host.post("/api/v1/emit", R"({"event":"n","all":true,"data":)" + text + "}").status, 200);
    EXPECT_THAT(heard(a), ElementsAre("42[\"n\"," + text + "]", "42[\"n\"," + text + "]"));
  }
}

TEST(EmitByHttp, NamesOfPresenceAndOfSocketIoAreForbidden) {
  ApiHost host;
  Client a = host.user("a");
  for (const char* event :
       {"user-online", "user-offline", "connected", "authentication_error", "exception", "presence-mode",
        "user-status", "presence-subscribed", "token-refreshed", "connect", "disconnect"}) {
    const std::string name = R"("event":")" + std::string(event) + "\"";
    for (const auto& answer : {host.post("/api/v1/users/a/emit", "{" + name + "}", "rck_emit"),
                               host.post("/api/v1/emit", "{" + name + R"(,"all":true})", "rck_emit")}) {
      EXPECT_EQ(answer.status, 403) << event;
      EXPECT_THAT(answer.body, HasSubstr(R"("code":"FORBIDDEN","field":"event")"));
      EXPECT_THAT(answer.body, HasSubstr(event));
    }
  }
  EXPECT_THAT(heard(a), IsEmpty());
}

TEST(EmitByHttp, ReachesManyUsersEachConnectionOnce) {
  ApiHost host;
  Client a1 = host.user("a"), a2 = host.user("a", By::polling), b = host.user("b"), c = host.user("c");
  for (Client* client : {&a1, &a2, &b, &c}) heard(*client);
  const auto answer =
      host.post("/api/v1/emit", R"({"userIds":["a","b","a","nobody"],"event":"n","data":[1]})", "rck_emit");
  EXPECT_EQ(answer.body, R"({"delivered":3,"online":2})");
  for (Client* client : {&a1, &a2, &b}) EXPECT_THAT(heard(*client), ElementsAre(R"(42["n",[1]])"));
  EXPECT_THAT(heard(c), IsEmpty());
}

TEST(EmitByHttp, ReachesNobodyWhereNoUserIsNamed) {
  ApiHost host;
  Client a = host.user("a");
  EXPECT_EQ(host.post("/api/v1/emit", R"({"userIds":[],"event":"n"})").body, R"({"delivered":0,"online":0})");
  EXPECT_EQ(host.post("/api/v1/emit", R"({"event":"n"})").status, 400);
  EXPECT_THAT(heard(a), IsEmpty());
}

TEST(EmitByHttp, ReachesEveryone) {
  ApiHost host;
  Client a1 = host.user("a"), a2 = host.user("a"), b = host.user("b", By::polling);
  for (Client* client : {&a1, &a2, &b}) heard(*client);
  EXPECT_EQ(host.post("/api/v1/emit", R"({"all":true,"event":"n"})", "rck_emit").body,
            R"({"delivered":3,"online":2})");
  for (Client* client : {&a1, &a2, &b}) EXPECT_THAT(heard(*client), ElementsAre(R"(42["n"])"));
  EXPECT_EQ(host.post("/api/v1/emit", R"({"all":true,"event":"n"})", "rck_read").status, 403);
}

// A hundred requests at once, were they to one user each: to a thousand users it is some ten.
TEST(EmitByHttp, ToManyUsersCostsAKeyMoreThanToOne) {
  Config config = api_config();
  config.api.requests_per_second = 1;
  config.api.request_burst = 100;
  ApiHost host(config);
  std::string body = R"({"event":"n","userIds":["u0")";
  for (int i = 1; i < 1000; ++i) body += ",\"u" + std::to_string(i) + "\"";
  body += "]}";
  int served = 0;
  while (served < 100 && host.post("/api/v1/emit", body, "rck_emit").status == 200) ++served;
  EXPECT_LT(served, 50);
}

}  // namespace
}  // namespace rollcall::gateway
