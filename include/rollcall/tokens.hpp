// Verifiers of JSON Web Tokens (RFC 7519), made from the keys that tokens are signed with.
//
//   auto verifier = rollcall::hs256(secret);
//   if (!verifier) { ... verifier.error() says why ... }
//   rollcall::Gateway gateway(server, *verifier);
//
// Tokens must have a `sub` (the user's id); `exp` and `nbf` are enforced; `none` is never accepted, and a key
// of one family never verifies another's signature. Verifiers are immutable: any number of threads may share
// one. Errors are sentences for the operator, several in one text if several things are wrong; they quote no
// key. The functions are thread-safe. (Keys from files: load_verifier in gateway.hpp.)
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rollcall/result.hpp"
#include "rollcall/time.hpp"
#include "rollcall/verifier.hpp"

namespace rollcall {

// The usual one: HS256 with the secret that your backend signs with, and a leeway of 5 s. Of at least 32
// random bytes; a shorter one is taken, and the Gateway logs a warning; an empty one or a PEM text is an
// error.
Result<VerifierPtr, std::string> hs256(std::string_view secret);

struct TokenKeys {
  struct Named {
    std::string name;  // shown in errors: of a file, for example
    std::string text;
  };
  std::string secret;         // for HS256, HS384, HS512; empty = none
  std::vector<Named> pems;    // public keys or certificates; each text may hold several
  std::optional<Named> jwks;  // a JSON Web Key Set (RFC 7517)
};

struct TokenRules {
  // HS256, HS384, HS512; RS256, RS384, RS512, PS256, PS384, PS512; ES256, ES384, ES512
  std::vector<std::string> algorithms = {"HS256"};
  std::string issuer;         // what `iss` must be; empty = not checked
  std::string audience;       // what `aud` must name; empty = not checked
  milliseconds leeway{5000};  // by how much clocks may differ; at most an hour
  bool require_exp = false;   // tokens without `exp`, which are good until the key changes, are refused
  milliseconds max_age{0};    // how long after its `iat` a token is good, whatever its `exp`; 0 = no limit
};

// Every listed algorithm must have a key, and every key an algorithm. What is accepted but unwise is appended
// to `warnings`.
Result<VerifierPtr, std::string> make_verifier(const TokenKeys& keys, const TokenRules& rules = {},
                                               std::vector<std::string>* warnings = nullptr);

// A token with these claims, and `iat`: for tests, and where your program makes the tokens itself. `secret`
// must not be empty: that ends the process.
std::string sign_hs256(const Claims& claims, std::string_view secret, WallTime issued_at);

}  // namespace rollcall
