#include "websocket/handshake.hpp"

#include <gtest/gtest.h>

namespace rollcall::websocket {
namespace {

UpgradeFields good_fields() {
  return {.method = "GET",
          .http_1_1 = true,
          .upgrade = "websocket",
          .connection = "Upgrade",
          .key = "dGhlIHNhbXBsZSBub25jZQ==",
          .version = "13"};
}

TEST(Handshake, AnswersTheKeyOfTheRfc) {
  EXPECT_EQ(accept_key(good_fields()).value(), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST(Handshake, FindsItsWordsInListsOfAnyCase) {
  UpgradeFields fields = good_fields();
  fields.connection = "keep-alive ,\tuPGRADE";
  fields.upgrade = "h2c,, WebSocket ,foo";
  fields.key = "  dGhlIHNhbXBsZSBub25jZQ==\t";
  fields.version = " 13 ";
  EXPECT_EQ(accept_key(fields).value(), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST(Handshake, RefusesWhatIsNotAnUpgrade) {
  std::vector<UpgradeFields> requests(10, good_fields());
  requests[0].method = "POST";
  requests[1].method = "get";
  requests[2].http_1_1 = false;
  requests[3].upgrade = "";
  requests[4].upgrade = "websockets";
  requests[5].upgrade = "web socket";
  requests[6].connection = "";
  requests[7].connection = "close, keep-alive";
  requests[8].connection = "upgrade-insecure-requests";
  requests[9].connection = " , ,";
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const auto result = accept_key(requests[i]);
    ASSERT_FALSE(result.ok()) << i;
    EXPECT_EQ(result.error(), UpgradeFault::not_an_upgrade) << i;
  }
}

TEST(Handshake, RefusesOtherVersions) {
  for (const char* version : {"", "8", "12", "14", "130", "013", "13, 8", "x"}) {
    UpgradeFields fields = good_fields();
    fields.version = version;
    fields.key = "";
    const auto result = accept_key(fields);
    ASSERT_FALSE(result.ok()) << version;
    EXPECT_EQ(result.error(), UpgradeFault::bad_version) << version;
  }
}

TEST(Handshake, RefusesKeysThatAreNotSixteenBytes) {
  for (const char* key :
       {"", "=", "==", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ===",
        "dGhlIHNhbXBsZSBub25jZTE=",  // 17 bytes
        "dGhlIHNhbXBsZSBub25jZTEy",  // 18 bytes
        "dGhlIHNhbXBsZSBub25j",      // 15 bytes
        "dGhlIHNhbXBsZSBub25jZ===", "dGhlIHNhbXBsZSBub2 jZQ==", "dGhlIHNhbXBsZSBub2-jZQ==",
        "dGhl=HNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ=="}) {
    UpgradeFields fields = good_fields();
    fields.key = key;
    const auto result = accept_key(fields);
    ASSERT_FALSE(result.ok()) << key;
    EXPECT_EQ(result.error(), UpgradeFault::bad_key) << key;
  }
}

TEST(Handshake, TakesTheFirstSubprotocolThatIsOfferedIfTheOfferIsWellFormed) {
  EXPECT_EQ(choose_protocol(""), "");
  EXPECT_EQ(choose_protocol("x"), "x");
  EXPECT_EQ(choose_protocol(" v2.chat , x\t"), "v2.chat");
  for (const char* offered : {",", "x,", ",x", "x,,y", "a b", "x, x", "\"x\"", "x/y", "x\r\ny", "\xc3\xa9"}) {
    EXPECT_EQ(choose_protocol(offered), std::nullopt) << offered;
  }
  std::string many = "n0";
  for (int i = 1; i < 100; ++i) many += ",n" + std::to_string(i);
  EXPECT_EQ(choose_protocol(many), std::nullopt);
}

TEST(Handshake, TakesAKeyWithStrayBitsLikeTheOneInSection41) {
  UpgradeFields fields = good_fields();
  fields.key = "AQIDBAUGBwgJCgsMDQ4PEC==";
  EXPECT_TRUE(accept_key(fields).ok());
}

}  // namespace
}  // namespace rollcall::websocket
