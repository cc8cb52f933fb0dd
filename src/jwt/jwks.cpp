#include <algorithm>

#include "base/json.hpp"
#include "jwt/key_source.hpp"
#include "jwt/token.hpp"

namespace rollcall::jwt {
namespace {

namespace json = base::json;

std::optional<std::string_view> text_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return std::string_view(value->get_string());
}

// Empty if it is not there or not base64url.
std::string bytes_of(const json::object& jwk, std::string_view name) {
  const auto text = text_of(jwk, name);
  return text ? decode_base64url(*text).value_or("") : "";
}

std::optional<Family> curve_named(std::optional<std::string_view> name) {
  if (name == "P-256") return Family::p256;
  if (name == "P-384") return Family::p384;
  if (name == "P-521") return Family::p521;
  return std::nullopt;
}

// Why to skip a key, or null (RFC 7517, sections 4.2 to 4.4 and 5).
std::optional<std::string> reason_to_skip(const json::object& jwk) {
  const auto type = text_of(jwk, "kty");
  if (type && *type != "RSA" && *type != "EC" && *type != "oct") return "its type is not supported";
  if (type == "EC" && text_of(jwk, "crv") && !curve_named(text_of(jwk, "crv"))) {
    return "its curve is not supported";
  }
  const auto use = text_of(jwk, "use");
  if (use && *use != "sig") return "it is not for signatures";
  if (const json::value* operations = jwk.if_contains("key_ops"); operations && operations->is_array()) {
    const json::array& all = operations->get_array();
    const bool verifies = std::any_of(all.begin(), all.end(), [](const json::value& one) {
      return one.is_string() && std::string_view(one.get_string()) == "verify";
    });
    if (!verifies) return "it is not for verifying";
  }
  const auto algorithm = text_of(jwk, "alg");
  if (algorithm && !parse_algorithm(*algorithm)) return "its algorithm is not supported";
  return std::nullopt;
}

Result<Key, std::string> make_key(std::string name, const json::object& jwk) {
  const auto type = text_of(jwk, "kty");
  if (!type) return fail(std::string("has no type (kty)"));
  if (*type == "oct") return make_secret_key(std::move(name), bytes_of(jwk, "k"));
  if (jwk.contains("d")) {
    return fail(std::string("is a private key; give the public part only, the server never signs"));
  }
  if (*type == "RSA") return make_rsa_key(std::move(name), bytes_of(jwk, "n"), bytes_of(jwk, "e"));
  const auto curve = curve_named(text_of(jwk, "crv"));
  if (!curve) return fail(std::string("has no curve (crv)"));
  return make_ec_key(std::move(name), *curve, bytes_of(jwk, "x"), bytes_of(jwk, "y"));
}

void load_key(const json::value& value, const std::string& name, LoadedKeys& loaded) {
  if (!value.is_object()) {
    loaded.mistakes.push_back(name + " is not an object");
    return;
  }
  const json::object& jwk = value.get_object();
  if (const auto why = reason_to_skip(jwk)) {
    loaded.warnings.push_back(name + " is left aside: " + *why);
    return;
  }
  auto key = make_key(name, jwk);
  if (!key) {
    loaded.mistakes.push_back(name + " " + key.error());
    return;
  }
  key->from_jwks = true;
  if (const auto kid = text_of(jwk, "kid")) key->kid = std::string(*kid);
  if (const auto algorithm = text_of(jwk, "alg")) key->only = parse_algorithm(*algorithm);
  if (key->only && family_of(*key->only) != key->family) {
    loaded.mistakes.push_back(name + " is " + name_of(key->family) + ", which does not fit its alg " +
                              name_of(*key->only));
    return;
  }
  loaded.keys.push_back(std::move(*key));
}

}  // namespace

void load_jwks(const KeySet::Source::Named& source, LoadedKeys& loaded) {
  const auto parsed = json::parse(source.text);
  if (!parsed) {
    loaded.mistakes.push_back(source.name + " is not JSON: " + parsed.error());
    return;
  }
  const json::value* keys = parsed->is_object() ? parsed->get_object().if_contains("keys") : nullptr;
  if (keys == nullptr || !keys->is_array()) {
    loaded.mistakes.push_back(source.name + " is not a JWKS: it has no array \"keys\"");
    return;
  }
  const json::array& all = keys->get_array();
  if (all.size() > kMaxKeys) {
    loaded.mistakes.push_back(source.name + " holds more than " + std::to_string(kMaxKeys) + " keys");
    return;
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    load_key(all[i], source.name + ", key " + std::to_string(i + 1), loaded);
  }
}

}  // namespace rollcall::jwt
