#include "jwt/claims.hpp"

#include <algorithm>
#include <cmath>

#include "base/iso8601.hpp"

namespace rollcall::jwt {
namespace {

namespace json = base::json;

constexpr double kMaxSeconds = 253402300799.0;  // the last second of the year 9999

// `text` is valid UTF-8 already. Control characters are C0, DEL and C1.
bool has_control_character(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 || byte == 0x7F) return true;
    if (byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0) return true;
  }
  return false;
}

bool is_plain_text(std::string_view text) {
  return !text.empty() && text.size() <= kMaxTextBytes && !has_control_character(text);
}

std::optional<std::string> optional_text(const json::object& claims, std::string_view name) {
  const json::value* value = claims.if_contains(name);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  const std::string_view text = value->get_string();
  if (!is_plain_text(text)) return std::nullopt;
  return std::string(text);
}

// A NumericDate: seconds since 1970, whole or not.
std::optional<WallTime> numeric_date(const json::value& value) {
  double whole = 0;
  if (value.is_int64()) {
    whole = static_cast<double>(value.get_int64());
  } else if (value.is_double()) {
    whole = value.get_double();
  } else {
    return std::nullopt;
  }
  // Not a number is neither.
  if (!(whole >= 0 && whole <= kMaxSeconds)) return std::nullopt;
  return wall_time(std::llround(whole * 1000));
}

bool is_for(const json::value* audience, std::string_view expected) {
  if (audience == nullptr) return false;
  if (audience->is_string()) return std::string_view(audience->get_string()) == expected;
  if (!audience->is_array()) return false;
  const json::array& all = audience->get_array();
  return std::any_of(all.begin(), all.end(), [&](const json::value& one) {
    return one.is_string() && std::string_view(one.get_string()) == expected;
  });
}

std::optional<std::string> wrong_parties(const json::object& claims, const KeyOptions& options) {
  if (!options.issuer.empty()) {
    const json::value* issuer = claims.if_contains("iss");
    if (issuer == nullptr || !issuer->is_string() ||
        std::string_view(issuer->get_string()) != options.issuer) {
      return "The token is not from the expected issuer";
    }
  }
  if (!options.audience.empty() && !is_for(claims.if_contains("aud"), options.audience)) {
    return "The token is for another audience";
  }
  return std::nullopt;
}

std::optional<std::string> wrong_subject(const json::object& claims) {
  const json::value* subject = claims.if_contains("sub");
  if (subject == nullptr) return "The token has no subject (sub)";
  if (!subject->is_string()) return "The token's subject (sub) is not a string";
  const std::string_view text = subject->get_string();
  if (text.empty()) return "The token's subject (sub) is empty";
  if (text.size() > kMaxTextBytes) return "The token's subject (sub) is longer than 256 bytes";
  if (has_control_character(text)) return "The token's subject (sub) has a control character";
  return std::nullopt;
}

AuthFault invalid_fault(std::string details) {
  return {AuthCode::invalid_token, std::move(details)};
}

std::optional<AuthFault> check_exp(const json::object& claims, const KeyOptions& options, WallTime now,
                                   std::optional<WallTime>& end) {
  const json::value* value = claims.if_contains("exp");
  if (value == nullptr) {
    if (!options.require_exp) return std::nullopt;
    return invalid_fault("The token has no end (exp), and this server requires one");
  }
  end = numeric_date(*value);
  if (!end) return invalid_fault("The token's exp is not a time in seconds");
  if (now < *end + options.leeway) return std::nullopt;
  return AuthFault{AuthCode::token_expired, "The token expired at " + base::iso8601(*end)};
}

// Lowers `end` to the end of the greatest age.
std::optional<AuthFault> check_age(const json::object& claims, const KeyOptions& options, WallTime now,
                                   std::optional<WallTime>& end) {
  if (options.max_age == milliseconds::zero()) return std::nullopt;
  const json::value* value = claims.if_contains("iat");
  if (value == nullptr) {
    return invalid_fault(
        "The token does not say when it was issued (iat), and this server limits the age of tokens");
  }
  const auto issued = numeric_date(*value);
  if (!issued) return invalid_fault("The token's iat is not a time in seconds");
  // A time in the future would make the token younger than it is.
  if (now + options.leeway < *issued) {
    return invalid_fault("The token was issued in the future, at " + base::iso8601(*issued));
  }
  const WallTime too_old = *issued + options.max_age;
  if (!end || too_old < *end) end = too_old;
  if (now < too_old + options.leeway) return std::nullopt;
  return AuthFault{AuthCode::token_expired, "The token was issued at " + base::iso8601(*issued) +
                                                ", and this server takes tokens for " +
                                                std::to_string(options.max_age.count() / 1000) + " s only"};
}

// When the token expires, if ever; or why it is expired already.
std::optional<AuthFault> check_end(const json::object& claims, const KeyOptions& options, WallTime now,
                                   std::optional<WallTime>& end) {
  if (auto fault = check_exp(claims, options, now, end)) return fault;
  return check_age(claims, options, now, end);
}

}  // namespace

Result<Claims, AuthFault> check_claims(const json::object& claims, const KeyOptions& options, WallTime now) {
  if (auto why = wrong_parties(claims, options)) return invalid_token(std::move(*why));
  if (auto why = wrong_subject(claims)) return invalid_token(std::move(*why));

  if (const json::value* value = claims.if_contains("nbf")) {
    const auto not_before = numeric_date(*value);
    if (!not_before) return invalid_token("The token's nbf is not a time in seconds");
    if (now + options.leeway < *not_before) {
      return invalid_token("The token is not valid before " + base::iso8601(*not_before));
    }
  }
  Claims accepted;
  if (auto fault = check_end(claims, options, now, accepted.expires_at)) return fail(std::move(*fault));
  accepted.subject = std::string(claims.at("sub").get_string());
  accepted.email = optional_text(claims, "email");
  accepted.role = optional_text(claims, "role");
  accepted.name = optional_text(claims, "name");
  return accepted;
}

}  // namespace rollcall::jwt
