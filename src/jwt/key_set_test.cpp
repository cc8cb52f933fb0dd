#include "jwt/key_set.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "jwt/key_set_maker.hpp"

namespace rollcall::jwt {
namespace {

using testing::header_of;
using testing::hmac_token;
using testing::hs256;
using testing::key_set;
using testing::key_token;
using testing::kNow;
using testing::kPayload;
using testing::kSecret;
using testing::why_not;
using testing::with_pem;
using testing::with_secret;

TEST(KeySet, AGoodTokenGivesTheUser) {
  const auto claims = with_secret()->verify(hs256(), kNow);
  ASSERT_TRUE(claims) << claims.error().details;
  EXPECT_EQ(claims->subject, "u1");
  EXPECT_EQ(claims->email, "a@b.c");
  EXPECT_EQ(claims->expires_at, wall_time(1'700'000'100'000));
}

TEST(KeySet, EveryAlgorithmVerifiesWhatOpenSslSigned) {
  for (std::size_t i = 0; i < kAlgorithmCount; ++i) {
    const auto algorithm = static_cast<Algorithm>(i);
    SCOPED_TRACE(name_of(algorithm));
    const Family family = family_of(algorithm);
    std::string token;
    std::shared_ptr<const KeySet> keys;
    if (family == Family::secret) {
      token = hmac_token(algorithm, kSecret, header_of(algorithm), kPayload);
      keys = key_set({.secret = kSecret, .pems = {}, .jwks = {}}, {algorithm});
    } else {
      const auto key = family == Family::rsa    ? testing::rsa_key()
                       : family == Family::p256 ? testing::new_ec("P-256")
                       : family == Family::p384 ? testing::new_ec("P-384")
                                                : testing::new_ec("P-521");
      token = key_token(algorithm, key, header_of(algorithm), kPayload);
      keys = with_pem(key, {algorithm});
    }
    EXPECT_EQ(why_not(*keys, token), "accepted");
    // Two letters before the end, for the last one may hold but four bits.
    char& letter = token[token.size() - 3];
    letter = letter == 'A' ? 'B' : 'A';
    EXPECT_EQ(why_not(*keys, token), "The signature does not match");
  }
}

TEST(KeySet, AnEcdsaSignatureHasItsExactLength) {
  const auto key = testing::new_ec("P-256");
  const auto keys = with_pem(key, {Algorithm::ES256});
  const std::string input = testing::signing_input(header_of(Algorithm::ES256), kPayload);
  const std::string good = testing::asymmetric(Algorithm::ES256, key, input);
  const std::string zero(1, '\0');
  for (const std::string& bad : {good + zero, zero + good.substr(0, 32) + zero + good.substr(32),
                                 good.substr(0, 63), std::string(64, '\0'), std::string(1, 'x')}) {
    EXPECT_EQ(why_not(*keys, input + "." + base::base64url_encode(bad)), "The signature does not match");
  }
  EXPECT_EQ(why_not(*keys, input + "." + base::base64url_encode(good)), "accepted");
}

TEST(KeySet, APssSaltIsAsLongAsTheDigest) {
  const auto key = testing::rsa_key();
  const auto keys = with_pem(key, {Algorithm::PS256});
  const std::string input = testing::signing_input(header_of(Algorithm::PS256), kPayload);
  const std::string other_salt = testing::asymmetric(Algorithm::PS256, key, input, 20);
  EXPECT_EQ(why_not(*keys, input + "." + base::base64url_encode(other_salt)), "The signature does not match");
}

TEST(KeySet, NoneIsRefusedHoweverItIsWritten) {
  const auto keys = with_secret();
  for (const char* name : {"none", "None", "NONE", "nOnE", "none ", ""}) {
    const std::string header = std::string("{\"alg\":\"") + name + "\"}";
    const std::string refused =
        std::string("The token's algorithm \"") + name + "\" is not accepted: this server accepts HS256";
    EXPECT_EQ(why_not(*keys, testing::signing_input(header, kPayload) + "."), refused);
    EXPECT_EQ(why_not(*keys, hmac_token(Algorithm::HS256, kSecret, header, kPayload)), refused);
  }
}

TEST(KeySet, ATamperedTokenIsRefused) {
  const auto keys = with_secret();
  const std::string good = hs256();
  const std::string signature = good.substr(good.rfind('.'));
  EXPECT_EQ(
      why_not(*keys, testing::signing_input(header_of(Algorithm::HS256), R"({"sub":"admin"})") + signature),
      "The signature does not match");
  EXPECT_EQ(why_not(*keys, testing::signing_input(R"({"alg":"HS256","typ":"JWT"})", kPayload) + signature),
            "The signature does not match");
  EXPECT_EQ(why_not(*with_secret("another secret"), good), "The signature does not match");
}

TEST(KeySet, NoTruncatedOrAlteredTokenIsAccepted) {
  const auto keys = with_secret();
  const std::string good = hs256();
  for (std::size_t length = 1; length < good.size(); ++length) {
    EXPECT_NE(why_not(*keys, good.substr(0, length)), "accepted") << length;
  }
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const char c : {'A', 'b', '_', '.', '=', ' ', '\0'}) {
      if (good[i] == c) continue;
      std::string altered = good;
      altered[i] = c;
      EXPECT_NE(why_not(*keys, altered), "accepted") << i << c;
    }
  }
}

