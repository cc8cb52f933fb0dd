#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include "jwt/key_set.hpp"
#include "jwt/token_maker.hpp"

namespace rollcall::jwt {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Strings = std::vector<std::string>;

const std::string kLongEnough(32, 's');

KeyOptions accepting(std::vector<Algorithm> algorithms) {
  KeyOptions options;
  options.algorithms = std::move(algorithms);
  return options;
}
KeySet::Source pem(const std::string& text) {
  return {.secret = "", .pems = {{"key.pem", text}}, .jwks = {}};
}
KeySet::Source jwks(const std::string& keys) {
  return {.secret = "", .pems = {}, .jwks = {{"jwks.json", "{\"keys\":[" + keys + "]}"}}};
}
Strings mistakes(const KeySet::Source& source, KeyOptions options = {}) {
  const auto keys = KeySet::make(source, std::move(options));
  return keys ? Strings{} : keys.error();
}
Strings warnings(const KeySet::Source& source, KeyOptions options = {}) {
  const auto keys = KeySet::make(source, std::move(options));
  EXPECT_TRUE(keys);
  return keys ? (*keys)->warnings() : Strings{"not made"};
}

std::string certificate_pem(const testing::PrivateKey& key) {
  X509* certificate = X509_new();
  X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 60);
  X509_set_pubkey(certificate, key.get());
  X509_sign(certificate, key.get(), EVP_sha256());
  std::string text = testing::pem_text([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate); });
  X509_free(certificate);
  return text;
}

std::string pkcs1_pem(const testing::PrivateKey& key) {
  unsigned char* der = nullptr;
  const int size = i2d_PublicKey(key.get(), &der);
  std::string text = testing::pem_text(
      [&](BIO* bio) { return PEM_write_bio(bio, "RSA PUBLIC KEY", "", der, size) > 0 ? 1 : 0; });
  OPENSSL_free(der);
  return text;
}

TEST(KeySource, APublicKeyMayStandInAnyCommonPem) {
  const auto rsa = testing::rsa_key();
  const std::string ec = testing::public_pem(testing::new_ec("P-256"));
  EXPECT_THAT(mistakes(pem(testing::public_pem(rsa)), accepting({Algorithm::RS256})), IsEmpty());
  EXPECT_THAT(mistakes(pem(pkcs1_pem(rsa)), accepting({Algorithm::PS512})), IsEmpty());
  EXPECT_THAT(mistakes(pem(certificate_pem(rsa)), accepting({Algorithm::RS256})), IsEmpty());
  EXPECT_THAT(mistakes(pem("our keys\n" + testing::public_pem(rsa) + ec),
                       accepting({Algorithm::RS256, Algorithm::ES256})),
              IsEmpty());
}

TEST(KeySource, APrivateKeyIsRefusedInClearWords) {
  for (const auto& key : {testing::rsa_key(), testing::new_ec("P-256")}) {
    EXPECT_THAT(mistakes(pem(testing::private_pem(key)), accepting({Algorithm::RS256})),
                ElementsAre("key.pem holds a private key; give the public key only, the server never signs"));
  }
}

TEST(KeySource, PemThatHoldsNoKeyIsNamed) {
  EXPECT_THAT(mistakes(pem("")), ElementsAre("key.pem holds no PEM (-----BEGIN PUBLIC KEY-----)"));
  EXPECT_THAT(mistakes(pem("ssh-rsa AAAA")),
              ElementsAre("key.pem holds no PEM (-----BEGIN PUBLIC KEY-----)"));
  const std::string whole = testing::public_pem(testing::rsa_key());
  EXPECT_THAT(mistakes(pem(whole.substr(0, 200))), ElementsAre("key.pem is damaged: its PEM cannot be read"));
  EXPECT_THAT(mistakes(pem("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")),
              ElementsAre("key.pem holds a public key that cannot be read"));
  EXPECT_THAT(mistakes(pem("-----BEGIN DH PARAMETERS-----\nAAAA\n-----END DH PARAMETERS-----\n")),
              ElementsAre("key.pem holds something that is neither a public key nor a certificate"));
  EXPECT_EQ(ERR_peek_error(), 0u);
}

