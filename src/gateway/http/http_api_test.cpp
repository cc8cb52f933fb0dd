// The HTTP API, asked as backends ask it.
#include "gateway/http/http_api.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.hpp"
#include "gateway/http/test_api.hpp"
#include "server/test_workers.hpp"

namespace rollcall::gateway {
namespace {

using namespace test;
using server::test::kPatience;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

base::json::object json_of(const HttpAnswerText& answer) {
  EXPECT_THAT(answer.head, HasSubstr("cache-control: no-store\r\n"));
  auto parsed = base::json::parse(answer.body);
  EXPECT_TRUE(parsed.ok() && parsed->is_object()) << answer.body;
  return parsed && parsed->is_object() ? parsed->as_object() : base::json::object();
}

std::string text_at(const base::json::object& object, const char* key) {
  const auto* value = object.if_contains(key);
  return value && value->is_string() ? std::string(value->as_string()) : "(none)";
}

void expect_problem(const HttpAnswerText& answer, int status, const std::string& code,
                    const std::string& field = "(none)") {
  EXPECT_EQ(answer.status, status);
  EXPECT_THAT(answer.head, HasSubstr("content-type: application/problem+json\r\n"));
  const auto problem = json_of(answer);
  EXPECT_EQ(text_at(problem, "type"), "about:blank");
  EXPECT_EQ(text_at(problem, "code"), code);
  EXPECT_EQ(text_at(problem, "field"), field);
  EXPECT_EQ(problem.at("status").as_int64(), status);
  EXPECT_NE(text_at(problem, "detail"), "");
}

TEST(HttpApi, IsForThoseWhoHaveAKey) {
  ApiHost host;
  for (const char* header :
       {"", "authorization: Basic cmNrX3JlYWQ=\r\n", "authorization: rck_read\r\n",
        "authorization: Bearer\r\n", "authorization: Bearer \r\n", "authorization: Bearer rck_rea\r\n",
        "authorization: Bearer rck_read2\r\n", "cookie: jwt=rck_read\r\n"}) {
    const auto answer =
        server::test::get(host.host.address(), "/api/v1/presence/count?token=rck_read", header);
    expect_problem(answer, 401, "UNAUTHORIZED");
    EXPECT_THAT(answer.head, HasSubstr("www-authenticate: Bearer realm=\"rollcall\"\r\n")) << header;
    EXPECT_THAT(answer.body, Not(HasSubstr("rck_rea")));
  }
  EXPECT_EQ(
      server::test::get(host.host.address(), "/api/v1/presence/count", "authorization: bEARER rck_read\r\n")
          .status,
      200);
}

TEST(HttpApi, WithoutKeysSaysHowToMakeOne) {
  ApiHost host(plain_config());
  const auto answer = host.get("/api/v1/presence/count");
  expect_problem(answer, 401, "UNAUTHORIZED");
  EXPECT_THAT(answer.body, HasSubstr("rollcall key"));
}

TEST(HttpApi, AKeyMayDoWhatItsScopesSay) {
  ApiHost host;
  const auto emit = [&](const char* key) {
    return host.post("/api/v1/users/a/emit", R"({"event":"e"})", key);
  };
  EXPECT_EQ(host.get("/api/v1/presence/count", "rck_read").status, 200);
  EXPECT_EQ(host.get("/api/v1/presence/count", "rck_admin").status, 200);
  expect_problem(host.get("/api/v1/presence/count", "rck_emit"), 403, "FORBIDDEN");
  EXPECT_EQ(emit("rck_emit").status, 200);
  EXPECT_EQ(emit("rck_admin").status, 200);
  const auto refused = emit("rck_read");
  expect_problem(refused, 403, "FORBIDDEN");
  EXPECT_THAT(refused.body, HasSubstr("The key read has the scope read, this call needs emit"));
}

TEST(HttpApi, AKeyMayAskSoOften) {
  Config config = api_config();
  config.api.requests_per_second = 1;
  config.api.request_burst = 3;
  ApiHost host(config);
  HttpAnswerText refused = host.get("/api/v1/presence/count");
  int served = 0;  // more than three if this machine takes seconds
  while (refused.status == 200 && ++served < 100) refused = host.get("/api/v1/presence/count");
  EXPECT_GE(served, 3);
  expect_problem(refused, 429, "RATE_LIMITED");
  EXPECT_THAT(refused.head, HasSubstr("retry-after: 1\r\n"));
  EXPECT_EQ(host.get("/api/v1/presence/count", "rck_admin").status, 200);
}

TEST(HttpApi, TellsThePresenceOfAUserAsASocketIsTold) {
  ApiHost host;
  Client a = host.user("a/b \xC3\xA4");
  a.send(R"(421["check-user-status",{"userId":"a/b ä"}])");
  const std::string told = plain(a.next());
  const auto answer = host.get("/api/v1/users/a%2Fb%20%C3%A4/presence");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.head, HasSubstr("content-type: application/json\r\n"));
  EXPECT_EQ(R"(431[{"status":"ok","event":"user-status","data":)" + plain(answer.body) + "}]", told);
  EXPECT_EQ(plain(host.get("/api/v1/users/nobody/presence").body),
            R"({"userId":"nobody","online":false,"lastActive":null,"connectedAt":null,"timestamp":TIME})");
  expect_problem(host.get("/api/v1/users/%FF/presence"), 400, "INVALID_PAYLOAD", "userId");
  expect_problem(host.get("/api/v1/users/" + std::string(257, 'x') + "/presence"), 400, "INVALID_PAYLOAD",
                 "userId");
  expect_problem(host.get("/api/v1/users/%zz/presence"), 400, "BAD_REQUEST");
}

TEST(HttpApi, TellsThePresenceOfMany) {
  ApiHost host;
  Client a = host.user("a");
  const auto answer = host.post("/api/v1/presence/query", R"({"userIds":["b","a","b"]})");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(plain(answer.body),
            R"({"statuses":[{"userId":"b","online":false,"lastActive":null,"connectedAt":null},)"
            R"({"userId":"a","online":true,"lastActive":TIME,"connectedAt":TIME},)"
            R"({"userId":"b","online":false,"lastActive":null,"connectedAt":null}],"timestamp":TIME})");
  // As many ids as there may be, all as long as they may be: more than an event may hold.
  std::string ids;
  for (int i = 0; i < 1000; ++i) ids += (i ? ",\"" : "\"") + std::string(256, 'x') + "\"";
  EXPECT_EQ(host.post("/api/v1/presence/query", "{\"userIds\":[" + ids + "]}").status, 200);
  expect_problem(host.post("/api/v1/presence/query", "{\"userIds\":[" + ids + ",\"y\"]}"), 400,
                 "TOO_MANY_USERS", "userIds");
  expect_problem(host.post("/api/v1/presence/query", R"({"userIds":["a",1]})"), 400, "INVALID_PAYLOAD",
                 "userIds[1]");
  expect_problem(host.post("/api/v1/presence/query", ""), 400, "INVALID_PAYLOAD");
}

TEST(HttpApi, ListsWhoIsOnlineInPages) {
  ApiHost host;
  std::vector<Client> users;
  for (const char* name : {"a", "b", "c"}) users.push_back(host.user(name));
  const auto all = json_of(host.get("/api/v1/presence/online"));
  EXPECT_EQ(all.at("users").as_array().size(), 3U);
  EXPECT_EQ(all.at("count").as_int64(), 3);
  EXPECT_FALSE(all.contains("nextCursor"));
  EXPECT_THAT(plain(host.get("/api/v1/presence/online?limit=1").body),
              StartsWith(R"({"users":[{"userId":"a","email":"a@example.com","role":null,"connectedAt":TIME,)"
                         R"("lastActive":TIME}],"count":3,"timestamp":TIME,"nextCursor":")"));
  std::vector<std::string> seen;
  std::string cursor;
  for (int page = 0; page < 3; ++page) {
    const auto got = json_of(host.get("/api/v1/presence/online?limit=1" + cursor));
    seen.push_back(text_at(got.at("users").as_array().at(0).as_object(), "userId"));
    cursor = "&cursor=" + text_at(got, "nextCursor");
  }
  EXPECT_THAT(seen, ElementsAre("a", "b", "c"));
  EXPECT_EQ(cursor, "&cursor=(none)");
  expect_problem(host.get("/api/v1/presence/online?limit=x"), 400, "INVALID_PAYLOAD", "limit");
  expect_problem(host.get("/api/v1/presence/online?cursor=x"), 400, "INVALID_PAYLOAD", "cursor");
}

TEST(HttpApi, CountsWhoIsOnline) {
  ApiHost host;
  Client a1 = host.user("a"), a2 = host.user("a"), b = host.user("b");
  EXPECT_EQ(plain(host.get("/api/v1/presence/count").body), R"({"count":2,"timestamp":TIME})");
}

TEST(HttpApi, EmitsToAllConnectionsOfAUser) {
  ApiHost host;
  Client a1 = host.user("a"), a2 = host.user("a", By::polling), b = host.user("b");
  heard(a1), heard(a2), heard(b);
  const auto answer = host.post("/api/v1/users/a/emit",
                                R"({"event":"note","data":{"text":"\u00e4","n":[1,null]}})", "rck_emit");
  EXPECT_EQ(answer.body, R"({"delivered":2,"online":true})");
  for (Client* client : {&a1, &a2})
    EXPECT_THAT(heard(*client), ElementsAre(R"(42["note",{"text":"\u00e4","n":[1,null]}])"));
  EXPECT_EQ(host.post("/api/v1/users/a/emit", R"({"event":"bare"})").status, 200);
  EXPECT_THAT(heard(a1), ElementsAre("42[\"bare\"]"));
  EXPECT_THAT(heard(b), ElementsAre());
}

TEST(HttpApi, EmitsToNobodyWithoutFault) {
  ApiHost host;
  EXPECT_EQ(host.post("/api/v1/users/nobody/emit", R"({"event":"x"})").body,
            R"({"delivered":0,"online":false})");
  expect_problem(host.post("/api/v1/users/a/emit", R"({"event":"disconnect"})"), 403, "FORBIDDEN", "event");
  expect_problem(host.post("/api/v1/users/%C0/emit", R"({"event":"x"})"), 400, "INVALID_PAYLOAD", "userId");
}

// Whose only connection broke less than the grace ago is online, and gets it when recovered.
TEST(HttpApi, EmitsToOneWhoIsAwayForAMoment) {
  Config config = api_config();
  config.presence.offline_grace = kPatience;
  ServerOptions options;
  options.recovery = seconds(60);
  ApiHost host(config, options);
  Client a(host.host.address(), By::websocket);
  const std::string answer = a.connect("/", R"({"token":"a"})");
  std::string pid = answer.substr(answer.find(R"("pid":")") + 7);
  pid.resize(pid.find('"'));
  a.next();
  // Whose offset it will come back with.
  host.post("/api/v1/users/a/emit", R"({"event":"before"})");
  EXPECT_EQ(a.next(), R"(42["before"])");
  const std::string offset = a.next_offset();
  a.lose();
  std::string body;
  do {
    body = host.post("/api/v1/users/a/emit", R"({"event":"missed"})").body;
  } while (body == R"({"delivered":1,"online":true})");  // until the loss is noticed
  EXPECT_EQ(body, R"({"delivered":0,"online":true})");
  Client again(host.host.address(), By::websocket);
  EXPECT_THAT(again.connect("/", R"({"token":"a","pid":")" + pid + R"(","offset":")" + offset + "\"}"),
              HasSubstr(pid));
  EXPECT_THAT(again.next(), StartsWith(R"(42["missed")"));
}

std::string because(const HttpAnswerText& answer) {
  return text_at(json_of(answer), "because");
}

// Two clocks are read for some times, which are true to a millisecond and what the machine did between them.
int ms_of_day(const std::string& time) {
  const auto number = [&](std::size_t begin, std::size_t digits) {
    return std::stoi(time.substr(begin, digits));
  };
  return ((number(11, 2) * 60 + number(14, 2)) * 60 + number(17, 2)) * 1000 + number(20, 3);
}

TEST(HttpApi, ExplainsWhyAUserIsOnline) {
  ApiHost host;
  Client a1 = host.user("a"), a2 = host.user("a", By::polling), b = host.user("b");
  const auto answer = host.get("/api/v1/users/a/explain");
  EXPECT_EQ(answer.status, 200);
  const auto facts = json_of(answer);
  EXPECT_EQ(text_at(facts, "userId"), "a");
  EXPECT_TRUE(facts.at("online").as_bool());
  EXPECT_EQ(plain("\"" + text_at(facts, "connectedAt") + "\""), "TIME");
  EXPECT_EQ(text_at(facts, "because"), "Online since " + text_at(facts, "connectedAt") +
                                           ": 2 connections are open, 1 by websocket and 1 by polling.");
  const auto& connections = facts.at("connections").as_array();
  ASSERT_EQ(connections.size(), 2U);
  const auto& first = connections.at(0).as_object();
  EXPECT_EQ(text_at(first, "namespace"), "/");
  EXPECT_EQ(text_at(first, "network"), "127.0.0.0/24");
  EXPECT_NEAR(ms_of_day(text_at(first, "since")), ms_of_day(text_at(facts, "connectedAt")), 1000);
  EXPECT_LE(text_at(first, "since"), text_at(first, "lastActive"));
  EXPECT_LE(text_at(first, "lastPong"), text_at(facts, "timestamp"));
  EXPECT_TRUE(facts.at("grace").is_null());
  EXPECT_TRUE(facts.at("lastSession").is_null());
  EXPECT_THAT(answer.body, Not(HasSubstr("127.0.0.1")));
}

TEST(HttpApi, ExplainsTheActivityOfEachConnection) {
  ApiHost host;
  Client quiet = host.user("a"), busy = host.user("a");
  const auto activity = [&](std::size_t index) {
    return ms_of_day(text_at(
        json_of(host.get("/api/v1/users/a/explain")).at("connections").as_array().at(index).as_object(),
        "lastActive"));
  };
  const int quiet_at = activity(0), busy_at = activity(1);
  while (activity(1) < busy_at + 400 && !testing::Test::HasFailure()) heard(busy);
  EXPECT_NEAR(activity(0), quiet_at, 200);
}

TEST(HttpApi, ExplainsAGraceAndHowTheSessionEnded) {
  Config config = api_config();
  config.presence.offline_grace = kPatience;
  ApiHost host(config);
  Client a = host.user("a");
  a.lose();
  HttpAnswerText answer;
  do {
    answer = host.get("/api/v1/users/a/explain");
  } while (json_of(answer).at("grace").is_null() && !testing::Test::HasFailure());
  const auto facts = json_of(answer);
  EXPECT_TRUE(facts.at("online").as_bool());
  EXPECT_EQ(facts.at("connections").as_array().size(), 0U);
  EXPECT_EQ(text_at(facts.at("grace").as_object(), "reason"), "transport-close");
  EXPECT_GT(text_at(facts.at("grace").as_object(), "endsAt"), text_at(facts, "timestamp"));
  EXPECT_THAT(because(answer),
              AllOf(HasSubstr("the last connection broke: its transport was closed, and the user has until "),
                    HasSubstr("(the grace is 30000 ms)")));
}

TEST(HttpApi, ExplainsWhyAUserIsOffline) {
  ApiHost host;
  EXPECT_EQ(because(host.get("/api/v1/users/nobody/explain")),
            "Offline: no connection of this user is remembered since the server started, at "
            "2026-01-04T12:34:56.789Z.");
  Client left = host.user("left"), lost = host.user("lost");
  left.send("41");
  lost.lose();
  const auto ended = [&](const std::string& user) {
    HttpAnswerText answer;
    do {
      answer = host.get("/api/v1/users/" + user + "/explain");
    } while (json_of(answer).at("lastSession").is_null() && !testing::Test::HasFailure());
    return answer;
  };
  auto answer = ended("left");
  EXPECT_EQ(text_at(json_of(answer).at("lastSession").as_object(), "reason"), "client-goodbye");
  EXPECT_THAT(because(answer),
              AllOf(StartsWith("Offline since "), HasSubstr("said goodbye, which counts at once.")));
  answer = ended("lost");
  EXPECT_EQ(text_at(json_of(answer).at("lastSession").as_object(), "reason"), "transport-close");
  EXPECT_THAT(because(answer), HasSubstr("did not come back within the grace of 20 ms."));
  expect_problem(host.get("/api/v1/users/%FF/explain"), 400, "INVALID_PAYLOAD", "userId");
}

TEST(HttpApi, ExplainsThatATokenExpired) {
  ApiHost host;
  Client a = host.brief_user("a");
  EXPECT_THAT(a.until("close "), ElementsAre(StartsWith("42[\"authentication_error\"")));
  while (host.online_count() > 0 && !testing::Test::HasFailure()) {
  }
  EXPECT_THAT(because(host.get("/api/v1/users/a/explain")),
              HasSubstr("was closed, as its token had expired, and"));
}

TEST(HttpApi, DisconnectsAllConnectionsOfAUser) {
  ApiHost host;
  Client a1 = host.user("a"), a2 = host.user("a", By::polling), b = host.user("b");
  heard(b);
  expect_problem(host.post("/api/v1/users/a/disconnect", "", "rck_emit"), 403, "FORBIDDEN");
  EXPECT_EQ(host.post("/api/v1/users/a/disconnect", "").body, R"({"disconnected":2})");
  for (Client* client : {&a1, &a2}) {
    const auto last = client->until("41");
    EXPECT_THAT(last, testing::Each(StartsWith("42[")));
  }
  EXPECT_EQ(a1.next(), "close 1000");
  EXPECT_EQ(a2.next(), "1");
  EXPECT_EQ(plain(b.next()), offline("a"));  // at once
  EXPECT_EQ(host.post("/api/v1/users/a/disconnect", "").body, R"({"disconnected":0})");
  EXPECT_THAT(because(host.get("/api/v1/users/a/explain")), HasSubstr("was disconnected by the server"));
  expect_problem(host.post("/api/v1/users/%FF/disconnect", ""), 400, "INVALID_PAYLOAD", "userId");
}

// Else its client would take the end of the transport for an accident, and come back.
TEST(HttpApi, DisconnectsEachNamespaceOfATransport) {
  Config config = api_config();
  config.socketio.namespaces = {"/", "/two"};
  ApiHost host(config);
  Client a = host.user("a");
  EXPECT_THAT(a.connect("/two", R"({"token":"a"})"), StartsWith("40/two,"));
  a.next();
  EXPECT_EQ(host.post("/api/v1/users/a/disconnect", "").body, R"({"disconnected":2})");
  EXPECT_THAT(a.next(3), ElementsAre("41", "41/two,", "close 1000"));
}

TEST(HttpApi, IsDescribed) {
  ApiHost host;
  const auto answer = host.get("/api/v1/openapi.json", "");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "{\"openapi\":\"3.1.0\"}");
}

TEST(HttpApi, GivesTheStateOfTheServer) {
  ApiHost host;
  Client a = host.user("a"), b1 = host.user("b"), b2 = host.user("b", By::polling);
  b1.send("41");
  const auto until_left = [&] {
    return json_of(host.get("/api/v1/stats")).at("connections").as_int64() == 2;
  };
  while (!until_left() && !testing::Test::HasFailure()) {
  }
  const auto stats = json_of(host.get("/api/v1/stats"));
  EXPECT_EQ(text_at(stats, "version"), "1.2.3");
  EXPECT_EQ(text_at(stats, "startedAt"), "2026-01-04T12:34:56.789Z");
  EXPECT_GT(stats.at("uptimeSeconds").as_int64(), 0);
  EXPECT_EQ(stats.at("online").as_int64(), 2);
  EXPECT_EQ(base::json::serialize(stats.at("transports")), R"({"polling":1,"websocket":2})");
  EXPECT_EQ(stats.at("workers").as_int64(), 1);
  EXPECT_TRUE(stats.at("ready").as_bool());
  EXPECT_EQ(base::json::serialize(stats.at("changes")), R"({"online":2,"offline":0})");
  EXPECT_EQ(base::json::serialize(stats.at("feed")), R"({"readers":0})");
}

TEST(HttpApi, CountsSessionsByTheTransportTheyAreOn) {
  ApiHost host;
  const auto transports = [&] {
    return base::json::serialize(json_of(host.get("/api/v1/stats")).at("transports"));
  };
  Client a = host.user("a", By::polling);
  EXPECT_EQ(transports(), R"({"polling":1,"websocket":0})");
  a.start_poll();
  a.begin_upgrade();
  a.finish_upgrade();
  heard(a);
  EXPECT_EQ(transports(), R"({"polling":0,"websocket":1})");
  a.lose();
  while (transports() != R"({"polling":0,"websocket":0})" && !testing::Test::HasFailure()) {
  }
}

TEST(HttpApi, ABodyMayBeginWithAByteOrderMarkButMustNotBeCompressed) {
  ApiHost host;
  const std::string body = R"({"userIds":["a"]})";
  EXPECT_EQ(host.post("/api/v1/presence/query", "\xEF\xBB\xBF" + body).status, 200);
  const auto answer_to = [&](const std::string& encoding) {
    Wire wire(host.host.address());
    wire.write("POST /api/v1/presence/query HTTP/1.1\r\nhost: t\r\n" + ApiHost::authorization("rck_read") +
               "content-encoding: " + encoding + "\r\ncontent-length: " + std::to_string(body.size()) +
               "\r\n\r\n" + body);
    return await_http_answer(wire);
  };
  const auto refused = answer_to("gzip");
  expect_problem(refused, 415, "UNSUPPORTED_ENCODING");
  EXPECT_THAT(refused.head, HasSubstr("accept-encoding: identity\r\n"));
  EXPECT_THAT(refused.body, HasSubstr("Content-Encoding"));
  EXPECT_EQ(answer_to("identity").status, 200);
}

TEST(HttpApi, EveryErrorUnderItsPathsIsAProblem) {
  ApiHost host;
  expect_problem(host.get("/api/v1/none"), 404, "NOT_FOUND");
  expect_problem(host.get("/api/v1/users/a/presence/more"), 404, "NOT_FOUND");
  const auto wrong_method = host.post("/api/v1/presence/count", "");
  expect_problem(wrong_method, 405, "METHOD_NOT_ALLOWED");
  EXPECT_THAT(wrong_method.head, HasSubstr("allow: GET, HEAD\r\n"));
  expect_problem(host.post("/api/v1/presence/query", std::string(1'000'001, ' ')), 413, "PAYLOAD_TOO_LARGE");
  EXPECT_THAT(host.get("/none").head, HasSubstr("content-type: text/plain"));
}

TEST(HttpApi, RequestsMayBePipelined) {
  ApiHost host;
  Wire wire(host.host.address());
  const std::string auth = ApiHost::authorization("rck_admin");
  std::string requests;
  for (int i = 0; i < 50; ++i) {
    requests += server::test::get_request("/api/v1/users/u" + std::to_string(i) + "/presence", auth);
    requests += "POST /api/v1/presence/query HTTP/1.1\r\nhost: t\r\n" + auth +
                "content-length: 17\r\n\r\n{\"userIds\":[\"" + static_cast<char>('a' + i % 26) + "\"]}";
  }
  // Nothing of it is cut where a request ends.
  for (std::size_t at = 0; at < requests.size(); at += 1000) wire.write(requests.substr(at, 1000));
  for (int i = 0; i < 50; ++i) {
    EXPECT_THAT(await_http_answer(wire).body, StartsWith("{\"userId\":\"u" + std::to_string(i) + "\""));
    EXPECT_THAT(await_http_answer(wire).body, StartsWith(std::string("{\"statuses\":[{\"userId\":\"") +
                                                         static_cast<char>('a' + i % 26) + "\""));
  }
}

TEST(HttpApiOfWorkers, EmitsToConnectionsOfAllWorkers) {
  ServerOptions options;
  options.workers = server::test::kWorkers;
  ApiHost host(api_config(), options);
  std::vector<Client> tabs;
  for (int i = 0; i < 6; ++i) tabs.push_back(host.user("a"));
  EXPECT_EQ(host.post("/api/v1/users/a/emit", R"({"event":"x"})").body, R"({"delivered":6,"online":true})");
  for (Client& tab : tabs) EXPECT_EQ(tab.next(), R"(42["x"])");
  EXPECT_THAT(because(host.get("/api/v1/users/a/explain")),
              HasSubstr("6 connections are open, 6 by websocket."));
  EXPECT_EQ(base::json::serialize(json_of(host.get("/api/v1/stats")).at("transports")),
            R"({"polling":0,"websocket":6})");
}

TEST(HttpApiOfWorkers, DisconnectsConnectionsOfAllWorkers) {
  ServerOptions options;
  options.workers = server::test::kWorkers;
  ApiHost host(api_config(), options);
  std::vector<Client> tabs;
  for (int i = 0; i < 6; ++i) tabs.push_back(host.user("a"));
  EXPECT_EQ(host.post("/api/v1/users/a/disconnect", "").body, R"({"disconnected":6})");
  for (Client& tab : tabs) EXPECT_THAT(tab.next(2), ElementsAre("41", "close 1000"));
  EXPECT_EQ(host.online_count(), 0U);
}

TEST(HttpApi, AsksNoWorkersWhileDraining) {
  ApiHost host;
  Client holds = host.user("a", By::polling);
  Wire wire(host.host.address());
  const auto ask = [&](const std::string& request) {
    wire.write(request);
    return await_http_answer(wire);
  };
  const std::string auth = ApiHost::authorization("rck_admin");
  EXPECT_EQ(ask(server::test::get_request("/api/v1/presence/count", auth)).status, 200);
  host.host.call([&] { host.host.server.drain(kPatience); });
  expect_problem(ask(server::test::get_request("/api/v1/users/a/explain", auth)), 503, "UNAVAILABLE");
  expect_problem(ask("POST /api/v1/users/a/disconnect HTTP/1.1\r\nhost: t\r\n" + auth + "\r\n"), 503,
                 "UNAVAILABLE");
  EXPECT_FALSE(json_of(ask(server::test::get_request("/api/v1/stats", auth))).at("ready").as_bool());
}

}  // namespace
}  // namespace rollcall::gateway
