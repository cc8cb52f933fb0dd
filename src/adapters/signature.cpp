#include "adapters/signature.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/assert.hpp"

namespace rollcall::adapters {

std::string signature(std::string_view secret, std::int64_t unix_seconds, std::string_view body) {
  const std::string time = std::to_string(unix_seconds);
  const std::string text = time + "." + std::string(body);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  const auto* made = HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
                          reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest, &size);
  ROLLCALL_ASSERT(made != nullptr);
  std::string result = "t=" + time + ",v1=";
  for (unsigned i = 0; i < size; ++i) {
    result += "0123456789abcdef"[digest[i] >> 4];
    result += "0123456789abcdef"[digest[i] & 0xF];
  }
  return result;
}

}  // namespace rollcall::adapters
