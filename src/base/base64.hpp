// Base64 (RFC 4648): the standard alphabet with padding, and the URL-safe one without.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rollcall::base {

std::string base64_encode(std::string_view bytes);
std::string base64url_encode(std::string_view bytes);
void append_base64url(std::string& out, std::string_view bytes);
// Whether every character is in the standard alphabet, padding excluded.
bool all_base64_digits(std::string_view text);
// Strict: the exact padding, no white space, no stray bits. nullopt for anything else.
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace rollcall::base
