#include "calls/emit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calls/test_world.hpp"

namespace rollcall::calls {
namespace {

using test::kSmallLimits;
using testing::ElementsAre;
using testing::HasSubstr;
using wire::Error;
using wire::ErrorCode;
using wire::UserId;
using wire::UserIds;

template <class Read>
Error refusal(const Result<Read, Error>& read) {
  EXPECT_FALSE(read.ok());
  return read ? Error{ErrorCode::internal, "it was read"} : read.error();
}

std::string data_of(const std::string& data) {
  const auto read = read_emit(R"({"event":"hello","data":)" + data + "}");
  return read ? read->data : read.error().message;
}

TEST(ReadEmit, TakesAnEventAndAnyData) {
  const struct {
    const char* body;
    const char* data;
  } cases[] = {{R"({"event":"hello"})", ""},
               {R"({"event":"hello","data":null})", "null"},
               {R"({"data":{"a":[1,"x"]},"event":"hello","more":1})", R"({"a":[1,"x"]})"},
               {R"( { "\u0065vent" : "h\u0065llo" , "data" : 1 } )", "1"}};
  for (const auto& [body, data] : cases) {
    const auto read = read_emit(body);
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_EQ(read->event, "hello");
    EXPECT_EQ(read->data, data);
  }
}

TEST(ReadEmit, PassesTheDataOnAsTheTextThatCame) {
  for (const char* data :
       {"3.14", "1e400", "-1e-400", "18446744073709551616", "0.1000", "-0", "1E5", R"({"total":1e400})",
        R"({ "b" : 1 ,
 "a":2,"b":3 })",
        R"("\u001e\u00e4\/\ud83d")", "\"\xE2\x80\xA8 \x7F\"", R"(["\ud800",{"\udc00":"\ud83d\ude00"}])"}) {
    EXPECT_EQ(data_of(data), data);
  }
}

TEST(ReadEmit, RefusesDataThatClientsCannotRead) {
  for (const char* data :
       {"NaN", "Infinity", "01", "1.", "\"\x1e\"", "\"\t\"", "'x'", "{a:1}", "[1,]", "1 2"}) {
    EXPECT_THAT(data_of(data), HasSubstr("the payload is not valid JSON: look at byte ")) << data;
  }
  EXPECT_EQ(data_of("\"\xFF\""), "the payload is not UTF-8");
  EXPECT_EQ(data_of("\"\xED\xA0\x80\""), "the payload is not UTF-8");
  const auto nested = [](std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); };
  EXPECT_EQ(data_of(nested(63)), nested(63));
  EXPECT_THAT(data_of(nested(64)), HasSubstr("the payload is nested deeper than 64"));
}

TEST(ReadEmit, TakesTheLastOfAFieldThatComesTwice) {
  const auto read = read_emit(R"({"event":"a","data":1,"event":"b","data":2})");
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->event, "b");
  EXPECT_EQ(read->data, "2");
  EXPECT_FALSE(read_emit(R"({"event":"a","event":"connect"})").ok());
}

TEST(ReadEmit, HalfOfASurrogatePairInTheNameIsReplaced) {
  const auto read = read_emit(R"({"event":"a\ud83d"})");
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->event, "a\xEF\xBF\xBD");
}

TEST(ReadEmit, RefusesEventsThatSocketIoKeepsForItself) {
  for (const char* event :
       {"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"}) {
    const Error error = refusal(read_emit(std::string(R"({"event":")") + event + "\"}"));
    EXPECT_EQ(error.code, ErrorCode::forbidden) << event;
    EXPECT_EQ(error.field, "event") << event;
    EXPECT_EQ(error.message,
              "event must not be " + std::string(event) + ": socket.io keeps that name for itself");
  }
  EXPECT_TRUE(read_emit(R"({"event":"Connect"})").ok());
  EXPECT_EQ(refusal(read_emit(R"({"event":"recovery-offset"})")).message,
            "event must not be recovery-offset: the server keeps that name for itself");
}

