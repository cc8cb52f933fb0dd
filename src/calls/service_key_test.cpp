#include "calls/service_key.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rollcall::calls {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string kDigest = "00ff" + std::string(60, 'A');

TEST(ServiceKey, IsReadAndWritten) {
  const auto key = parse_service_key("billing.v2:read+emit:" + kDigest);
  ASSERT_TRUE(key.ok()) << key.error();
  EXPECT_EQ(key->name, "billing.v2");
  EXPECT_TRUE(key->scopes.include(Scope::read));
  EXPECT_TRUE(key->scopes.include(Scope::emit));
  EXPECT_FALSE(key->scopes.include(Scope::admin));
  EXPECT_EQ(key->digest[0], 0x00);
  EXPECT_EQ(key->digest[1], 0xff);
  EXPECT_EQ(key->digest[31], 0xaa);
  EXPECT_EQ(to_text(*key), "billing.v2:read+emit:00ff" + std::string(60, 'a'));
}

TEST(ServiceKey, AdminIncludesTheOtherScopes) {
  const auto scopes = parse_scopes("admin", '+');
  ASSERT_TRUE(scopes);
  EXPECT_TRUE(scopes->include(Scope::read));
  EXPECT_TRUE(scopes->include(Scope::emit));
  EXPECT_EQ(names_of(*scopes, '+'), "admin");
  EXPECT_EQ(parse_scopes("admin+read", '+')->include(Scope::emit), true);
}

TEST(ServiceKey, ScopesAreExactlyThoseThatThereAre) {
  EXPECT_EQ(names_of(*parse_scopes("emit,read,emit", ','), ','), "read,emit");
  for (const char* bad :
       {"", ",", "read,", ",read", "read,,emit", "Read", "read emit", "read+emit", "write", "reademit"}) {
    EXPECT_FALSE(parse_scopes(bad, ',')) << bad;
  }
}

TEST(ServiceKey, RefusesWhatIsNoneAndQuotesNothingOfIt) {
  const struct {
    std::string text;
    const char* reason;
  } cases[] = {
      {"", "NAME:SCOPE"},
      {"rck_hush", "NAME:SCOPE"},
      {"hush:read", "NAME:SCOPE"},
      {":read:" + kDigest, "begin with a name"},
      {"hush hush:read:" + kDigest, "begin with a name"},
      {"h\xc3\xa4sh:read:" + kDigest, "begin with a name"},
      {std::string(65, 'h') + ":read:" + kDigest, "begin with a name"},
      {"hush::" + kDigest, "scopes"},
      {"hush:read,emit:" + kDigest, "scopes"},
      {"hush:read:", "64 hexadecimal"},
      {"hush:read:" + kDigest.substr(1), "64 hexadecimal"},
      {"hush:read:" + kDigest + "0", "64 hexadecimal"},
      {"hush:read:" + kDigest + ":", "64 hexadecimal"},
      {"hush:read:g" + kDigest.substr(1), "64 hexadecimal"},
      {"hush:read: " + kDigest.substr(1), "64 hexadecimal"},
  };
  for (const auto& [text, reason] : cases) {
    const auto key = parse_service_key(text);
    ASSERT_FALSE(key.ok()) << text;
    EXPECT_THAT(key.error(), HasSubstr(reason)) << text;
    EXPECT_THAT(key.error(), Not(HasSubstr("hush")));
  }
}

}  // namespace
}  // namespace rollcall::calls