TEST(KeySource, KeysOfOtherTypesAreNamed) {
  const std::string expected = "key.pem is neither an RSA key nor an EC key on P-256, P-384 or P-521";
  const auto ed25519 = testing::own(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  EXPECT_THAT(mistakes(pem(testing::public_pem(ed25519))), ElementsAre(expected));
  EXPECT_THAT(mistakes(pem(testing::public_pem(testing::new_ec("secp256k1")))), ElementsAre(expected));
}

TEST(KeySource, ACertificateChainIsRefused) {
  const std::string one = certificate_pem(testing::rsa_key());
  EXPECT_THAT(mistakes(pem(one + one), accepting({Algorithm::RS256})),
              ElementsAre(HasSubstr("holds several certificates")));
}

TEST(KeySource, ShortRsaKeysAreRefused) {
  const auto weak = testing::new_rsa(1024);
  EXPECT_THAT(mistakes(pem(testing::public_pem(weak)), accepting({Algorithm::RS256})),
              ElementsAre("key.pem is an RSA key of 1024 bits; 2048 to 8192 are accepted"));
  EXPECT_THAT(mistakes(jwks(testing::rsa_jwk(weak)), accepting({Algorithm::RS256})),
              ElementsAre("jwks.json, key 1 is an RSA key of 1024 bits; 2048 to 8192 are accepted"));
}

TEST(KeySource, UnsoundRsaKeysAreRefused) {
  const std::string n = testing::number_of(testing::rsa_key(), OSSL_PKEY_PARAM_RSA_N);
  const auto with_exponent = [&](const std::string& e) {
    return jwks(R"({"kty":"RSA","n":")" + n + R"(","e":")" + e + "\"}");
  };
  for (const char* exponent : {"AQ", "AA", "Ag"}) {
    EXPECT_THAT(mistakes(with_exponent(exponent), accepting({Algorithm::RS256})),
                ElementsAre("jwks.json, key 1 is not a sound RSA key"))
        << exponent;
  }
  EXPECT_THAT(mistakes(with_exponent("AQABAQABAQAB"), accepting({Algorithm::RS256})),
              ElementsAre(HasSubstr("an exponent of more than 64")));
  EXPECT_THAT(mistakes(with_exponent("?"), accepting({Algorithm::RS256})),
              ElementsAre("jwks.json, key 1 is an RSA key without a readable n and e"));
}

TEST(KeySource, APointOffItsCurveIsRefused) {
  const auto key = testing::new_ec("P-256");
  EXPECT_THAT(
      mistakes(jwks(R"({"kty":"EC","crv":"P-256","x":"AQ","y":"AQ"})"), accepting({Algorithm::ES256})),
      ElementsAre("jwks.json, key 1 is not a point on its curve"));
  EXPECT_THAT(mistakes(jwks(testing::ec_jwk(key, "P-384")), accepting({Algorithm::ES384})),
              ElementsAre("jwks.json, key 1 is not a point on its curve"));
  EXPECT_THAT(mistakes(jwks(R"({"kty":"EC","crv":"P-256"})"), accepting({Algorithm::ES256})),
              ElementsAre("jwks.json, key 1 is not a point on its curve"));
}

TEST(KeySource, AJwksIsRefusedUnlessWellFormed) {
  const auto whole = [](const std::string& text) {
    return mistakes({.secret = kLongEnough, .pems = {}, .jwks = {{"jwks.json", text}}});
  };
  EXPECT_THAT(whole("{"), ElementsAre(HasSubstr("jwks.json is not JSON")));
  EXPECT_THAT(whole("[]"), ElementsAre("jwks.json is not a JWKS: it has no array \"keys\""));
  EXPECT_THAT(whole(R"({"kty":"RSA"})"), ElementsAre("jwks.json is not a JWKS: it has no array \"keys\""));
  EXPECT_THAT(whole(R"({"keys":[1,{},{"kty":"oct"},{"kty":"EC"}]})"),
              ElementsAre("jwks.json, key 1 is not an object", "jwks.json, key 2 has no type (kty)",
                          "jwks.json, key 3 is empty", "jwks.json, key 4 has no curve (crv)"));
  EXPECT_THAT(whole(R"({"keys":[]})"),
              ElementsAre("jwks.json holds no key for the listed algorithms (HS256)"));
}

TEST(KeySource, PrivateJwksAndWrongAlgorithmsAreMistakes) {
  EXPECT_THAT(
      mistakes(jwks(testing::rsa_jwk(testing::rsa_key(), R"(,"d":"AQAB")")), accepting({Algorithm::RS256})),
      ElementsAre(HasSubstr("key 1 is a private key")));
  EXPECT_THAT(mistakes(jwks(testing::rsa_jwk(testing::rsa_key(), R"(,"alg":"HS256")"))),
              ElementsAre("jwks.json, key 1 is an RSA key, which does not fit its alg HS256"));
}

