#include "jwt/key_set.hpp"

#include <algorithm>

#include "base/json.hpp"
#include "jwt/claims.hpp"
#include "jwt/key.hpp"
#include "jwt/key_source.hpp"
#include "jwt/token.hpp"

namespace rollcall::jwt {
namespace {

constexpr std::string_view kSpace = " \t\r\n";
constexpr std::string_view kSecretName = "The secret";

bool serves_any(const Key& key, const std::vector<Algorithm>& algorithms) {
  return std::any_of(algorithms.begin(), algorithms.end(), [&](Algorithm one) { return key.serves(one); });
}

std::string names_of(const std::vector<Algorithm>& algorithms) {
  std::string names;
  for (const Algorithm one : algorithms) names += (names.empty() ? "" : ", ") + std::string(name_of(one));
  return names;
}

void load_secret(const std::string& secret, LoadedKeys& loaded) {
  // A public key used as a secret would let everyone who can read it sign tokens.
  if (secret.find("-----BEGIN ") != std::string::npos) {
    loaded.mistakes.emplace_back(
        "The secret is a PEM text; give public keys as files and list their algorithms");
    return;
  }
  auto key = make_secret_key(std::string(kSecretName), secret);
  if (key) loaded.keys.push_back(std::move(*key));
  if (secret.find_last_not_of(kSpace) != secret.size() - 1) {
    loaded.warnings.emplace_back("The secret ends in white space, which is part of it");
  }
}

// RFC 7518, section 3.2. Only a warning, because existing servers often have shorter secrets.
void warn_of_short_secrets(const std::vector<Algorithm>& algorithms, LoadedKeys& loaded) {
  for (const Key& key : loaded.keys) {
    for (const Algorithm one : algorithms) {
      const std::size_t least = one == Algorithm::HS256 ? 32 : one == Algorithm::HS384 ? 48 : 64;
      if (key.family != Family::secret || !key.serves(one) || key.size >= least) continue;
      loaded.warnings.push_back(key.name + " has " + std::to_string(key.size) + " bytes; " + name_of(one) +
                                " should have at least " + std::to_string(least));
    }
  }
}

void find_unused_keys(const std::vector<Algorithm>& algorithms, LoadedKeys& loaded) {
  for (const Key& key : loaded.keys) {
    if (serves_any(key, algorithms)) continue;
    // A JWKS is often published by someone else, for other servers too.
    auto& where = key.from_jwks ? loaded.warnings : loaded.mistakes;
    where.push_back(key.name + " is never used: " + (key.from_jwks ? "it is " : "as ") + name_of(key.family) +
                    (key.from_jwks ? ", which" : " it") + " serves none of the listed algorithms (" +
                    names_of(algorithms) + ")");
  }
}

void find_unserved_algorithms(const std::vector<Algorithm>& algorithms, LoadedKeys& loaded) {
  for (const Algorithm one : algorithms) {
    const bool served =
        std::any_of(loaded.keys.begin(), loaded.keys.end(), [&](const Key& key) { return key.serves(one); });
    if (!served) {
      loaded.mistakes.push_back(std::string(name_of(one)) + " is listed, but no key can serve it: it needs " +
                                name_of(family_of(one)));
    }
  }
}

void check_jwks_is_used(const KeySet::Source& source, const std::vector<Algorithm>& algorithms,
                        LoadedKeys& loaded) {
  if (!source.jwks) return;
  const bool used = std::any_of(loaded.keys.begin(), loaded.keys.end(),
                                [&](const Key& key) { return key.from_jwks && serves_any(key, algorithms); });
  if (!used) {
    loaded.mistakes.push_back(source.jwks->name + " holds no key for the listed algorithms (" +
                              names_of(algorithms) + ")");
  }
}

LoadedKeys load_all(const KeySet::Source& source) {
  LoadedKeys loaded;
  if (!source.secret.empty()) load_secret(source.secret, loaded);
  for (const auto& pem : source.pems) load_pem(pem, loaded);
  if (source.jwks) load_jwks(*source.jwks, loaded);
  return loaded;
}

}  // namespace

std::string_view strip_bearer(std::string_view token) {
  constexpr std::string_view kBearer = "bearer";
  const auto trim = [](std::string_view text) {
    const std::size_t first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) return std::string_view();
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
  };
  token = trim(token);
  const bool prefixed = token.size() >= kBearer.size() &&
                        std::equal(kBearer.begin(), kBearer.end(), token.begin(), [](char lower, char c) {
                          return lower == (c >= 'A' && c <= 'Z' ? c + 32 : c);
                        });
  if (!prefixed) return token;
  const std::string_view rest = token.substr(kBearer.size());
  if (!rest.empty() && kSpace.find(rest.front()) == std::string_view::npos) return token;
  return trim(rest);
}