TEST(ReadEmit, RefusesEventsThatPresenceAloneSends) {
  std::vector<std::string> events = {"user-online", "user-offline",  "connected",      "authentication_error",
                                     "exception",   "presence-mode", "co\\u006enected"};
  for (const Call* call : kClientCalls) events.emplace_back(call->reply);
  for (const std::string& event : events) {
    const Error error = refusal(read_emit(R"({"event":")" + event + "\"}"));
    EXPECT_EQ(error.code, ErrorCode::forbidden) << event;
    EXPECT_EQ(error.field, "event") << event;
    EXPECT_THAT(error.message, HasSubstr(": presence alone sends that event")) << event;
  }
  EXPECT_TRUE(read_emit(R"({"event":"user-status-changed"})").ok());
}

TEST(ReadEmit, SaysWhatIsWrong) {
  for (const char* body : {"", " ", "[]", "5", "{", R"({"event":"a"}{)"}) {
    EXPECT_EQ(refusal(read_emit(body)).code, ErrorCode::invalid_payload) << body;
  }
  EXPECT_EQ(refusal(read_emit("[]")).message, "the payload must be an object, got an array");
  EXPECT_EQ(refusal(read_emit("{}")).message, "event must be a non-empty string, got nothing");
  EXPECT_EQ(refusal(read_emit(R"({"event":""})")).message,
            "event must be a non-empty string, got an empty string");
  EXPECT_EQ(refusal(read_emit(R"({"event":5})")).message, "event must be a non-empty string, got a number");
  EXPECT_EQ(refusal(read_emit("{\"event\":\"" + std::string(257, 'x') + "\"}")).message,
            "event must be at most 256 bytes, got 257");
  EXPECT_TRUE(read_emit("{\"event\":\"" + std::string(256, 'x') + "\"}").ok());
}

TEST(ReadEmitToMany, GoesToSomeUsersEachOnceOrToAll) {
  auto read = read_emit_to_many(R"({"userIds":["a","b","a"],"event":"e","data":1e400})", kSmallLimits);
  ASSERT_TRUE(read.ok()) << read.error().message;
  ASSERT_TRUE(read->user_ids);
  EXPECT_THAT(*read->user_ids, ElementsAre("a", "b"));
  EXPECT_EQ(read->emit.event, "e");
  EXPECT_EQ(read->emit.data, "1e400");
  read = read_emit_to_many(R"({"all":true,"event":"e","userIds":null})", kSmallLimits);
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_FALSE(read->user_ids);
  read = read_emit_to_many(R"({"userIds":[],"event":"e","all":false})", kSmallLimits);
  ASSERT_TRUE(read.ok() && read->user_ids);
  EXPECT_TRUE(read->user_ids->empty());
}

TEST(ReadEmitToMany, SaysWhatIsWrong) {
  const auto why = [](const char* body) { return refusal(read_emit_to_many(body, kSmallLimits)).message; };
  EXPECT_EQ(why(R"({"event":"e"})"), "either userIds or all: true must say to whom the event goes");
  EXPECT_EQ(why(R"({"event":"e","all":false})"),
            "either userIds or all: true must say to whom the event goes");
  EXPECT_EQ(why(R"({"event":"e","all":true,"userIds":["a"]})"),
            "userIds and all: true are both given, give one of them");
  EXPECT_EQ(why(R"({"event":"e","all":1})"), "all must be true, got a number");
  EXPECT_EQ(why(R"({"event":"e","userIds":"a"})"), "userIds must be an array of user ids, got a string");
  EXPECT_THAT(why(R"({"event":"e","userIds":["a",7]})"), HasSubstr("userIds[1] must be a non-empty string"));
  EXPECT_THAT(why(R"({"event":"e","userIds":["\ud800"]})"), HasSubstr("userIds[0] has half of a surrogate"));
  EXPECT_EQ(refusal(read_emit_to_many(R"({"event":"e","userIds":["a","b","c","d"]})", kSmallLimits)).code,
            ErrorCode::too_many_users);
  EXPECT_EQ(refusal(read_emit_to_many(R"({"event":"exception","all":true})", kSmallLimits)).code,
            ErrorCode::forbidden);
  EXPECT_EQ(why(R"({"all":true})"), "event must be a non-empty string, got nothing");
}

TEST(Emitted, SaysHowManyConnectionsGetIt) {
  EXPECT_EQ(emitted(2, true), R"({"delivered":2,"online":true})");
  EXPECT_EQ(emitted_to_many(7, 3), R"({"delivered":7,"online":3})");
}

}  // namespace
}  // namespace rollcall::calls
