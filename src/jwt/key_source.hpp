// Reads keys from PEM texts and JWKS documents.
//
// Called by KeySet::make() only, once at the start. The texts are the operator's files, already read.
// Bounds: kMaxKeys keys in all. Pure; thread-safe. Source: RFC 7468, RFC 7517.
#pragma once

#include <string>
#include <vector>

#include "jwt/key.hpp"
#include "jwt/key_set.hpp"

namespace rollcall::jwt {

struct LoadedKeys {
  std::vector<Key> keys;
  std::vector<std::string> mistakes;  // sentences that begin with the text's name
  std::vector<std::string> warnings;
};

// Public keys ("PUBLIC KEY", "RSA PUBLIC KEY") and at most one certificate, of which only the key is used:
// its dates and its issuer are not checked. A private key is refused: the server has no use for it.
void load_pem(const KeySet::Source::Named& source, LoadedKeys& loaded);

// Keys that are not for signatures, or of a type unknown here, are left aside with a warning (RFC 7517,
// section 5); private and malformed ones are mistakes.
void load_jwks(const KeySet::Source::Named& source, LoadedKeys& loaded);

}  // namespace rollcall::jwt
