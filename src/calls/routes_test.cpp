// What backends ask by HTTP, and what is wrong with it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calls/test_world.hpp"

namespace rollcall::calls {
namespace {

using test::kSmallLimits;
using test::TestInput;
using test::World;
using testing::HasSubstr;
using testing::StartsWith;

std::string presence_of(World& world, const std::string& user_id) {
  TestInput input;
  input.user_id = user_id;
  return world.ask_route("presence", input);
}

std::string query(World& world, const std::string& body) {
  TestInput input;
  input.text = body;
  return world.ask_route("query", input);
}

std::string online(World& world, const std::map<std::string, std::string>& queries) {
  TestInput input;
  input.queries = queries;
  return world.ask_route("online", input);
}

TEST(ThePathsUser, IsAnyIdThatASocketMayAskFor) {
  World world;
  for (const std::string& id : {std::string("user-1"), std::string("a/b c"), std::string("\xC3\xA4"),
                                std::string("null"), std::string("123"), std::string(256, 'x')}) {
    EXPECT_THAT(presence_of(world, id), StartsWith("{\"userId\":\"" + id + "\",\"online\":false,"));
  }
  EXPECT_THAT(presence_of(world, std::string("a\0b", 3)), StartsWith("{\"userId\":\"a\\u0000b\","));
  EXPECT_THAT(presence_of(world, "ann"), HasSubstr("\"online\":true"));
}

TEST(ThePathsUser, IsRefusedWithWhatIsWrong) {
  World world;
  EXPECT_EQ(presence_of(world, std::string(257, 'x')),
            "INVALID_PAYLOAD: userId must be a non-empty string of at most 256 bytes, got 257 bytes");
  EXPECT_EQ(world.field, "userId");
  EXPECT_THAT(presence_of(world, ""), HasSubstr("got an empty string"));
  for (const char* bad : {"\xFF", "a\xC3", "\xED\xA0\x80"}) {
    EXPECT_EQ(presence_of(world, bad), "INVALID_PAYLOAD: userId must be UTF-8, percent-encoded");
    EXPECT_EQ(world.field, "userId");
  }
}

TEST(AQuery, IsWhatASocketMayAskFor) {
  World world(kSmallLimits);
  EXPECT_EQ(query(world, R"({"userIds":["a","ann","a"]})"),
            world.ask("check-users-status", R"({"userIds":["a","ann","a"]})"));
  EXPECT_THAT(query(world, R"({"userIds":["a","b","c","d"]})"), StartsWith("TOO_MANY_USERS: "));
  EXPECT_EQ(query(world, R"({"userIds":["a",5]})"),
            "INVALID_PAYLOAD: userIds[1] must be a non-empty string of at most 256 bytes, got a number");
  EXPECT_EQ(world.field, "userIds[1]");
}

TEST(AQuery, IsTheWholeBodyForOneObject) {
  World world(kSmallLimits);
  for (const char* body :
       {"", " ", "null", "[]", "{", "{}", R"({"userIds":["a"]},{})", R"({"userIds":["a"]} x)",
        R"({"userIds":"a"})", "\xFF", R"({"userIds":["\ud800"]})"}) {
    EXPECT_THAT(query(world, body), StartsWith("INVALID_PAYLOAD: ")) << body;
  }
}

TEST(AQuery, NamesTheIdThatIsCutInTheMiddleOfACharacter) {
  World world(kSmallLimits);
  EXPECT_EQ(query(world, R"({"userIds":["a","\ud83d"]})"),
            R"(INVALID_PAYLOAD: userIds[1] has half of a surrogate pair, such as \ud83d alone: )"
            "an id must be whole Unicode");
  EXPECT_EQ(world.field, "userIds[1]");
  EXPECT_THAT(query(world, R"({"userIds":["\ud83d\ude00"],"note":"\ud83d"})"), StartsWith("{"));
  EXPECT_THAT(query(world, "{\"userIds\":[\"\xEF\xBF\xBD\"]}"), StartsWith("{"));
}

TEST(TheOnlineList, TakesLimitAndCursorOrNeither) {
  World world(kSmallLimits);
  world.come("bob");
  EXPECT_EQ(online(world, {}), world.ask("get-online-users"));
  EXPECT_EQ(online(world, {{"limit", "10"}}), world.ask("get-online-users", R"({"limit":10})"));
  EXPECT_EQ(online(world, {{"limit", "10"}, {"cursor", "1"}}),
            world.ask("get-online-users", R"({"limit":10,"cursor":"1"})"));
}

TEST(TheOnlineList, SaysWhatIsWrong) {
  World world(kSmallLimits);
  for (const auto& [bad, got] : std::map<std::string, std::string>{{"0", "0"},
                                                                   {"11", "11"},
                                                                   {"-1", "-1"},
                                                                   {"", "an empty string"},
                                                                   {"x", "a string"},
                                                                   {"1x", "a string"},
                                                                   {" 1", "a string"},
                                                                   {"1e1", "a string"},
                                                                   {"99999999999999999999", "a string"},
                                                                   {"\xFF", "a string"}}) {
    EXPECT_EQ(online(world, {{"limit", bad}}),
              "INVALID_PAYLOAD: limit must be an integer from 1 to 10, got " + got);
    EXPECT_EQ(world.field, "limit") << bad;
  }
  EXPECT_THAT(online(world, {{"cursor", std::string(65, '1')}}), StartsWith("INVALID_PAYLOAD: cursor"));
  EXPECT_EQ(world.field, "cursor");
}

}  // namespace
}  // namespace rollcall::calls
