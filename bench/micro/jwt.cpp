// Verifying tokens. Allocations of cjose and OpenSSL are not counted: they do not use `new`.
#include "base/assert.hpp"
#include "jwt/key_set.hpp"
#include "jwt/token_maker.hpp"
#include "micro/counting.hpp"
#include "sham/host.hpp"

namespace rollcall::micro {
namespace {

using jwt::Algorithm;
namespace making = jwt::testing;

const WallTime kVerifiedAt{seconds(1'800'000'000)};
constexpr const char* kClaims =
    R"({"sub":"5f0c1d8e-7a41-4b5e-9d3a-000000000007","email":"someone@example.com","role":"member","exp":1800003600})";

void verify(benchmark::State& state, const jwt::KeySet::Source& source, Algorithm algorithm,
            const std::string& token) {
  jwt::KeyOptions options;
  options.algorithms = {algorithm};
  const auto keys = jwt::KeySet::make(source, options);
  ROLLCALL_ASSERT(keys.ok() && (*keys)->verify(token, kVerifiedAt).ok());
  repeat(state, [&] { benchmark::DoNotOptimize((*keys)->verify(token, kVerifiedAt)); });
}

void jwt_verify_hs256(benchmark::State& state) {
  jwt::KeySet::Source source;
  source.secret = sham::kSecret;
  const auto header = making::header_of(Algorithm::HS256);
  verify(state, source, Algorithm::HS256,
         making::hmac_token(Algorithm::HS256, sham::kSecret, header, kClaims));
}
BENCHMARK(jwt_verify_hs256);

void verify_public(benchmark::State& state, const making::PrivateKey& key, Algorithm algorithm) {
  jwt::KeySet::Source source;
  source.pems = {{"key.pem", making::public_pem(key)}};
  verify(state, source, algorithm, making::key_token(algorithm, key, making::header_of(algorithm), kClaims));
}

void jwt_verify_es256(benchmark::State& state) {
  verify_public(state, making::new_ec("P-256"), Algorithm::ES256);
}
BENCHMARK(jwt_verify_es256);

void jwt_verify_rs256(benchmark::State& state) {
  verify_public(state, making::rsa_key(), Algorithm::RS256);
}
BENCHMARK(jwt_verify_rs256);

}  // namespace
}  // namespace rollcall::micro
