#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>
#include <string_view>

#include "base/free_with.hpp"
#include "jwt/key_source.hpp"

namespace rollcall::jwt {
namespace {

using base::FreeWith;
using Bio = std::unique_ptr<BIO, FreeWith<BIO_free>>;
using BigNumber = std::unique_ptr<BIGNUM, FreeWith<BN_free>>;
using PublicKey = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, FreeWith<X509_free>>;

// One `-----BEGIN label-----` block, its contents erased when it goes: it may be a private key.
struct Block {
  Block() = default;
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;
  ~Block() {
    OPENSSL_free(label);
    OPENSSL_free(header);
    OPENSSL_clear_free(data, static_cast<std::size_t>(length));
  }

  char* label = nullptr;
  char* header = nullptr;
  unsigned char* data = nullptr;
  long length = 0;
};

std::string parameter(const EVP_PKEY* key, const char* name) {
  BIGNUM* raw = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &raw) != 1) return {};
  const BigNumber number(raw);
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(raw)), '\0');
  BN_bn2bin(raw, reinterpret_cast<unsigned char*>(bytes.data()));
  return bytes;
}

std::optional<Family> curve_of(const EVP_PKEY* key) {
  char name[64];
  if (EVP_PKEY_get_group_name(key, name, sizeof name, nullptr) != 1) return std::nullopt;
  switch (OBJ_txt2nid(name)) {
    case NID_X9_62_prime256v1:
      return Family::p256;
    case NID_secp384r1:
      return Family::p384;
    case NID_secp521r1:
      return Family::p521;
    default:
      return std::nullopt;
  }
}

PublicKey parse_public_key(const Block& block) {
  const std::string_view label = block.label;
  const unsigned char* data = block.data;
  if (label == "CERTIFICATE") {
    const Certificate certificate(d2i_X509(nullptr, &data, block.length));
    return PublicKey(certificate ? X509_get_pubkey(certificate.get()) : nullptr);
  }
  if (label == "RSA PUBLIC KEY") return PublicKey(d2i_PublicKey(EVP_PKEY_RSA, nullptr, &data, block.length));
  return PublicKey(d2i_PUBKEY(nullptr, &data, block.length));
}

Result<Key, std::string> make_key(std::string name, const EVP_PKEY* key) {
  if (EVP_PKEY_is_a(key, "RSA")) {
    return make_rsa_key(std::move(name), parameter(key, OSSL_PKEY_PARAM_RSA_N),
                        parameter(key, OSSL_PKEY_PARAM_RSA_E));
  }
  const auto curve = EVP_PKEY_is_a(key, "EC") ? curve_of(key) : std::nullopt;
  if (!curve) return fail(std::string("is neither an RSA key nor an EC key on P-256, P-384 or P-521"));
  return make_ec_key(std::move(name), *curve, parameter(key, OSSL_PKEY_PARAM_EC_PUB_X),
                     parameter(key, OSSL_PKEY_PARAM_EC_PUB_Y));
}

// The error is the rest of a sentence that begins with the text's name.
Result<Key, std::string> load_block(const std::string& name, const Block& block, int certificates) {
  const std::string_view label = block.label;
  if (label.ends_with("PRIVATE KEY")) {
    return fail(std::string("holds a private key; give the public key only, the server never signs"));
  }
  if (label != "CERTIFICATE" && label != "PUBLIC KEY" && label != "RSA PUBLIC KEY") {
    return fail(std::string("holds something that is neither a public key nor a certificate"));
  }
  if (certificates > 1) {
    return fail(std::string("holds several certificates; keep only that of the key that signs tokens"));
  }
  const PublicKey key = parse_public_key(block);
  if (!key) return fail(std::string("holds a public key that cannot be read"));
  return make_key(name, key.get());
}

}  // namespace

void load_pem(const KeySet::Source::Named& source, LoadedKeys& loaded) {
  ERR_clear_error();
  const Bio bio(BIO_new_mem_buf(source.text.data(), static_cast<int>(source.text.size())));
  int blocks = 0;
  int certificates = 0;
  while (loaded.keys.size() <= kMaxKeys) {
    Block block;
    if (PEM_read_bio(bio.get(), &block.label, &block.header, &block.data, &block.length) != 1) break;
    ++blocks;
    const std::string_view label = block.label;
    if (label == "CERTIFICATE") ++certificates;
    if (label == "EC PARAMETERS") continue;
    auto key = load_block(source.name, block, certificates);
    if (key) {
      loaded.keys.push_back(std::move(*key));
    } else {
      loaded.mistakes.push_back(source.name + " " + key.error());
    }
  }
  const unsigned long last = ERR_peek_last_error();
  const bool damaged = ERR_GET_LIB(last) == ERR_LIB_PEM && ERR_GET_REASON(last) != PEM_R_NO_START_LINE;
  if (blocks == 0 || damaged) {
    loaded.mistakes.push_back(source.name + (damaged ? " is damaged: its PEM cannot be read"
                                                     : " holds no PEM (-----BEGIN PUBLIC KEY-----)"));
  }
  ERR_clear_error();
}

}  // namespace rollcall::jwt
