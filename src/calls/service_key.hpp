// A backend's key for the HTTP API, as configured: a name, scopes, and a digest. The secret itself is not
// stored. Written as "billing:read+emit:<64 hexadecimal digits>".
//
// Pure; thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "rollcall/result.hpp"

namespace rollcall::calls {

enum class Scope : std::uint8_t { read = 1, emit = 2, admin = 4 };

class Scopes {
 public:
  void add(Scope scope) { bits_ |= static_cast<std::uint8_t>(scope); }
  // `admin` includes the others.
  bool include(Scope scope) const {
    return bits_ & (static_cast<std::uint8_t>(scope) | static_cast<std::uint8_t>(Scope::admin));
  }
  bool operator==(const Scopes&) const = default;

 private:
  std::uint8_t bits_ = 0;
};

const char* name_of(Scope scope);
// Parses "read+emit" (with `separator` for the plus). Nothing if a name is unknown or the list is empty.
std::optional<Scopes> parse_scopes(std::string_view names, char separator);
std::string names_of(const Scopes& scopes, char separator);

inline constexpr std::size_t kMaxKeyNameBytes = 64;
// Letters, digits, '.', '_' and '-' only: the name appears in the log, and between colons.
bool is_key_name(std::string_view text);

using Digest = std::array<unsigned char, 32>;  // SHA-256 of the key
std::string to_hex(const Digest& digest);

struct ServiceKey {
  std::string name;
  Scopes scopes;
  Digest digest{};
};
// The error says what is wrong without quoting the text, which may be a key put there by mistake.
Result<ServiceKey, std::string> parse_service_key(std::string_view text);
std::string to_text(const ServiceKey& key);

}  // namespace rollcall::calls
