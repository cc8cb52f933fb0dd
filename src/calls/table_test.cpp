#include "calls/table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "calls/test_world.hpp"

namespace rollcall::calls {
namespace {

using test::World;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

// "CODE: message", or "ok".
std::string fault(std::string_view event, std::string_view args, std::size_t attachments = 0,
                  const Limits& limits = {}) {
  const std::string said = World(limits).ask(event, args, attachments);
  return said.starts_with('{') ? "ok" : said;
}

TEST(TheCalls, HaveTheNamesOfTheContractInTheOrderOfTheMetrics) {
  std::vector<std::string> names;
  for (const Call* call : kClientCalls)
    names.push_back(std::string(call->event) + " " + std::string(call->reply));
  EXPECT_THAT(names,
              ElementsAre("check-user-status user-status", "check-users-status users-status",
                          "get-online-users online-users", "heartbeat heartbeat-ack",
                          "subscribe-presence presence-subscribed",
                          "unsubscribe-presence presence-unsubscribed", "refresh-token token-refreshed"));
}

TEST(TheCalls, OfClientsHaveAnEventAndAReplyOfTheirOwn) {
  std::set<std::string_view> events, replies;
  for (const Call* call : kClientCalls) {
    EXPECT_NE(call->read, nullptr) << call->event;
    EXPECT_TRUE(events.insert(call->event).second) << call->event;
    EXPECT_TRUE(replies.insert(call->reply).second) << call->reply;
  }
  EXPECT_EQ(events.count("") + replies.count(""), 0U);
}

TEST(TheCalls, OfBackendsHaveARouteOfTheirOwn) {
  std::set<std::string> names, routes;
  for (const Call* call : of_backends()) {
    EXPECT_NE(call->read_http, nullptr) << call->route.name;
    EXPECT_TRUE(names.insert(call->route.name).second) << call->route.name;
    EXPECT_TRUE(routes.insert(std::string(call->route.method) + std::string(call->route.pattern)).second);
  }
  EXPECT_THAT(names, testing::ElementsAre("count", "online", "presence", "query"));
}

TEST(TheCalls, AreFoundByTheirEventAndNothingElseIs) {
  for (std::size_t at = 0; at < kClientCalls.size(); ++at) EXPECT_EQ(find_event(kClientCalls[at]->event), at);
  for (const char* event : {"", "user-status", "check-user-statu", "CHECK-USER-STATUS"}) {
    EXPECT_EQ(find_event(event), kClientCalls.size()) << event;
  }
}

TEST(TheCalls, TheirRepliesAreEventsThatOnlyPresenceSends) {
  for (const Call* call : kClientCalls) {
    EXPECT_TRUE(is_own_event(call->reply)) << call->reply;
    EXPECT_FALSE(is_own_event(call->event)) << call->event;
  }
  for (const char* event :
       {"connected", "user-online", "user-offline", "presence-mode", "exception", "authentication_error"}) {
    EXPECT_TRUE(is_own_event(event)) << event;
  }
  EXPECT_FALSE(is_own_event("message"));
}

TEST(Decode, WhereThePayloadIsOptionalItMayBeMissingNullOrEmpty) {
  World world;
  for (const char* args : {"", "null", "{}", " null ", R"({"limit":null,"cursor":null})", R"({"other":1})"}) {
    EXPECT_THAT(world.ask("get-online-users", args), HasSubstr(R"("count":1,)")) << args;
    EXPECT_THAT(world.ask("heartbeat", args), StartsWith(R"({"timestamp":)")) << args;
  }
}

TEST(Decode, ExtraArgumentsAndFieldsAreIgnored) {
  World world;
  EXPECT_THAT(world.ask("check-user-status", R"({"x":[1,{"y":2}],"userId":"a,b\"]"},5,"no, {")"),
              StartsWith(R"({"userId":"a,b\"]",)"));
  EXPECT_THAT(world.ask("heartbeat", R"(null,{"userId":5})"), StartsWith(R"({"timestamp":)"));
}

TEST(Decode, IdsMayHoldAnyCharactersAndEveryLengthUpTo256Bytes) {
  World world;
  EXPECT_THAT(world.ask("check-user-status", "{\"userId\":\"a\\u0000\\u001e\\u20acz\"}"),
              StartsWith("{\"userId\":\"a\\u0000\\u001e\u20acz\","));
  const std::string longest(256, 'x');
  EXPECT_EQ(fault("check-user-status", R"({"userId":")" + longest + R"("})"), "ok");
  EXPECT_EQ(fault("check-user-status", R"({"userId":"x)" + longest + R"("})"),
            "INVALID_PAYLOAD: userId must be a non-empty string of at most 256 bytes, got 257 bytes");
}

TEST(Decode, AWrongUserIdIsNamedWithTheReason) {
  const std::string rule = "INVALID_PAYLOAD: userId must be a non-empty string of at most 256 bytes, got ";
  EXPECT_EQ(fault("check-user-status", R"({"userId":5})"), rule + "a number");
  EXPECT_EQ(fault("check-user-status", R"({"userId":5.5})"), rule + "a number");
  EXPECT_EQ(fault("check-user-status", R"({"userId":""})"), rule + "an empty string");
  EXPECT_EQ(fault("check-user-status", R"({"userId":null})"), rule + "null");
  EXPECT_EQ(fault("check-user-status", R"({"userId":true})"), rule + "a boolean");
  EXPECT_EQ(fault("check-user-status", R"({"userId":["a"]})"), rule + "an array");
  EXPECT_EQ(fault("check-user-status", R"({"userId":{}})"), rule + "an object");
  EXPECT_EQ(fault("check-user-status", R"({"userid":"ann"})"), rule + "nothing");
}

TEST(Decode, AnIdWithHalfOfASurrogatePairIsNamedAndOtherTextIsReadWithoutIt) {
  const std::string rule =
      R"( has half of a surrogate pair, such as \ud83d alone: an id must be whole Unicode)";
  EXPECT_EQ(fault("check-user-status", R"({"userId":"a\ud83d"})"), "INVALID_PAYLOAD: userId" + rule);
  EXPECT_EQ(fault("subscribe-presence", R"({"userIds":["a","\ude00"]})"),
            "INVALID_PAYLOAD: userIds[1]" + rule);
  EXPECT_EQ(fault("check-user-status", R"({"userId":"a","note":"\ud83d"})"), "ok");
}

TEST(Decode, AWrongListOfIdsIsNamedWithTheElement) {
  for (const char* event : {"check-users-status", "subscribe-presence", "unsubscribe-presence"}) {
    EXPECT_EQ(fault(event, R"({"userIds":["a","b","c",7]})"),
              "INVALID_PAYLOAD: userIds[3] must be a non-empty string of at most 256 bytes, got a number");
    EXPECT_EQ(fault(event, R"({"userIds":"a"})"),
              "INVALID_PAYLOAD: userIds must be an array of user ids, got a string");
    EXPECT_EQ(fault(event, "{}"), "INVALID_PAYLOAD: userIds must be an array of user ids, got nothing");
  }
}

TEST(Decode, TheNumberOfIdsIsLimitedAndNoneAtAllIsFine) {
  EXPECT_THAT(World().ask("check-users-status", R"({"userIds":[]})"), StartsWith(R"({"statuses":[],)"));
  std::string ids = R"({"userIds":["u")";
  for (int i = 1; i < 1000; ++i) ids += R"(,"u")";
  EXPECT_EQ(fault("check-users-status", ids + "]}"), "ok");
  EXPECT_EQ(fault("check-users-status", ids + R"(,"u"]})"),
            "TOO_MANY_USERS: userIds has 1001 ids, at most 1000 are allowed");
}

TEST(Decode, APayloadThatIsNoObjectIsRefused) {
  EXPECT_EQ(fault("check-user-status", ""), "INVALID_PAYLOAD: the payload must be an object, got nothing");
  EXPECT_EQ(fault("check-user-status", "null"), "INVALID_PAYLOAD: the payload must be an object, got null");
  EXPECT_EQ(fault("check-user-status", R"("ann")"),
            "INVALID_PAYLOAD: the payload must be an object, got a string");
  EXPECT_EQ(fault("heartbeat", "5"),
            "INVALID_PAYLOAD: the payload must be an object or nothing, got a number");
}

TEST(Decode, TheLimitOfAPageIsAnIntegerInBounds) {
  const std::string rule = "INVALID_PAYLOAD: limit must be an integer from 1 to 10000, got ";
  for (const char* limit : {"1", "10000", "5e1"}) {
    EXPECT_EQ(fault("get-online-users", std::string(R"({"limit":)") + limit + "}"), "ok") << limit;
  }
  EXPECT_EQ(fault("get-online-users", R"({"limit":0})"), rule + "0");
  EXPECT_EQ(fault("get-online-users", R"({"limit":-1})"), rule + "-1");
  EXPECT_EQ(fault("get-online-users", R"({"limit":10001})"), rule + "10001");
  EXPECT_EQ(fault("get-online-users", R"({"limit":18446744073709551615})"), rule + "18446744073709551615");
  EXPECT_EQ(fault("get-online-users", R"({"limit":2.5})"), rule + "2.5");
  EXPECT_THAT(fault("get-online-users", R"({"limit":1e300})"), HasSubstr(rule));
  EXPECT_EQ(fault("get-online-users", R"({"limit":"10"})"), rule + "a string");
}

TEST(Decode, ACursorIsAShortString) {
  EXPECT_EQ(fault("get-online-users", R"({"cursor":5})"),
            "INVALID_PAYLOAD: cursor must be a string, got a number");
  EXPECT_EQ(fault("get-online-users", R"({"cursor":")" + std::string(65, '1') + R"("})"),
            "INVALID_PAYLOAD: cursor must be a nextCursor that this server gave");
  EXPECT_EQ(fault("get-online-users", R"({"cursor":"nobody gave it"})"),
            "INVALID_PAYLOAD: cursor must be a nextCursor that this server gave");
}

TEST(Decode, ATokenIsNeverRepeated) {
  EXPECT_EQ(fault("refresh-token", R"({"token":["secret"]})"),
            "INVALID_PAYLOAD: token must be a non-empty string, got an array");
  EXPECT_EQ(fault("refresh-token", R"({"token":""})"),
            "INVALID_PAYLOAD: token must be a non-empty string, got an empty string");
  EXPECT_THAT(fault("refresh-token", R"({"token":"secret)"), testing::Not(HasSubstr("secret")));
}

TEST(Decode, AnEventOverTheSizeLimitIsRefusedBeforeItIsParsed) {
  Limits limits;
  limits.event_bytes = 16;
  EXPECT_EQ(fault("check-user-status", R"({"userId":"abc"})", 0, limits), "ok");
  EXPECT_EQ(fault("check-user-status", R"({"userId":"abcd"})", 0, limits),
            "INVALID_PAYLOAD: the payload has 17 bytes, at most 16 are allowed");
  EXPECT_EQ(fault("heartbeat", "[[[[[[[[[[[[[[[[[", 0, limits),
            "INVALID_PAYLOAD: the payload has 17 bytes, at most 16 are allowed");
}

TEST(Decode, BinaryDataIsRefused) {
  EXPECT_EQ(fault("check-user-status", R"({"_placeholder":true,"num":0})", 1),
            "INVALID_PAYLOAD: the payload must not contain binary data");
}

TEST(Decode, AnUnknownEventIsNamedUnlessItsNameIsLong) {
  EXPECT_EQ(fault("check-user-statu", "{"), "UNKNOWN_EVENT: no such event: check-user-statu");
  EXPECT_EQ(fault("", ""), "UNKNOWN_EVENT: no such event: ");
  EXPECT_EQ(fault(std::string(65, 'x'), ""), "UNKNOWN_EVENT: no such event");
}

TEST(Decode, TextThatIsNotJsonIsRefused) {
  for (const char* args : {"{", "{\"userId\":\"a\"", "{\"userId\":\"a\"}}", "nul", "{\"userId\":\"\xff\"}",
                           "{'userId':1}", "\"", "\"\\", ",{}"}) {
    EXPECT_THAT(fault("check-user-status", args), HasSubstr("INVALID_PAYLOAD: the payload")) << args;
  }
}

}  // namespace
}  // namespace rollcall::calls