TEST(KeySet, JunkIsRefused) {
  const auto keys = with_secret();
  for (const std::string& junk :
       {std::string("null"), std::string("undefined"), std::string("{}"), std::string(3, '.'),
        std::string("\0", 1), std::string("\xFF\xFE.\xFF.\xFF"), std::string(16 * 1024, '.'),
        std::string(1 << 20, 'A')}) {
    EXPECT_NE(why_not(*keys, junk), "accepted");
  }
  EXPECT_EQ(why_not(*keys, hmac_token(Algorithm::HS256, kSecret, header_of(Algorithm::HS256), "[1]")),
            "The token's payload is not a JSON object");
  EXPECT_EQ(why_not(*keys, hs256("not json")), "The token's payload is not a JSON object");
  EXPECT_EQ(why_not(*keys, hs256("{\"sub\":\"\xFF\"}")), "The token's payload is not a JSON object");
  EXPECT_EQ(why_not(*keys, hs256(R"({"sub":"\ud800"})")),
            R"(The token's subject (sub) has half of a surrogate pair, such as \ud83d alone)");
}

// A name that was cut in the middle of an emoji; a subject may hold U+FFFD itself.
TEST(KeySet, HalfOfASurrogatePairElsewhereIsReplaced) {
  const auto keys = with_secret();
  const auto claims = keys->verify(hs256(R"({"sub":"ann","name":"Ann \ud83d","email":"\ude00@x"})"), kNow);
  ASSERT_TRUE(claims) << claims.error().details;
  EXPECT_EQ(claims->name, "Ann \xEF\xBF\xBD");
  EXPECT_EQ(claims->email, "\xEF\xBF\xBD@x");
  EXPECT_EQ(why_not(*keys, hs256("{\"sub\":\"\xEF\xBF\xBD\"}")), "accepted");
}