TEST(KeySource, JwksKeysOfNoUseHereAreLeftAsideWithAWarning) {
  const std::string good = testing::rsa_jwk(testing::rsa_key(), R"(,"use":"sig","alg":"RS256")");
  const std::string others = R"(,{"kty":"OKP","crv":"Ed25519","x":"AA"},{"kty":"EC","crv":"secp256k1"},)" +
                             testing::rsa_jwk(testing::rsa_key(), R"(,"use":"enc")") + "," +
                             testing::rsa_jwk(testing::rsa_key(), R"(,"key_ops":["encrypt"])") + "," +
                             testing::rsa_jwk(testing::rsa_key(), R"(,"alg":"RSA-OAEP")") + "," +
                             testing::ec_jwk(testing::new_ec("P-256"), "P-256");
  EXPECT_THAT(
      warnings(jwks(good + others), accepting({Algorithm::RS256})),
      ElementsAre("jwks.json, key 2 is left aside: its type is not supported",
                  "jwks.json, key 3 is left aside: its curve is not supported",
                  "jwks.json, key 4 is left aside: it is not for signatures",
                  "jwks.json, key 5 is left aside: it is not for verifying",
                  "jwks.json, key 6 is left aside: its algorithm is not supported",
                  "jwks.json, key 7 is never used: it is an EC key on P-256, which serves none of the "
                  "listed algorithms (RS256)"));
}

TEST(KeySource, KeysAndAlgorithmsMustFitEachOther) {
  EXPECT_THAT(
      mistakes(pem(testing::public_pem(testing::rsa_key()))),
      ElementsAre("key.pem is never used: as an RSA key it serves none of the listed algorithms (HS256)",
                  "HS256 is listed, but no key can serve it: it needs a secret"));
  EXPECT_THAT(mistakes({.secret = kLongEnough, .pems = {}, .jwks = {}},
                       accepting({Algorithm::ES256, Algorithm::HS256})),
              ElementsAre("ES256 is listed, but no key can serve it: it needs an EC key on P-256"));
  EXPECT_THAT(mistakes({.secret = kLongEnough, .pems = {}, .jwks = {}}, accepting({})),
              ElementsAre("No algorithm is listed"));
  EXPECT_THAT(mistakes({}), ElementsAre("There is no key: give a secret, public keys or a JWKS"));
}

TEST(KeySource, EveryMistakeIsNamedAtOnce) {
  KeySet::Source source;
  source.pems = {{"a.pem", ""}, {"b.pem", testing::private_pem(testing::rsa_key())}};
  source.jwks = {"jwks.json", "["};
  KeyOptions options = accepting({Algorithm::RS256});
  options.leeway = milliseconds(-1);
  const auto all = mistakes(source, options);
  EXPECT_THAT(
      all, ElementsAre(HasSubstr("a.pem"), HasSubstr("b.pem"), HasSubstr("jwks.json"), HasSubstr("leeway")));
}

TEST(KeySource, AShortSecretIsAcceptedWithAWarning) {
  EXPECT_THAT(warnings({.secret = kLongEnough, .pems = {}, .jwks = {}}), IsEmpty());
  EXPECT_THAT(
      warnings({.secret = "secret", .pems = {}, .jwks = {}}, accepting({Algorithm::HS256, Algorithm::HS512})),
      ElementsAre("The secret has 6 bytes; HS256 should have at least 32",
                  "The secret has 6 bytes; HS512 should have at least 64"));
  EXPECT_THAT(warnings({.secret = kLongEnough + "\n", .pems = {}, .jwks = {}}),
              ElementsAre("The secret ends in white space, which is part of it"));
}

TEST(KeySource, APublicKeyIsNoSecret) {
  EXPECT_THAT(mistakes({.secret = testing::public_pem(testing::rsa_key()), .pems = {}, .jwks = {}}),
              ElementsAre(HasSubstr("The secret is a PEM text")));
}

TEST(KeySource, TheNumberOfKeysIsBounded) {
  std::string keys = R"({"kty":"oct","k":"c2VjcmV0"})";
  for (std::size_t i = 1; i < kMaxKeys; ++i) keys += R"(,{"kty":"oct","k":"c2VjcmV0"})";
  EXPECT_THAT(mistakes(jwks(keys)), IsEmpty());
  auto one_more = jwks(keys);
  one_more.secret = kLongEnough;
  EXPECT_THAT(mistakes(one_more), ElementsAre("There are more than 32 keys"));
  EXPECT_THAT(mistakes(jwks(keys + R"(,{"kty":"oct","k":"c2VjcmV0"})")),
              ElementsAre("jwks.json holds more than 32 keys"));
  std::string pems;
  for (std::size_t i = 0; i <= kMaxKeys; ++i) pems += testing::public_pem(testing::rsa_key());
  EXPECT_THAT(mistakes(pem(pems), accepting({Algorithm::RS256})), ElementsAre("There are more than 32 keys"));
}

}  // namespace
}  // namespace rollcall::jwt
