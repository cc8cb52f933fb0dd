#include "calls/service_key.hpp"

#include <algorithm>

namespace rollcall::calls {
namespace {

constexpr Scope kScopes[] = {Scope::read, Scope::emit, Scope::admin};

std::optional<unsigned> hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

std::optional<Digest> parse_digest(std::string_view hex) {
  Digest digest{};
  if (hex.size() != 2 * digest.size()) return std::nullopt;
  for (std::size_t i = 0; i < digest.size(); ++i) {
    const auto high = hex_value(hex[2 * i]);
    const auto low = hex_value(hex[2 * i + 1]);
    if (!high || !low) return std::nullopt;
    digest[i] = static_cast<unsigned char>(*high * 16 + *low);
  }
  return digest;
}

}  // namespace

const char* name_of(Scope scope) {
  switch (scope) {
    case Scope::read:
      return "read";
    case Scope::emit:
      return "emit";
    case Scope::admin:
      return "admin";
  }
  return "";
}

std::optional<Scopes> parse_scopes(std::string_view names, char separator) {
  Scopes scopes;
  for (;;) {
    const std::size_t end = names.find(separator);
    const std::string_view name = names.substr(0, end);
    const auto* const scope = std::find_if(std::begin(kScopes), std::end(kScopes),
                                           [&](Scope known) { return name == name_of(known); });
    if (scope == std::end(kScopes)) return std::nullopt;
    scopes.add(*scope);
    if (end == std::string_view::npos) return scopes;
    names.remove_prefix(end + 1);
  }
}

std::string names_of(const Scopes& scopes, char separator) {
  if (scopes.include(Scope::admin)) return name_of(Scope::admin);
  std::string names;
  for (const Scope scope : {Scope::read, Scope::emit}) {
    if (!scopes.include(scope)) continue;
    if (!names.empty()) names += separator;
    names += name_of(scope);
  }
  return names;
}

bool is_key_name(std::string_view text) {
  return !text.empty() && text.size() <= kMaxKeyNameBytes &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                  c == '_' || c == '-';
         });
}

std::string to_hex(const Digest& digest) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (const unsigned char byte : digest) {
    hex += kDigits[byte / 16];
    hex += kDigits[byte % 16];
  }
  return hex;
}

Result<ServiceKey, std::string> parse_service_key(std::string_view text) {
  const std::size_t name_end = text.find(':');
  const std::size_t scopes_end = name_end == std::string_view::npos ? name_end : text.find(':', name_end + 1);
  if (scopes_end == std::string_view::npos) {
    return fail(std::string("must be NAME:SCOPE+SCOPE:SHA256, as `rollcall key` prints it"));
  }
  const std::string_view name = text.substr(0, name_end);
  if (!is_key_name(name)) {
    return fail("must begin with a name of 1 to " + std::to_string(kMaxKeyNameBytes) +
                " letters, digits, '.', '_' or '-'");
  }
  const auto scopes = parse_scopes(text.substr(name_end + 1, scopes_end - name_end - 1), '+');
  if (!scopes) return fail(std::string("must have the scopes read, emit or admin, joined by '+'"));
  const auto digest = parse_digest(text.substr(scopes_end + 1));
  if (!digest) {
    return fail(std::string("must end with the SHA-256 digest of the key: exactly 64 hexadecimal digits"));
  }
  return ServiceKey{std::string(name), *scopes, *digest};
}

std::string to_text(const ServiceKey& key) {
  return key.name + ":" + names_of(key.scopes, '+') + ":" + to_hex(key.digest);
}

}  // namespace rollcall::calls
