#include "jwt/key.hpp"

#include <cjose/header.h>
#include <openssl/bn.h>
#include <openssl/err.h>

#include <cstdint>
#include <utility>

#include "base/free_with.hpp"
#include "jwt/octets.hpp"

namespace rollcall::jwt {
namespace {

using Number = std::unique_ptr<BIGNUM, base::FreeWith<BN_free>>;

// cjose's key specifications are not const, though it only reads them.
std::uint8_t* mutable_octets(std::string_view bytes) {
  return const_cast<std::uint8_t*>(octets(bytes));
}

Number number(std::string_view bytes) {
  return Number(BN_bin2bn(octets(bytes), static_cast<int>(bytes.size()), nullptr));
}

// OpenSSL leaves errors in a per-thread queue, where the next TLS call would mistake them for its own.
struct ErrorQueueGuard {
  ErrorQueueGuard() { ERR_set_mark(); }
  ErrorQueueGuard(const ErrorQueueGuard&) = delete;
  ErrorQueueGuard& operator=(const ErrorQueueGuard&) = delete;
  ~ErrorQueueGuard() { ERR_pop_to_mark(); }
};

std::size_t coordinate_bytes(Family curve) {
  switch (curve) {
    case Family::p256:
      return 32;
    case Family::p384:
      return 48;
    case Family::p521:
      return 66;
    default:
      return 0;
  }
}

cjose_jwk_ec_curve cjose_curve(Family curve) {
  switch (curve) {
    case Family::p256:
      return CJOSE_JWK_EC_P_256;
    case Family::p384:
      return CJOSE_JWK_EC_P_384;
    case Family::p521:
      return CJOSE_JWK_EC_P_521;
    default:
      return CJOSE_JWK_EC_INVALID;
  }
}

Key build(std::string name, Family family, std::size_t size, cjose_jwk_t* jwk) {
  Key key;
  key.name = std::move(name);
  key.family = family;
  key.size = size;
  key.jwk.reset(jwk);
  return key;
}

std::size_t signature_bytes(const Key& key) {
  return key.family == Family::rsa ? key.size : 2 * key.size;
}

}  // namespace

Result<Key, std::string> make_secret_key(std::string name, std::string_view secret) {
  cjose_jwk_t* jwk = cjose_jwk_create_oct_spec(octets(secret), secret.size(), nullptr);
  if (jwk == nullptr) return fail(std::string("is empty"));
  Key key = build(std::move(name), Family::secret, secret.size(), jwk);
  key.hmac = std::make_unique<const Hmac>(secret);
  return key;
}

Result<Key, std::string> make_rsa_key(std::string name, std::string_view n, std::string_view e) {
  const ErrorQueueGuard guard;
  if (n.empty() || e.empty()) return fail(std::string("is an RSA key without a readable n and e"));
  if (n.size() > kMaxRsaBits / 8 + 1 || e.size() > 8) {
    return fail("is an RSA key of more than " + std::to_string(kMaxRsaBits) +
                " bits, or with an exponent of more than 64");
  }
  const Number modulus = number(n);
  const Number exponent = number(e);
  if (!modulus || !exponent) return fail(std::string("cannot be read"));
  const int bits = BN_num_bits(modulus.get());
  if (bits < kMinRsaBits || bits > kMaxRsaBits) {
    return fail("is an RSA key of " + std::to_string(bits) + " bits; " + std::to_string(kMinRsaBits) +
                " to " + std::to_string(kMaxRsaBits) + " are accepted");
  }
  // With e = 1 anyone could sign.
  if (!BN_is_odd(modulus.get()) || !BN_is_odd(exponent.get()) || BN_is_one(exponent.get())) {
    return fail(std::string("is not a sound RSA key"));
  }
  cjose_jwk_rsa_keyspec spec{};
  spec.n = mutable_octets(n);
  spec.nlen = n.size();
  spec.e = mutable_octets(e);
  spec.elen = e.size();
  cjose_jwk_t* jwk = cjose_jwk_create_RSA_spec(&spec, nullptr);
  if (jwk == nullptr) return fail(std::string("cannot be read"));
  return build(std::move(name), Family::rsa, static_cast<std::size_t>(BN_num_bytes(modulus.get())), jwk);
}

Result<Key, std::string> make_ec_key(std::string name, Family curve, std::string_view x, std::string_view y) {
  const ErrorQueueGuard guard;
  const std::size_t size = coordinate_bytes(curve);
  cjose_jwk_t* jwk = nullptr;
  if (!x.empty() && x.size() <= size && !y.empty() && y.size() <= size) {
    cjose_jwk_ec_keyspec spec{};
    spec.crv = cjose_curve(curve);
    spec.x = mutable_octets(x);
    spec.xlen = x.size();
    spec.y = mutable_octets(y);
    spec.ylen = y.size();
    jwk = cjose_jwk_create_EC_spec(&spec, nullptr);
  }
  if (jwk == nullptr) return fail(std::string("is not a point on its curve"));
  return build(std::move(name), curve, size, jwk);
}

std::optional<Signature> Signature::open(std::string_view text, const Token& token) {
  Signature signature(text, token);
  if (family_of(token.algorithm) == Family::secret) return signature;
  signature.jws_.reset(cjose_jws_import(text.data(), text.size(), nullptr));
  if (!signature.jws_) return std::nullopt;
  // cjose parses the header with another JSON library than ours: both must have seen the same algorithm,
  // for the list was checked with ours and the signature will be checked with cjose's.
  const char* seen = cjose_header_get(cjose_jws_get_protected(signature.jws_.get()), CJOSE_HDR_ALG, nullptr);
  if (seen == nullptr || std::string_view(seen) != name_of(token.algorithm)) return std::nullopt;
  return signature;
}

bool Signature::matches(const Key& key) const {
  if (!key.serves(token_->algorithm)) return false;
  if (key.hmac) {
    return key.hmac->matches(token_->algorithm, text_.substr(0, token_->signed_bytes), token_->signature);
  }
  // cjose checks neither that the curve is the algorithm's, nor an EC or PSS signature's exact length.
  if (token_->signature.size() != signature_bytes(key)) return false;
  const ErrorQueueGuard guard;
  return cjose_jws_verify(jws_.get(), key.jwk.get(), nullptr);
}

}  // namespace rollcall::jwt
