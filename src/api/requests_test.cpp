#include "api/requests.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace rollcall::api {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Result<Request, Error> decoded(std::string_view event, std::string_view args, std::size_t attachments = 0,
                               const Limits& limits = {}) {
  return decode(event, args, attachments, limits);
}

template <class T>
T request(std::string_view event, std::string_view args) {
  auto result = decoded(event, args);
  EXPECT_TRUE(result.ok()) << event << " " << args << ": " << (result.ok() ? "" : result.error().message);
  if (!result.ok() || !std::holds_alternative<T>(*result)) {
    ADD_FAILURE() << "not the request that was asked for";
    return T{};
  }
  return std::get<T>(*result);
}

// "CODE: message", or "ok".
std::string fault(std::string_view event, std::string_view args, std::size_t attachments = 0,
                  const Limits& limits = {}) {
  const auto result = decoded(event, args, attachments, limits);
  return result.ok() ? "ok" : std::string(name_of(result.error().code)) + ": " + result.error().message;
}

TEST(Decode, EveryEventOfTheContractIsRead) {
  EXPECT_EQ(request<CheckUserStatus>("check-user-status", R"({"userId":"ann"})").user_id, "ann");
  EXPECT_THAT(request<CheckUsersStatus>("check-users-status", R"({"userIds":["a","b","a"]})").user_ids,
              ElementsAre("a", "b", "a"));
  EXPECT_THAT(request<SubscribePresence>("subscribe-presence", R"({"userIds":["a"]})").user_ids,
              ElementsAre("a"));
  EXPECT_THAT(request<UnsubscribePresence>("unsubscribe-presence", R"({"userIds":["a"]})").user_ids,
              ElementsAre("a"));
  EXPECT_EQ(request<RefreshToken>("refresh-token", R"({"token":"x.y.z"})").token, "x.y.z");
  const auto page = request<GetOnlineUsers>("get-online-users", R"({"limit":50,"cursor":"17"})");
  EXPECT_EQ(page.limit, 50u);
  EXPECT_EQ(page.cursor, "17");
  request<Heartbeat>("heartbeat", "");
}

TEST(Decode, EveryNameThatIsListedIsKnown) {
  EXPECT_EQ(request_events().size(), std::variant_size_v<Request>);
  for (const std::string_view event : request_events()) {
    EXPECT_THAT(fault(event, ""), testing::Not(HasSubstr("UNKNOWN_EVENT"))) << event;
  }
}

TEST(Decode, WhereThePayloadIsOptionalItMayBeMissingNullOrEmpty) {
  for (const char* args : {"", "null", "{}", " null ", R"({"limit":null,"cursor":null})", R"({"other":1})"}) {
    const auto page = request<GetOnlineUsers>("get-online-users", args);
    EXPECT_EQ(page.limit, std::nullopt) << args;
    EXPECT_EQ(page.cursor, std::nullopt) << args;
    request<Heartbeat>("heartbeat", args);
  }
}

TEST(Decode, ExtraArgumentsAndFieldsAreIgnored) {
  EXPECT_EQ(request<CheckUserStatus>("check-user-status", R"({"x":[1,{"y":2}],"userId":"a,b\"]"},5,"no, {")")
                .user_id,
            "a,b\"]");
  request<Heartbeat>("heartbeat", R"(null,{"userId":5})");
}

TEST(Decode, IdsMayHoldAnyCharactersAndEveryLengthUpTo256Bytes) {
  EXPECT_EQ(request<CheckUserStatus>("check-user-status", "{\"userId\":\"a\\u0000\\u001e\\u20acz\"}").user_id,
            std::string_view("a\0\x1e\u20acz", 7));
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
  EXPECT_THAT(request<CheckUsersStatus>("check-users-status", R"({"userIds":[]})").user_ids, IsEmpty());
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
  EXPECT_EQ(request<GetOnlineUsers>("get-online-users", R"({"limit":1})").limit, 1u);
  EXPECT_EQ(request<GetOnlineUsers>("get-online-users", R"({"limit":10000})").limit, 10000u);
  EXPECT_EQ(request<GetOnlineUsers>("get-online-users", R"({"limit":5e1})").limit, 50u);
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
  EXPECT_EQ(error_of(presence::CursorFault::unknown).message,
            "cursor must be a nextCursor that this server gave");
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

TEST(ErrorCodes, HaveTheNamesOfTheContract) {
  EXPECT_STREQ(name_of(ErrorCode::rate_limited), "RATE_LIMITED");
  EXPECT_STREQ(name_of(ErrorCode::forbidden), "FORBIDDEN");
  EXPECT_STREQ(name_of(ErrorCode::internal), "INTERNAL");
}

}  // namespace
}  // namespace rollcall::api
