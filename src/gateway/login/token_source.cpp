#include "gateway/login/token_source.hpp"

#include <algorithm>

#include "base/json.hpp"

namespace rollcall::gateway {
namespace {

constexpr std::string_view kBearer = "bearer ";

std::string token_in_auth(const std::string& auth_json) {
  base::json::Scratch scratch;
  const auto auth = base::json::parse(auth_json, scratch.memory());
  if (!auth || !auth->is_object()) return {};
  const auto* token = auth->as_object().if_contains("token");
  if (!token || token->is_null()) return {};
  if (token->is_string()) return std::string(token->get_string());
  return base::json::serialize(*token);  // not a token, and will be refused as such
}

}  // namespace

std::optional<std::string_view> bearer_token(std::string_view header) {
  if (header.size() < kBearer.size()) return std::nullopt;
  const bool is_bearer =
      std::equal(kBearer.begin(), kBearer.end(), header.begin(), [](char expected, char given) {
        return expected == (given >= 'A' && given <= 'Z' ? static_cast<char>(given + 32) : given);
      });
  if (!is_bearer) return std::nullopt;
  return header.substr(kBearer.size());
}

std::string find_token(const std::string& auth_json, const Handshake& handshake) {
  if (std::string token = token_in_auth(auth_json); !token.empty()) return token;
  if (const auto header = handshake.header("authorization"); header && bearer_token(*header)) return *header;
  if (auto token = handshake.query_parameter("token"); token && !token->empty()) return std::move(*token);
  return handshake.cookie("jwt").value_or("");
}

}  // namespace rollcall::gateway
