#include "jwt/hmac.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>

#include "base/assert.hpp"
#include "base/free_with.hpp"
#include "jwt/octets.hpp"

namespace rollcall::jwt {
namespace {

// A context ready for a new text. Holding the original keeps its address from being reused by another secret.
EVP_MAC_CTX* copy_of(const std::shared_ptr<EVP_MAC_CTX>& original) {
  thread_local std::shared_ptr<EVP_MAC_CTX> copied;
  thread_local std::unique_ptr<EVP_MAC_CTX, base::FreeWith<EVP_MAC_CTX_free>> copy;
  if (copied != original) {
    copy.reset(EVP_MAC_CTX_dup(original.get()));
    copied = original;
  }
  // Without a key this resets the context to just after the secret was absorbed.
  ROLLCALL_ASSERT(copy && EVP_MAC_init(copy.get(), nullptr, 0, nullptr) == 1);
  return copy.get();
}

}  // namespace

Hmac::Hmac(std::string_view secret)
    : contexts_{make_context(secret, "SHA256"), make_context(secret, "SHA384"),
                make_context(secret, "SHA512")} {}

Hmac::Context Hmac::make_context(std::string_view secret, const char* digest) {
  EVP_MAC* mac = EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr);
  Context context(EVP_MAC_CTX_new(mac), base::FreeWith<EVP_MAC_CTX_free>{});
  EVP_MAC_free(mac);
  const OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, const_cast<char*>(digest), 0),
      OSSL_PARAM_construct_end()};
  ROLLCALL_ASSERT(context && EVP_MAC_init(context.get(), octets(secret), secret.size(), params) == 1);
  return context;
}

bool Hmac::matches(Algorithm algorithm, std::string_view text, std::string_view signature) const {
  if (family_of(algorithm) != Family::secret) return false;
  EVP_MAC_CTX* context = copy_of(contexts_[static_cast<std::size_t>(algorithm)]);
  std::array<unsigned char, EVP_MAX_MD_SIZE> code{};
  std::size_t size = 0;
  ROLLCALL_ASSERT(EVP_MAC_update(context, octets(text), text.size()) == 1 &&
                  EVP_MAC_final(context, code.data(), &size, code.size()) == 1);
  return signature.size() == size && CRYPTO_memcmp(signature.data(), code.data(), size) == 0;
}

}  // namespace rollcall::jwt
