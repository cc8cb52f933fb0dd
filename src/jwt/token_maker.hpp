// For tests only: keys and tokens made by OpenSSL's EVP, so that what cjose verifies was not signed by cjose.
#pragma once

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/assert.hpp"
#include "base/base64.hpp"
#include "jwt/key_set.hpp"

namespace rollcall::jwt::testing {

using PrivateKey = std::shared_ptr<EVP_PKEY>;

inline PrivateKey own(EVP_PKEY* key) {
  ROLLCALL_ASSERT(key != nullptr);
  return {key, EVP_PKEY_free};
}
inline PrivateKey new_rsa(unsigned bits = 2048) {
  return own(EVP_RSA_gen(bits));
}
inline PrivateKey new_ec(const char* curve) {
  return own(EVP_EC_gen(curve));
}

// Making an RSA key takes a while, so tests share these.
inline PrivateKey rsa_key() {
  static const PrivateKey key = new_rsa();
  return key;
}
inline PrivateKey other_rsa_key() {
  static const PrivateKey key = new_rsa();
  return key;
}

template <class Write>
std::string pem_text(Write write) {
  BIO* bio = BIO_new(BIO_s_mem());
  ROLLCALL_ASSERT(write(bio) == 1);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<std::size_t>(size));
  BIO_free(bio);
  return text;
}
inline std::string public_pem(const PrivateKey& key) {
  return pem_text([&](BIO* bio) { return PEM_write_bio_PUBKEY(bio, key.get()); });
}
inline std::string private_pem(const PrivateKey& key) {
  return pem_text([&](BIO* bio) {
    return PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
}

inline std::string number_of(const PrivateKey& key, const char* parameter) {
  BIGNUM* number = nullptr;
  ROLLCALL_ASSERT(EVP_PKEY_get_bn_param(key.get(), parameter, &number) == 1);
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(number)), '\0');
  BN_bn2bin(number, reinterpret_cast<unsigned char*>(bytes.data()));
  BN_free(number);
  return base::base64url_encode(bytes);
}
inline std::string rsa_jwk(const PrivateKey& key, const std::string& more = "") {
  return "{\"kty\":\"RSA\",\"n\":\"" + number_of(key, OSSL_PKEY_PARAM_RSA_N) + "\",\"e\":\"" +
         number_of(key, OSSL_PKEY_PARAM_RSA_E) + "\"" + more + "}";
}
inline std::string ec_jwk(const PrivateKey& key, const std::string& curve, const std::string& more = "") {
  return "{\"kty\":\"EC\",\"crv\":\"" + curve + "\",\"x\":\"" + number_of(key, OSSL_PKEY_PARAM_EC_PUB_X) +
         "\",\"y\":\"" + number_of(key, OSSL_PKEY_PARAM_EC_PUB_Y) + "\"" + more + "}";
}

inline const EVP_MD* digest_of(Algorithm algorithm) {
  const std::string_view name = name_of(algorithm);
  return name.ends_with("256") ? EVP_sha256() : name.ends_with("384") ? EVP_sha384() : EVP_sha512();
}

// DER, as OpenSSL makes it, to the two numbers side by side that JWS wants.
inline std::string flat_ecdsa(std::string_view der, int coordinate_bytes) {
  const auto* data = reinterpret_cast<const unsigned char*>(der.data());
  ECDSA_SIG* pair = d2i_ECDSA_SIG(nullptr, &data, static_cast<long>(der.size()));
  ROLLCALL_ASSERT(pair != nullptr);
  std::string flat(static_cast<std::size_t>(2 * coordinate_bytes), '\0');
  auto* out = reinterpret_cast<unsigned char*>(flat.data());
  BN_bn2binpad(ECDSA_SIG_get0_r(pair), out, coordinate_bytes);
  BN_bn2binpad(ECDSA_SIG_get0_s(pair), out + coordinate_bytes, coordinate_bytes);
  ECDSA_SIG_free(pair);
  return flat;
}

inline std::string hmac(Algorithm algorithm, std::string_view secret, std::string_view input) {
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  HMAC(digest_of(algorithm), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(input.data()), input.size(), mac, &length);
  return {reinterpret_cast<char*>(mac), length};
}

inline std::string asymmetric(Algorithm algorithm, const PrivateKey& key, std::string_view input,
                              int salt = RSA_PSS_SALTLEN_DIGEST) {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_PKEY_CTX* options = nullptr;
  ROLLCALL_ASSERT(EVP_DigestSignInit(context, &options, digest_of(algorithm), nullptr, key.get()) == 1);
  if (name_of(algorithm)[0] == 'P') {
    EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING);
    EVP_PKEY_CTX_set_rsa_pss_saltlen(options, salt);
  }
  const auto* data = reinterpret_cast<const unsigned char*>(input.data());
  std::size_t length = 0;
  ROLLCALL_ASSERT(EVP_DigestSign(context, nullptr, &length, data, input.size()) == 1);
  std::string signature(length, '\0');
  auto* out = reinterpret_cast<unsigned char*>(signature.data());
  ROLLCALL_ASSERT(EVP_DigestSign(context, out, &length, data, input.size()) == 1);
  signature.resize(length);
  EVP_MD_CTX_free(context);
  if (name_of(algorithm)[0] != 'E') return signature;
  return flat_ecdsa(signature, (EVP_PKEY_get_bits(key.get()) + 7) / 8);
}

inline std::string signing_input(std::string_view header, std::string_view payload) {
  return base::base64url_encode(header) + "." + base::base64url_encode(payload);
}
inline std::string header_of(Algorithm algorithm, const std::string& more = "") {
  return std::string("{\"alg\":\"") + name_of(algorithm) + "\"" + more + "}";
}
inline std::string hmac_token(Algorithm algorithm, std::string_view secret, std::string_view header,
                              std::string_view payload) {
  const std::string input = signing_input(header, payload);
  return input + "." + base::base64url_encode(hmac(algorithm, secret, input));
}
inline std::string key_token(Algorithm algorithm, const PrivateKey& key, std::string_view header,
                             std::string_view payload) {
  const std::string input = signing_input(header, payload);
  return input + "." + base::base64url_encode(asymmetric(algorithm, key, input));
}

}  // namespace rollcall::jwt::testing
