// Makes tokens: the server itself only verifies. Signed by cjose.
#include <cjose/header.h>

#include <cstdio>
#include <cstdlib>

#include "base/assert.hpp"
#include "base/free_with.hpp"
#include "base/json.hpp"
#include "jwt/key.hpp"
#include "rollcall/tokens.hpp"

namespace rollcall::jwt {
namespace {

void append_text(std::string& out, std::string_view name, const std::optional<std::string>& text) {
  if (!text) return;
  out.append(",\"").append(name).append("\":");
  base::json::append_string(out, *text);
}

void append_time(std::string& out, std::string_view name, WallTime time) {
  const auto whole = std::chrono::floor<seconds>(time.time_since_epoch());
  out.append(",\"").append(name).append("\":").append(std::to_string(whole.count()));
  const auto rest = (time.time_since_epoch() - whole).count();
  if (rest == 0) return;
  char fraction[8];
  std::snprintf(fraction, sizeof fraction, ".%03d", static_cast<int>(rest));
  out += fraction;
}

std::string payload_of(const Claims& claims, WallTime issued_at) {
  std::string out = "{\"sub\":";
  base::json::append_string(out, claims.subject);
  append_text(out, "email", claims.email);
  append_text(out, "role", claims.role);
  append_text(out, "name", claims.name);
  append_time(out, "iat", issued_at);
  if (claims.expires_at) append_time(out, "exp", *claims.expires_at);
  out += '}';
  return out;
}

}  // namespace
}  // namespace rollcall::jwt

namespace rollcall {

std::string sign_hs256(const Claims& claims, std::string_view secret, WallTime issued_at) {
  auto key = jwt::make_secret_key("The secret", secret);
  ROLLCALL_ASSERT(key.ok());
  const std::unique_ptr<cjose_header_t, base::FreeWith<cjose_header_release>> header(
      cjose_header_new(nullptr));
  ROLLCALL_ASSERT(header != nullptr);
  cjose_header_set(header.get(), CJOSE_HDR_ALG, CJOSE_HDR_ALG_HS256, nullptr);
  cjose_header_set(header.get(), "typ", "JWT", nullptr);

  const std::string payload = jwt::payload_of(claims, issued_at);
  const std::unique_ptr<cjose_jws_t, base::FreeWith<cjose_jws_release>> jws(
      cjose_jws_sign(key->jwk.get(), header.get(), reinterpret_cast<const std::uint8_t*>(payload.data()),
                     payload.size(), nullptr));
  const char* token = nullptr;
  ROLLCALL_ASSERT(jws != nullptr && cjose_jws_export(jws.get(), &token, nullptr) && token != nullptr);
  return token;
}

}  // namespace rollcall
