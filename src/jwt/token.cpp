#include "jwt/token.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/json.hpp"
#include "jwt/key_set.hpp"

namespace rollcall::jwt {
namespace {

namespace json = base::json;

constexpr std::uint32_t kNoDigit = 1 << 24;  // shifted or not, it is above the 24 bits of four digits

constexpr std::array<std::uint32_t, 256> make_digits() {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::array<std::uint32_t, 256> digits{};
  digits.fill(kNoDigit);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    digits[static_cast<std::uint8_t>(kAlphabet[i])] = static_cast<std::uint32_t>(i);
  }
  return digits;
}
constexpr auto kDigits = make_digits();

Failure<std::string> refuse(std::string_view sentence) {
  return {std::string(sentence)};
}

std::string not_accepted(std::string_view name, std::span<const Algorithm> accepted) {
  std::string sentence = "The token's algorithm " + shown(name) + " is not accepted";
  for (const Algorithm& one : accepted)
    sentence += std::string(&one == &accepted.front() ? ": this server accepts " : ", ") + name_of(one);
  return sentence;
}

// Parses the header into `token`, or returns a sentence that says why it is invalid.
std::optional<std::string> read_header(std::string_view encoded, std::span<const Algorithm> accepted,
                                       Token& token) {
  const auto text = decode_base64url(encoded);
  if (!text) return "The token's header is not base64url";
  json::Scratch scratch;
  const auto parsed = json::parse(*text, scratch.memory());
  if (!parsed || !parsed->is_object()) return "The token's header is not a JSON object";
  const json::object& header = parsed->get_object();

  // None of the extensions that "crit" may name is understood here (RFC 7515, section 4.1.11).
  if (header.contains("crit")) return "The token needs an extension that is not supported";
  const json::value* algorithm = header.if_contains("alg");
  if (algorithm == nullptr || !algorithm->is_string()) return "The token's header names no algorithm";
  const std::string_view name = algorithm->get_string();
  const auto known = parse_algorithm(name);
  if (!known ||
      (!accepted.empty() && std::find(accepted.begin(), accepted.end(), *known) == accepted.end())) {
    return not_accepted(name, accepted);
  }
  token.algorithm = *known;

  if (const json::value* kid = header.if_contains("kid")) {
    if (!kid->is_string()) return "The token's key id is not a string";
    token.kid = std::string(kid->get_string());
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> decode_base64url(std::string_view text) {
  const std::size_t tail = text.size() % 4;
  if (tail == 1) return std::nullopt;
  std::string out(text.size() / 4 * 3 + (tail == 0 ? 0 : tail - 1), '\0');
  char* to = out.data();
  std::uint64_t seen = 0;  // all groups: whether one had kNoDigit in it
  const auto digit = [&](std::size_t at) {
    return std::uint64_t{kDigits[static_cast<std::uint8_t>(text[at])]};
  };
  std::size_t at = 0;
  for (; at + 4 <= text.size(); at += 4) {
    const std::uint64_t group = digit(at) << 18 | digit(at + 1) << 12 | digit(at + 2) << 6 | digit(at + 3);
    seen |= group;
    *to++ = static_cast<char>(group >> 16);
    *to++ = static_cast<char>(group >> 8);
    *to++ = static_cast<char>(group);
  }
  std::uint64_t stray = 0;
  if (tail != 0) {
    const std::uint64_t group = digit(at) << 18 | digit(at + 1) << 12 | (tail == 3 ? digit(at + 2) << 6 : 0);
    seen |= group;
    *to++ = static_cast<char>(group >> 16);
    if (tail == 3) *to++ = static_cast<char>(group >> 8);
    stray = group & (tail == 3 ? 0xFF : 0xFFFF);
  }
  if (seen >= kNoDigit || stray != 0) return std::nullopt;
  return out;
}

std::string shown(std::string_view text) {
  std::string out = "\"";
  for (const char c : text.substr(0, kMaxShownBytes))
    out += c >= ' ' && c <= '~' && c != '"' && c != '\\' ? c : '?';
  return out + (text.size() > kMaxShownBytes ? "...\"" : "\"");
}

Result<Token, std::string> parse_token(std::string_view text, std::span<const Algorithm> accepted) {
  if (text.size() > kMaxTokenBytes) return refuse("The token is too long");
  const std::size_t first = text.find('.');
  const std::size_t second = first == std::string_view::npos ? first : text.find('.', first + 1);
  if (second == std::string_view::npos || text.find('.', second + 1) != std::string_view::npos) {
    return refuse("The token does not have three parts");
  }
  if (first > kMaxHeaderBytes) return refuse("The token's header is too long");

  Token token{};
  if (const auto why = read_header(text.substr(0, first), accepted, token)) return refuse(*why);
  auto payload = decode_base64url(text.substr(first + 1, second - first - 1));
  if (!payload) return refuse("The token's payload is not base64url");
  token.payload = std::move(*payload);
  auto signature = decode_base64url(text.substr(second + 1));
  if (!signature) return refuse("The token's signature is not base64url");
  if (signature->empty()) return refuse("The token is not signed");
  token.signature = std::move(*signature);
  token.signed_bytes = second;
  return token;
}

}  // namespace rollcall::jwt