TEST(KeySet, TheLargestTokenIsSixteenKilobytes) {
  const auto keys = with_secret();
  const auto token_of = [](std::size_t filler) {
    return hs256(R"({"sub":"u","x":")" + std::string(filler, 'x') + "\"}");
  };
  EXPECT_EQ(why_not(*keys, token_of(12'000)), "accepted");
  EXPECT_EQ(why_not(*keys, token_of(12'300)), "The token is too long");
}

TEST(KeySet, NoTokenAtAllIsMissing) {
  const auto keys = with_secret();
  for (const char* nothing : {"", " ", "Bearer", "Bearer ", "bearer\t"}) {
    const auto claims = keys->verify(nothing, kNow);
    ASSERT_FALSE(claims);
    EXPECT_EQ(claims.error().code, AuthCode::missing_token) << nothing;
  }
}

TEST(KeySet, AnExpiredTokenIsToldFromABadOne) {
  const auto keys = with_secret();
  const auto expired = keys->verify(hs256(R"({"sub":"u","exp":1699999990})"), kNow);
  ASSERT_FALSE(expired);
  EXPECT_EQ(expired.error().code, AuthCode::token_expired);
  EXPECT_EQ(expired.error().details, "The token expired at 2023-11-14T22:13:10.000Z");
  // Who cannot sign does not learn whether it would have expired.
  const auto forged =
      hmac_token(Algorithm::HS256, "x", header_of(Algorithm::HS256), R"({"sub":"u","exp":1})");
  EXPECT_EQ(why_not(*keys, forged), "The signature does not match");
}

TEST(KeySet, TheBearerPrefixIsOptional) {
  const auto keys = with_secret();
  for (const char* prefix : {"Bearer ", "bearer ", "BEARER   ", " Bearer "}) {
    EXPECT_EQ(why_not(*keys, prefix + hs256()), "accepted") << prefix;
  }
  EXPECT_EQ(strip_bearer("bEaReR abc "), "abc");
  EXPECT_EQ(strip_bearer("abc"), "abc");
  EXPECT_EQ(strip_bearer("Bearerabc"), "Bearerabc");
  EXPECT_EQ(strip_bearer("Bearer Bearer abc"), "Bearer abc");
  EXPECT_EQ(strip_bearer("Basic abc"), "Basic abc");
  EXPECT_EQ(strip_bearer(""), "");
}

TEST(KeySet, OneHeaderIsReadOneWayOnly) {
  const auto keys = with_secret();
  // Doubled names, escapes.
  const auto signed_with = [&](const std::string& header) {
    return why_not(*keys, hmac_token(Algorithm::HS256, kSecret, header, kPayload));
  };
  EXPECT_EQ(signed_with(R"({"alg":"none","alg":"HS256"})"), "accepted");
  EXPECT_EQ(signed_with(R"({"alg":"HS256","alg":"none"})"),
            "The token's algorithm \"none\" is not accepted: this server accepts HS256");
  EXPECT_EQ(signed_with(R"({"\u0061lg":"\u0048S256"})"), "accepted");
  EXPECT_EQ(signed_with(R"({"alg":"HS256\u0000"})"),
            "The token's algorithm \"HS256?\" is not accepted: this server accepts HS256");
  EXPECT_EQ(signed_with(R"({"alg":"HS256","x":"\u0000"})"), "accepted");
}

TEST(KeySet, AHeaderThatCjoseReadsOtherwiseIsRefused) {
  const auto ec = testing::new_ec("P-256");
  const auto keys =
      key_set({.secret = "", .pems = {{"ec.pem", testing::public_pem(ec)}}, .jwks = {}}, {Algorithm::ES256});
  const auto signed_with = [&](const std::string& header) {
    return why_not(*keys, key_token(Algorithm::ES256, ec, header, kPayload));
  };
  EXPECT_EQ(signed_with(R"({"\u0061lg":"\u0045S256"})"), "accepted");
  EXPECT_EQ(signed_with(R"({"alg":"none","alg":"ES256"})"), "accepted");
  EXPECT_EQ(signed_with(R"({"alg":"ES256","x":"\u0000"})"), "The token's header cannot be read");
}

TEST(KeySet, ManyThreadsMayVerifyAtOnce) {
  const auto rsa = testing::rsa_key();
  const auto ec = testing::new_ec("P-256");
  const auto keys =
      key_set({.secret = kSecret,
               .pems = {{"a.pem", testing::public_pem(rsa)}, {"b.pem", testing::public_pem(ec)}},
               .jwks = {}},
              {Algorithm::HS256, Algorithm::RS256, Algorithm::PS256, Algorithm::ES256});
  const std::vector<std::string> tokens = {
      hs256(), key_token(Algorithm::RS256, rsa, header_of(Algorithm::RS256), kPayload),
      key_token(Algorithm::PS256, rsa, header_of(Algorithm::PS256), kPayload),
      key_token(Algorithm::ES256, ec, header_of(Algorithm::ES256), kPayload)};
  std::vector<int> accepted(4);
  std::vector<std::thread> threads;
  for (int& count : accepted) {
    threads.emplace_back([&] {
      for (std::size_t i = 0; i < 200; ++i) {
        std::string token = tokens[i % tokens.size()];
        if (i % 8 >= 4) token[token.size() - 3] ^= 1;
        if (keys->verify(token, kNow)) ++count;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(accepted, (std::vector<int>{100, 100, 100, 100}));
}

}  // namespace
}  // namespace rollcall::jwt
