#include "jwt/hmac.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>

#include "base/assert.hpp"

namespace rollcall::jwt {
namespace {

const unsigned char* octets(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

}  // namespace

Hmac::Hmac(std::string_view secret)
    : contexts_{make_context(secret, "SHA256"), make_context(secret, "SHA384"),
                make_context(secret, "SHA512")} {}

Hmac::Context Hmac::make_context(std::string_view secret, const char* digest) {
  EVP_MAC* mac = EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr);
  Context context(EVP_MAC_CTX_new(mac));
  EVP_MAC_free(mac);
  const OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, const_cast<char*>(digest), 0),
      OSSL_PARAM_construct_end()};
  ROLLCALL_ASSERT(context && EVP_MAC_init(context.get(), octets(secret), secret.size(), params) == 1);
  return context;
}

bool Hmac::matches(Algorithm algorithm, std::string_view text, std::string_view signature) const {
  if (family_of(algorithm) != Family::secret) return false;
  const Context context(EVP_MAC_CTX_dup(contexts_[static_cast<std::size_t>(algorithm)].get()));
  std::array<unsigned char, EVP_MAX_MD_SIZE> code{};
  std::size_t size = 0;
  ROLLCALL_ASSERT(context && EVP_MAC_update(context.get(), octets(text), text.size()) == 1 &&
                  EVP_MAC_final(context.get(), code.data(), &size, code.size()) == 1);
  return signature.size() == size && CRYPTO_memcmp(signature.data(), code.data(), size) == 0;
}

}  // namespace rollcall::jwt