Result<std::shared_ptr<const KeySet>, std::vector<std::string>> KeySet::make(const Source& source,
                                                                             KeyOptions options) {
  auto& algorithms = options.algorithms;
  std::sort(algorithms.begin(), algorithms.end());
  algorithms.erase(std::unique(algorithms.begin(), algorithms.end()), algorithms.end());

  LoadedKeys loaded = load_all(source);
  const bool all_read = loaded.mistakes.empty();
  if (algorithms.empty()) {
    loaded.mistakes.emplace_back("No algorithm is listed");
  } else if (all_read && loaded.keys.empty() && !source.jwks) {
    loaded.mistakes.emplace_back("There is no key: give a secret, public keys or a JWKS");
  } else {
    find_unused_keys(algorithms, loaded);
    warn_of_short_secrets(algorithms, loaded);
    // An unreadable key may be the one that an algorithm lacks.
    if (all_read) find_unserved_algorithms(algorithms, loaded);
    if (all_read) check_jwks_is_used(source, algorithms, loaded);
  }
  if (loaded.keys.size() > kMaxKeys) {
    loaded.mistakes.push_back("There are more than " + std::to_string(kMaxKeys) + " keys");
  }
  if (options.max_age < milliseconds::zero())
    loaded.mistakes.emplace_back("The maximal age must not be negative");
  if (options.leeway < milliseconds::zero() || options.leeway > kMaxLeeway) {
    loaded.mistakes.emplace_back("The leeway must be between 0 and 1 hour");
  }
  if (!loaded.mistakes.empty()) return fail(std::move(loaded.mistakes));
  return std::shared_ptr<const KeySet>(
      new KeySet(std::move(loaded.keys), std::move(options), std::move(loaded.warnings)));
}

std::vector<std::string> KeySet::mistakes_in(const Source& source) {
  return load_all(source).mistakes;
}

KeySet::KeySet(std::vector<Key> keys, KeyOptions options, std::vector<std::string> warnings)
    : keys_(std::move(keys)), options_(std::move(options)), warnings_(std::move(warnings)) {}

KeySet::~KeySet() = default;

std::optional<std::string> KeySet::wrong_signature(std::string_view text, const Token& token) const {
  auto signature = Signature::open(text, token);
  if (!signature) return "The token's header cannot be read";
  const bool named = token.kid && std::any_of(keys_.begin(), keys_.end(),
                                              [&](const Key& key) { return key.kid == token.kid; });
  bool tried = false;
  for (const Key& key : keys_) {
    if (!key.serves(token.algorithm) || (named && key.kid != token.kid)) continue;
    tried = true;
    if (signature->matches(key)) return std::nullopt;
  }
  if (!tried && named) return "The token's key does not fit its algorithm";
  // Keys without a name, a secret for example, say nothing about the one that the token names.
  const bool unknown = token.kid && !named && std::any_of(keys_.begin(), keys_.end(), [](const Key& key) {
                         return key.kid.has_value();
                       });
  if (!unknown)
    return tried ? "The signature does not match" : "No key of this server fits the token's algorithm";
  return "This server has no key with the token's kid " + shown(*token.kid) +
         ", and the signature matches none of its others";
}

namespace {

// Two subjects that differ in such a half would become one user.
bool is_halved(const base::json::value* subject) {
  return subject && subject->is_string() && subject->get_string().find("\xEF\xBF\xBD") != std::string::npos;
}

}  // namespace

Result<Claims, AuthFault> KeySet::verify(std::string_view token, WallTime now) const {
  const std::string_view text = strip_bearer(token);
  if (text.empty()) return fail(AuthFault{AuthCode::missing_token, "No token was sent"});
  const auto parsed = parse_token(text, options_.algorithms);
  if (!parsed) return invalid_token(parsed.error());
  if (auto why = wrong_signature(text, *parsed)) return invalid_token(std::move(*why));
  base::json::Scratch scratch;
  bool halves = false;
  const auto payload = base::json::parse(parsed->payload, scratch.memory(), &halves);
  if (!payload || !payload->is_object()) return invalid_token("The token's payload is not a JSON object");
  if (halves && is_halved(payload->get_object().if_contains("sub")))
    return invalid_token("The token's subject (sub) has half of a surrogate pair, such as \\ud83d alone");
  return check_claims(payload->get_object(), options_, now);
}

}  // namespace rollcall::jwt
