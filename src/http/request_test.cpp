#include "http/request.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rollcall::http {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(Request, GivesTheFirstHeaderOfAName) {
  Request request;
  request.headers = {{"a", "1"}, {"b", "2"}, {"a", "3"}};
  EXPECT_EQ(request.header("a"), "1");
  EXPECT_EQ(request.header("b"), "2");
  EXPECT_EQ(request.header("c"), std::nullopt);
}

TEST(QueryParameter, FindsTheFirstOfAName) {
  EXPECT_EQ(query_parameter("EIO=4&transport=polling&EIO=3", "EIO"), "4");
  EXPECT_EQ(query_parameter("EIO=4&transport=polling", "transport"), "polling");
  EXPECT_EQ(query_parameter("EIO=4", "sid"), std::nullopt);
  EXPECT_EQ(query_parameter("", ""), std::nullopt);
  EXPECT_EQ(query_parameter("xsid=1&sidx=2", "sid"), std::nullopt);
}

TEST(QueryParameter, IsDecoded) {
  const struct {
    std::string_view query;
    std::string value;
  } cases[] = {
      {"k=", ""},
      {"k", ""},
      {"k=a+b", "a b"},
      {"k=a%20b", "a b"},
      {"k=%2b%2B", "++"},
      {"k=a=b=", "a=b="},
      {"%6b=v", "v"},
      {"k=%00", std::string(1, '\0')},
      {"k=%c3%a4", "\xc3\xa4"},
      {"k=%", "%"},
      {"k=%4", "%4"},
      {"k=%zz", "%zz"},
      {"k=%4z%41", "%4zA"},
      {"&&k=v&", "v"},
      {"k=%252B", "%2B"},
  };
  for (const auto& [query, value] : cases) EXPECT_EQ(query_parameter(query, "k"), value) << query;
}

TEST(QueryParameters, KeepTheirOrder) {
  EXPECT_THAT(query_parameters("a=1&b=%20&&a=2&c"),
              ElementsAre(Pair("a", "1"), Pair("b", " "), Pair("a", "2"), Pair("c", "")));
  EXPECT_THAT(query_parameters(""), IsEmpty());
}

TEST(Cookie, IsFoundByItsWholeName) {
  const struct {
    std::string_view header;
    std::optional<std::string> value;
  } cases[] = {
      {"jwt=a.b.c", "a.b.c"},
      {"x=1; jwt=abc; y=2", "abc"},
      {"x=1;jwt = abc ", "abc"},
      {"jwt=first; jwt=second", "first"},
      {"jwt=\"abc\"", "abc"},
      {"jwt=\"", "\""},
      {"jwt=a=b==", "a=b=="},
      {"jwt=%20", "%20"},
      {"jwt=", ""},
      {"jwt", std::nullopt},
      {"JWT=a", std::nullopt},
      {"xjwt=a; jwtx=b", std::nullopt},
      {"x=jwt=a", std::nullopt},
      {"", std::nullopt},
  };
  for (const auto& [header, value] : cases) EXPECT_EQ(cookie(header, "jwt"), value) << header;
}

TEST(DecodeSegment, DecodesEscapesAndNothingElse) {
  EXPECT_EQ(decode_segment(""), "");
  EXPECT_EQ(decode_segment("a+b"), "a+b");
  EXPECT_EQ(decode_segment("%61%2f%2F"), "a//");
  EXPECT_EQ(decode_segment("%00"), std::string(1, '\0'));
  EXPECT_EQ(decode_segment("%2561"), "%61");
  for (const char* bad : {"%", "%6", "a%6", "%g1", "%1g", "% 1", "%%61"}) {
    EXPECT_EQ(decode_segment(bad), std::nullopt) << bad;
  }
}

}  // namespace
}  // namespace rollcall::http
