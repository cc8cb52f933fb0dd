// The examples of RFC 7515, appendix A. Their claims name no subject, so it is the signatures that are
// tested.
#include <gtest/gtest.h>

#include "jwt/key.hpp"
#include "jwt/key_set.hpp"
#include "jwt/key_source.hpp"
#include "jwt/token.hpp"

namespace rollcall::jwt {
namespace {

const std::string kExamplePayload =
    ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.";

struct Example {
  std::string jwk;
  std::string token;
};

const Example kHs256 = {
    R"({"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"})",
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9" + kExamplePayload +
        "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"};

const Example kRs256 = {
    R"({"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEz)"
    R"(P1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5re)"
    R"(xMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWN)"
    R"(moudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"})",
    "eyJhbGciOiJSUzI1NiJ9" + kExamplePayload +
        "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_"
        "O8W2Fp5jujGbds9uJdb"
        "F9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_"
        "eSN9383"
        "LcOLn6_dO--xi12jzDwusC-"
        "eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWy"
        "wlVmtVrBp0igcN_IoypGlUPQGe77Rw"};

const Example kEs256 = {
    R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
    R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})",
    "eyJhbGciOiJFUzI1NiJ9" + kExamplePayload +
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"};

const Example kEs512 = {
    R"({"kty":"EC","crv":"P-521",)"
    R"("x":"AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk",)"
    R"("y":"ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2"})",
    "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA."
    "AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_"
    "7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn"};

std::vector<Key> keys_of(const std::string& jwk) {
  LoadedKeys loaded;
  load_jwks({"jwks", "{\"keys\":[" + jwk + "]}"}, loaded);
  EXPECT_EQ(loaded.mistakes, std::vector<std::string>{});
  return std::move(loaded.keys);
}

bool verifies(const Example& example) {
  const auto keys = keys_of(example.jwk);
  const auto token = parse_token(example.token);
  if (keys.size() != 1 || !token) return false;
  auto signature = Signature::open(example.token, *token);
  return signature && signature->matches(keys[0]);
}

// The example with one letter of its payload changed.
Example tampered(Example example) {
  char& letter = example.token[example.token.find('.') + 3];
  letter = letter == 'A' ? 'B' : 'A';
  return example;
}

TEST(Rfc7515, ExampleA1IsVerifiedWithHs256) {
  EXPECT_TRUE(verifies(kHs256));
  EXPECT_FALSE(verifies(tampered(kHs256)));
}

TEST(Rfc7515, ExampleA2IsVerifiedWithRs256) {
  EXPECT_TRUE(verifies(kRs256));
  EXPECT_FALSE(verifies(tampered(kRs256)));
}

TEST(Rfc7515, ExampleA3IsVerifiedWithEs256) {
  EXPECT_TRUE(verifies(kEs256));
  EXPECT_FALSE(verifies(tampered(kEs256)));
}

TEST(Rfc7515, ExampleA4IsVerifiedWithEs512) {
  EXPECT_TRUE(verifies(kEs512));
  EXPECT_FALSE(verifies(tampered(kEs512)));
}

TEST(Rfc7515, ExampleA5IsUnsecuredAndRefused) {
  EXPECT_FALSE(parse_token("eyJhbGciOiJub25lIn0" + kExamplePayload));
}

TEST(Rfc7515, ExampleA1IsSoundButTooOldAndWithoutASubject) {
  const auto keys =
      KeySet::make({.secret = "", .pems = {}, .jwks = {{"jwks", "{\"keys\":[" + kHs256.jwk + "]}"}}}, {});
  ASSERT_TRUE(keys);
  const auto claims = (*keys)->verify(kHs256.token, wall_time(0));
  ASSERT_FALSE(claims);
  EXPECT_EQ(claims.error().details, "The token has no subject (sub)");
}

}  // namespace
}  // namespace rollcall::jwt
