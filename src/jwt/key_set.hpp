// KeySet: the keys and rules that decide whether a token is accepted (RFC 7519, 7515, 7517, 7518).
//
// Made once by the app from the configuration; asked by every worker for every connection. Immutable
// after make(), so verify() may run on any number of threads at once. Keys are built once: an HS256
// token costs about 3 us, 2 of them in cjose. Bounds: tokens of kMaxTokenBytes, headers of kMaxHeaderBytes,
// kMaxKeys keys. Signatures are checked by cjose on OpenSSL; no cryptography is done here. Source:
// docs/protocol.md, "Connecting".
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "jwt/algorithm.hpp"
#include "rollcall/result.hpp"
#include "rollcall/time.hpp"
#include "rollcall/tokens.hpp"
#include "rollcall/verifier.hpp"

namespace rollcall::jwt {

inline constexpr std::size_t kMaxTokenBytes = 16 * 1024;
inline constexpr std::size_t kMaxHeaderBytes = 8 * 1024;  // the first part, as it stands in the token
inline constexpr std::size_t kMaxKeys = 32;
inline constexpr milliseconds kMaxLeeway{3'600'000};

struct KeyOptions {
  std::vector<Algorithm> algorithms = {Algorithm::HS256};
  std::string issuer;    // empty = not checked
  std::string audience;  // empty = not checked
  milliseconds leeway{5000};
  bool require_exp = false;  // tokens without `exp` are refused
  milliseconds max_age{0};   // counted from `iat`, which tokens then must have; 0 = no limit
};

// The error is every name that is not an algorithm's, as a sentence.
Result<KeyOptions, std::vector<std::string>> read_rules(const TokenRules& rules);

// Removes white space at both ends and one `Bearer ` in front, whatever its capitals. verify() does so
// itself; a lone "Bearer" leaves nothing.
std::string_view strip_bearer(std::string_view token);

// Sentences as one text.
std::string in_one(const std::vector<std::string>& sentences);

struct Key;
struct Token;

class KeySet final : public Verifier {
 public:
  using Source = TokenKeys;

  // The error is every mistake at once, each a sentence for the operator that quotes no key.
  static Result<std::shared_ptr<const KeySet>, std::vector<std::string>> make(const Source& source,
                                                                              KeyOptions options);
  // What is wrong with the texts themselves, whatever else there may be.
  static std::vector<std::string> mistakes_in(const Source& source);
  ~KeySet() override;
  KeySet(const KeySet&) = delete;
  KeySet& operator=(const KeySet&) = delete;

  // `expires_at`: the token's `exp`, or the end of `max_age` if that comes first; without the leeway.
  Result<Claims, AuthFault> verify(std::string_view token, WallTime now) const override;
  milliseconds leeway() const override { return options_.leeway; }

  // What is accepted but unwise (a short secret), or was left aside (a JWKS key of an unknown type).
  std::vector<std::string> warnings() const override { return warnings_; }

 private:
  KeySet(std::vector<Key> keys, KeyOptions options, std::vector<std::string> warnings);

  // Why no key vouches for the token, if none does.
  std::optional<std::string> wrong_signature(std::string_view text, const Token& token) const;

  std::vector<Key> keys_;
  KeyOptions options_;  // its algorithms sorted, without doubles
  std::vector<std::string> warnings_;
};

}  // namespace rollcall::jwt
