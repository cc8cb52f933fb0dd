// Bytes as OpenSSL and cjose take them.
#pragma once

#include <string_view>

namespace rollcall::jwt {

inline const unsigned char* octets(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

}  // namespace rollcall::jwt
