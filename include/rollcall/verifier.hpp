// The port that turns a token into a user. tokens.hpp makes the usual ones; an embedder may bring their own.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rollcall/result.hpp"
#include "rollcall/time.hpp"

namespace rollcall {

// What is known of a user whose token was accepted. `subject` is the user id: 1 to 256 bytes of UTF-8.
struct Claims {
  std::string subject;
  std::optional<std::string> email;
  std::optional<std::string> role;
  std::optional<std::string> name;
  std::optional<WallTime> expires_at;
};

enum class AuthCode { missing_token, invalid_token, token_expired };

// Why a token was refused. `details` is shown to the client: it must never quote the token or a key.
struct AuthFault {
  AuthCode code;
  std::string details;
};

// Called on a worker's thread for each connection, from several threads at once: must be thread-safe
// and must not block.
struct Verifier {
  virtual ~Verifier() = default;
  virtual Result<Claims, AuthFault> verify(std::string_view token, WallTime now) const = 0;
  // For how long after `expires_at` a token is still taken: then the connections that came with it end.
  virtual milliseconds leeway() const { return milliseconds{0}; }
  // What the operator should know of the keys: accepted, but unwise. A Gateway logs them when it is made.
  virtual std::vector<std::string> warnings() const { return {}; }
};

using VerifierPtr = std::shared_ptr<const Verifier>;

}  // namespace rollcall
