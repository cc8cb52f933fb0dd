#include "api/http_requests.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/refused.hpp"

namespace rollcall::api {
namespace {

using test::kSmallLimits;
using test::refusal;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

TEST(ReadPathUser, TakesAnyIdThatASocketMayAskFor) {
  for (const std::string& id :
       {std::string("user-1"), std::string("a/b c"), std::string("\xC3\xA4"), std::string("null"),
        std::string("123"), std::string("a\0b", 3), std::string(256, 'x')}) {
    const auto read = read_path_user(id);
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_EQ(std::string_view(read->user_id), id);
  }
}

TEST(ReadPathUser, SaysWhatIsWrong) {
  Error error = refusal(read_path_user(std::string(257, 'x')));
  EXPECT_EQ(error.code, ErrorCode::invalid_payload);
  EXPECT_EQ(error.field, "userId");
  EXPECT_EQ(error.message, "userId must be a non-empty string of at most 256 bytes, got 257 bytes");
  EXPECT_THAT(refusal(read_path_user("")).message, HasSubstr("got an empty string"));
  for (const char* bad : {"\xFF", "a\xC3", "\xED\xA0\x80"}) {
    error = refusal(read_path_user(bad));
    EXPECT_EQ(error.message, "userId must be UTF-8, percent-encoded");
    EXPECT_EQ(error.field, "userId");
  }
}

TEST(ReadQuery, IsWhatASocketMayAskFor) {
  const auto read = read_query(R"({"userIds":["a","b","a"]})", kSmallLimits);
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_THAT(read->user_ids, ElementsAre("a", "b", "a"));
  EXPECT_EQ(refusal(read_query(R"({"userIds":["a","b","c","d"]})", kSmallLimits)).code,
            ErrorCode::too_many_users);
  const Error error = refusal(read_query(R"({"userIds":["a",5]})", kSmallLimits));
  EXPECT_EQ(error.field, "userIds[1]");
  EXPECT_EQ(error.message, "userIds[1] must be a non-empty string of at most 256 bytes, got a number");
}

TEST(ReadQuery, TakesTheWholeBodyForOneObject) {
  for (const char* body :
       {"", " ", "null", "[]", "{", "{}", R"({"userIds":["a"]},{})", R"({"userIds":["a"]} x)",
        R"({"userIds":"a"})", "\xFF", R"({"userIds":["\ud800"]})"}) {
    EXPECT_EQ(refusal(read_query(body, kSmallLimits)).code, ErrorCode::invalid_payload) << body;
  }
}

TEST(ReadQuery, NamesTheIdThatIsCutInTheMiddleOfACharacter) {
  const Error error = refusal(read_query(R"({"userIds":["a","\ud83d"]})", kSmallLimits));
  EXPECT_EQ(error.field, "userIds[1]");
  EXPECT_EQ(error.message,
            R"(userIds[1] has half of a surrogate pair, such as \ud83d alone: an id must be whole Unicode)");
  EXPECT_TRUE(read_query(R"({"userIds":["\ud83d\ude00"],"note":"\ud83d"})", kSmallLimits).ok());
  EXPECT_TRUE(read_query("{\"userIds\":[\"\xEF\xBF\xBD\"]}", kSmallLimits).ok());
}

TEST(ReadOnline, TakesLimitAndCursorOrNeither) {
  auto read = read_online({}, {}, kSmallLimits);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->limit, std::nullopt);
  EXPECT_EQ(read->cursor, std::nullopt);
  read = read_online("10", "7", kSmallLimits);
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read->limit, 10U);
  EXPECT_EQ(read->cursor, "7");
}

TEST(ReadOnline, SaysWhatIsWrong) {
  for (const char* bad : {"0", "11", "-1", "", "x", "1x", " 1", "1e1", "99999999999999999999", "\xFF"}) {
    const Error error = refusal(read_online(bad, {}, kSmallLimits));
    EXPECT_EQ(error.field, "limit") << bad;
    EXPECT_THAT(error.message, HasSubstr("limit must be an integer from 1 to 10, got ")) << bad;
  }
  EXPECT_EQ(refusal(read_online({}, std::string(65, '1'), kSmallLimits)).field, "cursor");
}

}  // namespace
}  // namespace rollcall::api
