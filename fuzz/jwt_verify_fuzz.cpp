// A token from anyone. The first byte picks how the input is used: as it is, or as the header and payload
// of a token that is then signed, so that the fuzzer also gets past the signature.
#include <openssl/hmac.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/base64.hpp"
#include "base/utf8.hpp"
#include "jwt/key_set.hpp"

namespace {

using namespace rollcall;

constexpr std::string_view kSecret = "secret";
constexpr const char* kPayload = ".eyJzdWIiOiJ1In0.";  // {"sub":"u"}
constexpr WallTime kNow = wall_time(1'700'000'000'000);

// The examples of RFC 7515, A.2 and A.3.
constexpr const char* kJwks =
    R"({"keys":[{"kid":"r","kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp)"
    R"(-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-)"
    R"(bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5)"
    R"(IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"},)"
    R"({"kid":"e","kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
    R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]})";

const jwt::KeySet& keys() {
  static const auto made =
      jwt::KeySet::make({.secret = std::string(kSecret), .pems = {}, .jwks = {{"jwks", kJwks}}},
                        {.algorithms = {jwt::Algorithm::HS256, jwt::Algorithm::RS256, jwt::Algorithm::PS256,
                                        jwt::Algorithm::ES256},
                         .issuer = "",
                         .audience = "",
                         .leeway = milliseconds(0)});
  return **made;
}

std::string signed_token(std::string_view header, std::string_view payload) {
  const std::string input = base::base64url_encode(header) + "." + base::base64url_encode(payload);
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  HMAC(EVP_sha256(), kSecret.data(), static_cast<int>(kSecret.size()),
       reinterpret_cast<const unsigned char*>(input.data()), input.size(), mac, &length);
  return input + "." + base::base64url_encode({reinterpret_cast<char*>(mac), length});
}

void check(std::string_view token, bool may_be_accepted) {
  const auto claims = keys().verify(token, kNow);
  if (!claims) {
    if (claims.error().details.empty() || claims.error().details.size() > 200) std::abort();
    return;
  }
  if (!may_be_accepted) std::abort();
  if (claims->subject.empty() || claims->subject.size() > 256 || !base::is_utf8(claims->subject))
    std::abort();
  if (claims->expires_at && *claims->expires_at <= kNow) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 4) {
    case 0:
      check(input, true);
      break;
    case 1:
      check(signed_token(R"({"alg":"HS256"})", input), true);
      break;
    case 2:
      check(signed_token(input, R"({"sub":"u"})"), true);
      break;
    default:
      // A header of ours before a payload and a signature of theirs, for each kind of key.
      for (const char* header :
           {R"({"alg":"RS256","kid":"r"})", R"({"alg":"PS256"})", R"({"alg":"ES256"})"}) {
        check(base::base64url_encode(header) + kPayload + base::base64url_encode(input), false);
      }
  }
  return 0;
}
